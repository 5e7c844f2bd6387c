import GRDB
import SLOCore
import Testing

@testable import SLOStore

/// What pages ask of the database.
@Suite struct PageQueryTests {
    private static let prod = Deployment("prod")

    @Test(arguments: PageQuery.all) func noPageWalksThroughATableThatGrows(query: String) throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        let plan = try store.queue.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + query)
            // What is not bound is NULL, which changes no plan.
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
        #expect(!plan.isEmpty)
        #expect(!plan.contains { $0.contains("SCAN") }, "\(plan)")
        #expect(!plan.contains { $0.contains("ORDER BY") }, "\(plan)")
    }

    /// In an empty database every plan is as cheap, so those are ruled out that are wrong for a large table.
    @Test func noPageOfAClusterWalksThroughATableThatGrows() throws {
        let address = try PostgresAddress.ofTest()
        _ = try PostgresCluster(address, at: Timestamp(seconds: 1_795_341_600))
        let connection = try PostgresConnection(to: address, applicationName: "plans")
        func run(_ sql: String) throws -> [String] {
            try connection.run([PostgresStatement(sql)])[0].rows.compactMap { $0.text(0) }
        }
        for setting in ["enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"] {
            _ = try run("SET \(setting) = off")
        }
        // The plan for any parameters.
        _ = try run("SET plan_cache_mode = force_generic_plan")
        for (number, query) in PostgresQuery.all.enumerated() {
            let parameters = (1...19).prefix { query.contains("$\($0)") }.map { _ in "NULL" }
            _ = try run("PREPARE query\(number) AS \(query)")
            let arguments = parameters.isEmpty ? "" : "(\(parameters.joined(separator: ", ")))"
            let plan = try run("EXPLAIN (COSTS OFF) EXECUTE query\(number)\(arguments)")
            #expect(Self.walks(in: plan).isEmpty, "\(plan.joined(separator: "\n"))")
            #expect(plan.contains { $0.contains("Index Cond:") }, "\(query)")
            if query.contains("LIMIT") { #expect(!plan.contains { $0.hasSuffix("Sort") }, "\(query)") }
        }
    }

    /// The scans of a table that begin and end with the table. The first row by an index is none.
    private static func walks(in plan: [String]) -> [String] {
        plan.indices.filter { line in
            guard plan[line].contains("Scan") else { return false }
            if plan[line].contains("Seq Scan") { return true }
            guard plan[line].contains("Index") else { return false }
            let isFirstRow = line > 0 && plan[line - 1].hasSuffix("->  Limit")
            let hasCondition = line + 1 < plan.count && plan[line + 1].contains("Index Cond:")
            return !isFirstRow && !hasCondition
        }.map { plan[$0] }
    }

    private static func run(
        _ number: Int64, _ outcome: Outcome, repository: String? = "acme/rocket", queuedAt: Int64?, countedAt: Int64
    ) -> RunRecord {
        RunRecord(
            run: EntityID(number), kind: .build, deployment: prod, repository: 1, repositoryName: repository, sha: "a",
            pullRequest: 12, name: "rpm-build", chroot: "epel-9-x86_64", backendID: "9",
            queuedAt:
                queuedAt.map { Timestamp(seconds: $0) }, startedAt: nil, finishedAt: Timestamp(seconds: countedAt),
            outcome: outcome, reason: .stated, revisedOutcome: nil, countedAt: Timestamp(seconds: countedAt),
            isCounted: true)
    }

    @Test(arguments: Backend.readable) func aPullRequestIsFoundInAnyCaseAndItsLatestComesFirst(_ backend: Backend)
        throws
    {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.runs = [
            Self.run(1, .success, queuedAt: 10, countedAt: 100), Self.run(2, .error, queuedAt: 20, countedAt: 200),
            Self.run(3, .error, repository: "acme/other", queuedAt: 20, countedAt: 300),
        ]
        batch.changes = [.sample(EntityID(4), judgedAt: Timestamp(seconds: 500))]
        try store.commit(batch)
        let reader = try place.reader()
        func runs(_ name: String, of repository: RepositoryID = 1, skipping: Int = 0, atMost limit: Int = 10) throws
            -> [Int64]
        {
            try reader.runs(ofPullRequest: 12, in: repository, named: name, skipping: skipping, atMost: limit)
                .map(\.run.number)
        }
        func changes(_ name: String, _ number: Int, of repository: RepositoryID) throws -> [ChangeRecord] {
            try reader.changes(ofPullRequest: number, in: repository, named: name, skipping: 0, atMost: 10)
        }
        #expect(try runs("Acme/Rocket") == [2, 1])
        #expect(try runs("acme/rocket", atMost: 1) == [2])
        #expect(try runs("acme/rocket", skipping: 1) == [1])
        // Another repository had the name before.
        #expect(try runs("acme/rocket", of: 2).isEmpty)
        let repository = batch.changes[0].repository
        #expect(try changes("PACKIT/ogr", 12, of: repository) == batch.changes)
        #expect(try changes("packit/ogr", 13, of: repository).isEmpty)
        #expect(try changes("packit/ogr", 12, of: RepositoryID(stored: repository.stored + 1)).isEmpty)
        #expect(try reader.changes([EntityID(4), EntityID(5)]) == batch.changes)
        #expect(try reader.runs([EntityID(3), EntityID(9)]) == [batch.runs[2]])
    }

    @Test(arguments: Backend.readable) func runsThatEndAtOneMomentAreVisitedOnceEach(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        // More than a page, half of them counted in the same millisecond.
        batch.runs = (1...9000).map { Self.run($0, .success, queuedAt: 0, countedAt: $0 <= 4500 ? 100 : 100 + $0) }
        try store.commit(batch)
        let reader = try place.reader()
        var seen = 0
        var latest = Timestamp(milliseconds: 0)
        try reader.forEachEndedRun(from: Timestamp(seconds: 100), through: Timestamp(seconds: 9000)) { run in
            seen += 1
            #expect(run.countedAt >= latest)
            latest = run.countedAt
        }
        #expect(seen == 4500 + 4400)
    }

    @Test(arguments: Backend.readable) func endedRunsArePagedBackwardsAndFilteredWithinABoundedPart(_ backend: Backend)
        throws
    {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        // Ends of one moment lie across a page, and few of many fit.
        batch.runs = (1...7000).map { number in
            Self.run(
                number, number % 1000 == 0 ? .error : .success, repository: number % 2 == 0 ? "acme/even" : "acme/odd",
                queuedAt: 0, countedAt: 100 + number / 10)
        }
        try store.commit(batch)
        let reader = try place.reader()
        func all(
            limit: Int, repository: String? = nil, where isWanted: (RunRecord) -> Bool = { _ in true }
        ) throws -> (numbers: [Int64], pages: Int) {
            var (numbers, pages): ([Int64], Int) = ([], 0)
            var place: RunPlace?
            repeat {
                let page = try reader.endedRuns(
                    before: place, repository: repository, from: Timestamp(seconds: 200),
                    through: Timestamp(seconds: 1000), atMost: limit, where: isWanted)
                numbers += page.runs.map(\.run.number)
                pages += 1
                place = page.next
            } while place != nil
            return (numbers, pages)
        }
        #expect(try all(limit: 7).numbers == Array((Int64(1000)...7000).reversed()))
        let errors = try all(limit: 50) { $0.outcome == .error }
        #expect(errors.numbers == [7000, 6000, 5000, 4000, 3000, 2000, 1000])
        #expect(errors.pages == 2)
        let even = try all(limit: 50, repository: "ACME/Even") { $0.outcome == .error }
        #expect(even.numbers == [7000, 6000, 5000, 4000, 3000, 2000, 1000])
        #expect(even.pages == 1)
        #expect(try all(limit: 50, repository: "acme/none").numbers.isEmpty)
    }

    @Test(arguments: Backend.readable) func doubtsAreCountedWithinTheRange(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.judgements = [
            (1, .good, 100), (2, .doubtful, 100), (3, .unknown, 100), (4, .unknown, 200), (5, .bad, 150),
            (6, .doubtful, 99),
        ].map { number, verdict, second in
            ObjectiveJudgement(
                objective: .builds, deployment: Self.prod, entity: EntityID(number),
                subject: .init(repository: "acme/rocket"),
                verdict: verdict, at: Timestamp(seconds: second))
        }
        try store.commit(batch)
        let reader = try place.reader()
        let doubts = try reader.doubts(from: Timestamp(seconds: 100), through: Timestamp(seconds: 200))
        #expect(doubts.first { $0.verdict == .doubtful }?.count == 1)
        #expect(doubts.first { $0.verdict == .unknown }?.count == 2)
        #expect(doubts.count == 2)
    }

    @Test(arguments: Backend.readable) func activityCountsWhatWasQueuedWithinTheTimeApart(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.runs = [
            Self.run(1, .success, queuedAt: 10, countedAt: 100), Self.run(2, .success, queuedAt: 60, countedAt: 100),
            Self.run(3, .error, queuedAt: nil, countedAt: 100), Self.run(4, .success, queuedAt: 10, countedAt: 40),
        ]
        try store.commit(batch)
        let reader = try place.reader()
        let activity = try reader.runActivity(since: Timestamp(seconds: 50))
        #expect(activity.first { $0.outcome == .success }.map { [$0.ended, $0.queued] } == [2, 1])
        #expect(activity.first { $0.outcome == .error }.map { [$0.ended, $0.queued] } == [1, 1])
    }

    @Test(arguments: Backend.readable) func theStateIsReadByKeyAndByTable(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        let keys = (0..<20_000).map { number in
            StateKey(table: 5, repository: Int64(number % 7), key: Array("\(number)".utf8))
        }
        batch.state = keys.map { StateChange(key: $0, value: $0.key) }
        batch.state.append(StateChange(key: StateKey(table: 6, repository: 0, key: [1]), value: [2]))
        try store.commit(batch)
        let reader = try place.reader()
        var seen: Set<StateKey> = []
        try reader.forEachEntry(ofTable: 5, where: { $0.count == 5 }) { key, value in
            #expect(value == key.key)
            #expect(seen.insert(key).inserted)
        }
        #expect(seen == Set(keys.filter { $0.key.count == 5 }))
        let found = try reader.entries(at: keys.suffix(3000) + [StateKey(table: 5, repository: 99, key: [0])])
        #expect(found.map(\.key) == keys.suffix(3000))
    }

    @Test(arguments: Backend.readable) func deliveriesArePagedAndFilteredWithinABoundedPartOfTheJournal(
        _ backend: Backend
    ) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.journal = (Int64(1)...100).map { number in
            guard number % 10 != 0 else {
                return JournalEntry(sequence: number, receivedAt: Timestamp(seconds: number), kind: .deadline)
            }
            return JournalEntry(
                sequence: number, receivedAt: Timestamp(seconds: number), kind: .delivery,
                delivery: JournalledDelivery(
                    source: number % 2 == 0 ? .copr : .github, event: "e",
                    identity: DeliveryIdentity(high: 0, low: UInt64(number)),
                    fingerprint: BodyFingerprint(bits: UInt64(number)), result: "accepted", bodyByteCount: 5,
                    body: nil))
        }
        try store.commit(batch)
        let reader = try place.reader()
        let first = try reader.deliveries(before: nil, JournalFilter(), atMost: 2)
        #expect(first.deliveries.map(\.sequence) == [99, 98])
        #expect(first.next == 98)
        let copr = try reader.deliveries(
            before: 20, JournalFilter(source: .copr, event: "e", result: "accepted"), atMost: 50)
        #expect(copr.deliveries.map(\.sequence) == [18, 16, 14, 12, 8, 6, 4, 2])
        #expect(copr.next == nil)
        for filter in [JournalFilter(result: "malformed"), JournalFilter(event: "f"), JournalFilter(containing: [1])] {
            #expect(try reader.deliveries(before: nil, filter, atMost: 5).deliveries.isEmpty)
        }
        for anything in [Int64.min, Int64.min + 1, -1, 0, 1] {
            let none = try reader.deliveries(before: anything, JournalFilter(), atMost: 5)
            #expect(none.deliveries.isEmpty)
            #expect(none.next == nil)
        }
        #expect(
            try reader.deliveries(before: .max, JournalFilter(), atMost: 1).deliveries.map(\.sequence) == [99])
    }
}
