import GRDB
import SLOCore
import Testing

@testable import SLOStore

@Suite struct PruneTests {
    let scratch: Scratch
    var limits = PruneLimits(
        keepBodies: .days(7), maxBodyBytes: 5 << 30, keepObservations: .days(90), keepIdentities: .days(30),
        keepHistory: .days(400))

    init() throws {
        scratch = try Scratch()
    }

    private func counts(_ store: SQLiteStore) throws -> [String: Int] {
        try store.queue.read { db in
            var counts: [String: Int] = [:]
            for table in ["journal", "bodies", "identities"] {
                counts[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
            }
            return counts
        }
    }

    private func bodyBytes(_ store: SQLiteStore) throws -> [Int64] {
        try store.queue.read { db in
            try Int64.fetchAll(
                db, sql: "SELECT body_bytes FROM owner UNION ALL SELECT coalesce(sum(length(bytes)), 0) FROM bodies")
        }
    }

    @Test func eachKindHasItsOwnRetention() throws {
        let store = try scratch.open()
        try store.commit(.deliveries(1...10))
        let first = Timestamp(seconds: 1000)
        for (age, expected) in [
            (TimeSpan.days(7), ["journal": 10, "bodies": 10, "identities": 10]),
            (.days(7) + .seconds(4), ["journal": 10, "bodies": 6, "identities": 10]),
            (.days(30) + .seconds(3), ["journal": 10, "bodies": 0, "identities": 7]),
            (.days(90) + .seconds(8), ["journal": 2, "bodies": 0, "identities": 0]),
            (.days(91), ["journal": 0, "bodies": 0, "identities": 0]),
        ] {
            while try store.prune(now: first + age, limits: limits) {}
            #expect(try counts(store) == expected)
        }
        #expect(try store.load().nextSequence == 11)
        try store.close()
    }

    @Test func pruningWorksInSmallSteps() throws {
        let store = try scratch.open()
        try store.commit(.deliveries(1...100))
        let now = Timestamp(seconds: 1000) + .days(8)
        for left in [60, 20, 0] {
            #expect(try store.prune(now: now, limits: limits, rows: 40))
            #expect(try counts(store)["bodies"] == left)
        }
        #expect(try !store.prune(now: now, limits: limits, rows: 40))
        try store.close()
    }

    @Test func oneStepSharesItsLimitAmongTables() throws {
        let store = try scratch.open()
        try store.commit(.deliveries(1...100))
        #expect(try store.prune(now: Timestamp(seconds: 1000) + .days(500), limits: limits, rows: 150))
        #expect(try counts(store) == ["bodies": 0, "journal": 100, "identities": 50])
        try store.close()
    }

    @Test func theOldestBodiesAreDeletedAboveTheSizeLimit() throws {
        let store = try scratch.open()
        let body = noise(1000)
        var batch = CommitBatch()
        batch.journal = (1...20).map { .delivery($0, at: Timestamp(seconds: 1000), body: body) }
        try store.commit(batch)
        #expect(try bodyBytes(store) == [20_000, 20_000])
        var limits = limits
        limits.maxBodyBytes = 7_500
        while try store.prune(now: Timestamp(seconds: 1000), limits: limits, rows: 3) {}
        #expect(try bodyBytes(store) == [7_000, 7_000])
        #expect(try counts(store) == ["journal": 20, "bodies": 7, "identities": 20])
        let reader = try SQLiteReader.open(path: scratch.database)
        var left: [Int64] = []
        try reader.forEachDelivery { left.append($0.sequence) }
        #expect(left == Array(14...20))
        try reader.close()
        try store.close()
    }

    @Test func hoursAndIntervalsAreDeletedWithTheHistory() throws {
        let store = try scratch.open()
        let day = Timestamp(seconds: 86400 * 1000)
        for age in 0..<3 as Range<Int64> {
            let at = day - .days(age * 300)
            var batch = CommitBatch()
            batch.changes = [.sample(EntityID(age), judgedAt: at)]
            batch.runs = [.sample(EntityID(100 + age), countedAt: at)]
            batch.blindIntervals = [BlindInterval(startedAt: at - .hours(1), cause: "down", endedAt: at)]
            batch.objectiveHours = [
                ObjectiveHour(
                    objective: .builds, deployment: Deployment("prod"), hour: at.seconds / 3600, deadlineSeconds: 1,
                    target: 0.5, good: 1, bad: 0)
            ]
            try store.commit(batch)
        }
        while try store.prune(now: day, limits: limits, rows: 1) {}
        try store.queue.read { db throws in
            #expect(try Int64.fetchAll(db, sql: "SELECT change FROM changes ORDER BY change") == [0, 1])
            #expect(try Int64.fetchAll(db, sql: "SELECT run FROM runs ORDER BY run") == [100, 101])
        }
        let state = try store.load()
        #expect(state.blindIntervals.count == 2)
        #expect(state.objectiveHours.count == 2)
        try store.close()
    }

    @Test func freeSpaceIsReturnedToTheFileSystem() throws {
        let store = try scratch.open()
        let body = noise(100_000)
        var batch = CommitBatch()
        batch.journal = (1...200).map { .delivery($0, at: Timestamp(seconds: 1000), body: body) }
        try store.commit(batch)
        let full = try store.databaseBytes
        let log = try #require(try File.size(scratch.database + "-wal"))
        #expect(full > log)
        while try store.prune(now: Timestamp(seconds: 1000) + .days(8), limits: limits) {}
        // The log keeps its size until the end.
        let pruned = try store.databaseBytes - (try #require(try File.size(scratch.database + "-wal")))
        #expect(full > 20_000_000)
        #expect(pruned < 6_000_000)
        try store.close()
    }
}
