import SLOCore
import Testing

@testable import SLOStore

@Suite struct PruneTests {
    static let limits = PruneLimits(
        keepBodies: .days(7), maxBodyBytes: 5 << 30, keepObservations: .days(90), keepIdentities: .days(30),
        keepHistory: .days(400))
    private let limits = Self.limits

    private func counts(_ place: StorePlace) throws -> [String: Int] {
        try place.counts("journal", "bodies", "identities")
    }

    @Test(arguments: Backend.readable) func eachKindHasItsOwnRetention(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
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
            #expect(try counts(place) == expected)
        }
        #expect(try store.load().nextSequence == 11)
        try store.close()
    }

    @Test(arguments: Backend.readable) func pruningWorksInSmallSteps(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...100))
        let now = Timestamp(seconds: 1000) + .days(8)
        for left in [60, 20, 0] {
            #expect(try store.prune(now: now, limits: limits, rows: 40))
            #expect(try counts(place)["bodies"] == left)
        }
        #expect(try !store.prune(now: now, limits: limits, rows: 40))
        try store.close()
    }

    @Test(arguments: Backend.readable) func oneStepKeepsToItsLimitWhateverItDeletes(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...100))
        let now = Timestamp(seconds: 1000) + .days(500)
        var left = 300
        while try store.prune(now: now, limits: limits, rows: 70) {
            let rest = try counts(place).values.reduce(0, +)
            #expect(left - rest <= 70)
            left = rest
        }
        #expect(left == 0)
        try store.close()
    }

    @Test func theOldestBodiesInAFileAreDeletedAboveTheSizeLimit() throws {
        let place = try StorePlace(.file)
        let store = try place.open()
        let bodyBytes = "SELECT body_bytes FROM owner UNION ALL SELECT coalesce(sum(length(bytes)), 0) FROM bodies"
        let body = noise(1000)
        var batch = CommitBatch()
        batch.journal = (1...20).map { .delivery($0, at: Timestamp(seconds: 1000), body: body) }
        try store.commit(batch)
        #expect(try place.run(bodyBytes) == [20_000, 20_000])
        var limits = limits
        limits.maxBodyBytes = 7_500
        while try store.prune(now: Timestamp(seconds: 1000), limits: limits, rows: 3) {}
        #expect(try place.run(bodyBytes) == [7_000, 7_000])
        #expect(try counts(place) == ["journal": 20, "bodies": 7, "identities": 20])
        let reader = try place.reader()
        var left: [Int64] = []
        try reader.forEachDelivery { left.append($0.sequence) }
        #expect(left == Array(14...20))
        try reader.close()
        try store.close()
    }

    @Test(arguments: Backend.readable) func hoursAndIntervalsAreDeletedWithTheHistory(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
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
        #expect(try place.run("SELECT change FROM changes ORDER BY change") == [0, 1])
        #expect(try place.run("SELECT run FROM runs ORDER BY run") == [100, 101])
        let state = try store.load()
        #expect(state.blindIntervals.count == 2)
        #expect(state.objectiveHours.count == 2)
        try store.close()
    }

    @Test func freeSpaceIsReturnedToTheFileSystem() throws {
        let scratch = try Scratch()
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

/// What is received into a cluster's inbox is dropped by the day.
@Suite struct InboxPruneTests {
    /// Noon of the day for which the tables are made.
    private static let now = Timestamp(seconds: 1_795_348_800)
    private let stream: StreamID

    let address: PostgresAddress
    let inbox: any Inbox
    let term: any TermStore
    let faults = FaultSwitch()

    init() throws {
        address = try PostgresAddress.ofTest()
        let cluster = try PostgresCluster(address, at: Self.now)
        inbox = cluster.inbox()
        term = try #require(try cluster.lease(fault: faults.fault).claim(by: "a"))
        stream = try inbox.beginStream(node: "a", startedAt: Self.now - .days(30))
    }

    /// Receives a delivery, with a body that does not compress.
    private func receive(_ position: Int64, at moment: Timestamp) throws {
        let delivery = try #require(JournalEntry.delivery(position, at: moment, body: noise(1000)).delivery)
        let entry = InboxEntry(
            place: InboxPlace(stream, position), receivedAt: moment, content: .delivery(delivery),
            untargetedIdentity: nil, observation: [1])
        try inbox.append([entry], to: stream, through: moment, sentAt: Timestamp(seconds: 0))
    }

    private func decide(through position: Int64, heartbeat: Timestamp? = nil) throws {
        var batch = CommitBatch()
        batch.consumed = [stream: position]
        batch.heartbeat = heartbeat
        try term.commit(batch)
    }

    private func prune(_ limits: PruneLimits = PruneTests.limits, now: Timestamp = Self.now) throws {
        while try term.prune(now: now, limits: limits) {}
    }

    private func values(_ sql: String) throws -> [Int64] {
        let connection = try PostgresConnection(to: address, applicationName: "administrator")
        return try connection.run([PostgresStatement(sql)])[0].rows.compactMap { $0.integer(0) }
    }

    private func positions() throws -> [Int64] { try values("SELECT pos FROM packit_slo.inbox ORDER BY pos") }

    /// The days of partitions, as distances from the present one.
    private func days() throws -> [Int64] {
        try values(
            """
            SELECT replace(inhrelid::regclass::text, 'packit_slo.inbox_', '')::bigint - \(PostgresSchema.day(of: Self.now))
            FROM pg_inherits
            WHERE inhparent = 'packit_slo.inbox'::regclass AND inhrelid <> 'packit_slo.inbox_other'::regclass ORDER BY 1
            """)
    }

    @Test func aDayIsDroppedOnceItIsOldAndDecided() throws {
        try receive(1, at: Self.now - .days(1))
        try receive(2, at: Self.now - .days(1))
        try receive(3, at: Self.now)
        let later = Self.now + .days(7)
        try decide(through: 1)
        try prune(now: later)
        #expect(try positions() == [1, 2, 3])
        try decide(through: 3)
        try prune(now: later - .days(1) + .hours(11))
        #expect(try positions() == [1, 2, 3])
        // Midnight after seven days.
        try prune(now: later - .days(1) + .hours(12))
        #expect(try positions() == [3])
    }

    @Test func partitionsAreMadeForDaysToCome() throws {
        #expect(try days() == Array(-1...3))
        try prune(now: Self.now + .days(2))
        #expect(try days() == Array(-1...5))
        try prune(now: Self.now + .days(30))
        #expect(try days() == Array(29...33))
    }

    @Test func theOldestDaysAreDroppedAboveTheSizeLimit() throws {
        try receive(1, at: Self.now - .days(1))
        try receive(2, at: Self.now)
        var limits = PruneTests.limits
        limits.maxBodyBytes = 1
        try prune(limits)
        #expect(try positions() == [1, 2])
        try decide(through: 2)
        try prune(limits)
        // The present day is kept, however large it is.
        #expect(try positions() == [2])
    }

    @Test func whatComesWhileItsDayIsToBeDroppedIsKept() throws {
        try receive(1, at: Self.now - .days(1))
        try decide(through: 1)
        try prune()
        var limits = PruneTests.limits
        limits.maxBodyBytes = 1
        faults.arm(.beforeTransaction) { try receive(2, at: Self.now - .days(1)) }
        #expect(try !term.prune(now: Self.now, limits: limits))
        #expect(try positions() == [1, 2])
        try decide(through: 2)
        try prune(limits)
        #expect(try positions().isEmpty)
    }

    /// Days that no decider made partitions for.
    @Test func whatHasNoPartitionIsDeletedOnceItIsOldAndDecided() throws {
        for position in 1...3 as ClosedRange<Int64> {
            try receive(position, at: Self.now - .days(8) + .hours(position))
        }
        try receive(4, at: Self.now - .days(3))
        try decide(through: 2)
        try prune()
        #expect(try positions() == [3, 4])
        try decide(through: 4)
        try prune()
        #expect(try positions() == [4])
    }

    @Test func aDayWhoseEntriesHaveNoPartitionStaysWithoutOne() throws {
        let then = Self.now + .days(10)
        try receive(1, at: then)
        try prune(now: then)
        #expect(try days().contains(9))
        #expect(try !days().contains(10))
        try receive(2, at: then)
        #expect(try positions() == [1, 2])
    }

    /// Such as a dump: it keeps a partition from being dropped or made, and nothing else.
    @Test func whoReadsForLongDelaysOnlyPartitions() throws {
        try receive(1, at: Self.now - .days(1))
        try decide(through: 1)
        try term.commit(.deliveries(1...1, from: Self.now - .days(1)))
        let reading = try PostgresConnection(to: address, applicationName: "dump")
        try reading.run([.begin, PostgresStatement("SELECT count(*) FROM packit_slo.inbox")])
        let later = Self.now + .days(9)
        try prune(now: later)
        #expect(try positions() == [1])
        #expect(try values("SELECT count(*) FROM packit_slo.bodies") == [0])
        try reading.run([.commit])
        // Whoever appends would wait for each attempt.
        try prune(now: later + .minutes(9))
        #expect(try positions() == [1])
        try prune(now: later + .minutes(10))
        #expect(try positions().isEmpty)
        #expect(try days().contains(12))
    }

    @Test func aLifeIsForgottenADayAfterAllOfItIsDecided() throws {
        try receive(1, at: Self.now)
        try decide(through: 1, heartbeat: Self.now + .days(2))
        // It was seen a moment ago.
        try prune()
        #expect(try values("SELECT stream FROM packit_slo.receiver") == [stream.number])
        _ = try values("UPDATE packit_slo.receiver SET seen_at = seen_at - interval '25 h' RETURNING stream")
        try receive(2, at: Self.now)
        _ = try values("UPDATE packit_slo.receiver SET seen_at = seen_at - interval '25 h' RETURNING stream")
        try prune()
        #expect(try values("SELECT stream FROM packit_slo.receiver") == [stream.number])
        try decide(through: 2)
        try prune()
        #expect(try values("SELECT stream FROM packit_slo.receiver").isEmpty)
        #expect(try values("SELECT stream FROM packit_slo.consumed").isEmpty)
        // It begins a new life.
        #expect(try storeError { try receive(3, at: Self.now) }.code == .foreign)
    }
}
