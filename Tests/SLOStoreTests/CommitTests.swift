import GRDB
import SLOCore
import Testing

@testable import SLOStore

@Suite struct CommitTests {
    @Test(arguments: Backend.allCases) func countersAddUpAcrossARestart(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let first = try place.open()
        var batch = CommitBatch()
        batch.counters = ["builds": 2, "tests": 1]
        batch.histograms = [
            HistogramDelta(series: "duration", bounds: "1,5", buckets: [1, 0, 2], sum: 12)
        ]
        batch.objectiveHours = [
            ObjectiveHour(
                objective: .builds, deployment: Deployment("prod"), hour: 500_000, deadlineSeconds: 43200,
                target: 0.98, good: 3, bad: 1)
        ]
        try first.commit(batch)
        try first.close()

        let second = try place.open()
        try second.commit(batch)
        let state = try second.load()
        try second.close()
        #expect(state.counters == ["builds": 4, "tests": 2])
        #expect(
            state.histograms == [
                "duration": LoadedState.Histogram(bounds: "1,5", buckets: [2, 0, 4], sum: 24)
            ])
        #expect(
            state.objectiveHours == [
                ObjectiveHour(
                    objective: .builds, deployment: Deployment("prod"), hour: 500_000, deadlineSeconds: 43200,
                    target: 0.98, good: 6, bad: 2)
            ])
    }

    @Test(arguments: Backend.allCases) func theLastValueOfAGaugeIsKept(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let first = try place.open()
        for gauges in [["a": 1, "b": 2], ["a": 3], [:]] as [[String: Int64]] {
            var batch = CommitBatch()
            batch.gauges = gauges
            try first.commit(batch)
        }
        try first.close()
        let second = try place.open()
        #expect(try second.load().gauges == ["a": 3, "b": 2])
        try second.close()
    }

    @Test(arguments: Backend.allCases) func hoursJudgedByOtherTermsAreKeptApart(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        for (deadline, target) in [(43200, 0.98), (43200, 0.95), (3600, 0.98), (43200, 0.98)] as [(Int64, Double)] {
            var batch = CommitBatch()
            batch.objectiveHours = [
                ObjectiveHour(
                    objective: .builds, deployment: Deployment("prod"), hour: 1, deadlineSeconds: deadline,
                    target: target, good: 1, bad: 0)
            ]
            try store.commit(batch)
        }
        #expect(try store.load().objectiveHours.map(\.good).sorted() == [1, 1, 2])
        try store.close()
    }

    @Test(arguments: Backend.allCases) func countersOfSeveralShardsAreSummed(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        for shard in 0..<3 as Range<Int64> {
            var batch = CommitBatch.counting("a", 10)
            batch.shard = shard
            try store.commit(batch)
        }
        #expect(try store.load().counters == ["a": 30])
        try store.close()
    }

    @Test(arguments: Backend.allCases) func aHistogramWithOtherBoundsStartsAgain(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        for (bounds, buckets) in [("1,5", [4, 4, 4]), ("1,5,9", [0, 1, 0, 0])] as [(String, [Int64])] {
            var batch = CommitBatch()
            batch.histograms = [
                HistogramDelta(series: "duration", bounds: bounds, buckets: buckets, sum: 3)
            ]
            try store.commit(batch)
        }
        #expect(
            try store.load().histograms == [
                "duration": LoadedState.Histogram(bounds: "1,5,9", buckets: [0, 1], sum: 3)
            ])
        try store.close()
    }

    @Test(arguments: Backend.allCases) func stateIsReplacedAndDeletedByKey(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.state = [
            StateChange(key: .named("a"), value: [1]),
            StateChange(key: .named("b"), value: []),
            StateChange(key: .named("a", repository: 2), value: [3]),
            StateChange(key: .named("c"), value: [4]),
            StateChange(key: .named("c"), value: nil),
        ]
        try store.commit(batch)
        batch.state = [StateChange(key: .named("a"), value: [9, 9])]
        try store.commit(batch)
        #expect(
            try store.load().state == [
                LoadedState.Entry(key: .named("a"), value: [9, 9]),
                LoadedState.Entry(key: .named("b"), value: []),
                LoadedState.Entry(key: .named("a", repository: 2), value: [3]),
            ])
        try store.close()
    }

    @Test(arguments: Backend.allCases) func sequencesContinueAndAreNeverReused(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...10))
        #expect(try store.load().nextSequence == 11)
        let error = try storeError { try store.commit(.deliveries(10...12)) }
        #expect(error.code == .rejected)
        #expect(!error.isDiskFault)
        #expect(try store.load().nextSequence == 11)
        var batch = CommitBatch()
        batch.nextEntity = 77
        try store.commit(batch)
        try store.commit(CommitBatch())
        #expect(try store.load().nextSequence == 11)
        #expect(try store.load().nextEntity == 77)
        try store.close()
    }

    @Test(arguments: Backend.allCases) func aBatchThatFailsLeavesNothingBehind(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...1))
        var batch = CommitBatch.deliveries(2...3)
        batch.counters = ["a": 1]
        batch.state = [StateChange(key: .named("a"), value: [1])]
        // The last row of the batch is the one that is refused.
        batch.journal.append(.delivery(1, at: Timestamp(seconds: 1)))
        _ = try storeError { try store.commit(batch) }
        let state = try store.load()
        #expect(state.nextSequence == 2)
        #expect(state.counters.isEmpty)
        #expect(state.state.isEmpty)
        #expect(try store.known(.numbered(2)) == nil)
        try store.close()
    }

    @Test(arguments: Backend.allCases) func theHeartbeatTellsHowTheLastProcessEnded(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let first = try place.open()
        var batch = CommitBatch()
        batch.heartbeat = Timestamp(seconds: 50)
        try first.commit(batch)
        try first.commit(CommitBatch())
        #expect(try first.load().lastHeartbeat == Timestamp(seconds: 50))
        #expect(try first.load().lastCleanStop == nil)
        batch.heartbeat = Timestamp(seconds: 60)
        let stop = CleanStop(at: Timestamp(seconds: 61), socket: .max)
        batch.cleanStop = stop
        try first.commit(batch)
        try first.close()

        let second = try place.open()
        #expect(try second.load().lastHeartbeat == Timestamp(seconds: 60))
        #expect(try second.load().lastCleanStop == stop)
        batch = CommitBatch()
        batch.heartbeat = Timestamp(seconds: 70)
        try second.commit(batch)
        #expect(try second.load().lastCleanStop == nil)
        try second.close()
    }

    @Test(arguments: Backend.allCases) func aBlindIntervalIsOpenedClosedAndCaughtUp(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        let steps = [
            BlindInterval(startedAt: Timestamp(seconds: 9), cause: "down", endedAt: nil),
            BlindInterval(startedAt: Timestamp(seconds: 9), cause: "down", endedAt: Timestamp(seconds: 20)),
            BlindInterval(
                startedAt: Timestamp(seconds: 9), cause: "down", endedAt: Timestamp(seconds: 20),
                caughtUpAt: Timestamp(seconds: 30)),
        ]
        for step in steps {
            var batch = CommitBatch()
            batch.blindIntervals = [step]
            try store.commit(batch)
            #expect(try store.load().blindIntervals == [step])
        }
        try store.close()
    }

    @Test func aDatabaseWithANewOwnerIsNotWritten() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try store.commit(.counting("a", 1))
        try store.queue.write { try $0.execute(sql: "UPDATE owner SET epoch = epoch + 1") }
        let error = try storeError { try store.commit(.counting("a", 1)) }
        #expect(error.code == .ownershipLost)
        #expect(error.isDiskFault)
        let limits = PruneLimits(
            keepBodies: .zero, maxBodyBytes: 0, keepObservations: .zero, keepIdentities: .zero, keepHistory: .zero)
        let refusal = try storeError { _ = try store.prune(now: Timestamp(seconds: 9), limits: limits) }
        #expect(refusal.code == .ownershipLost)
        #expect(try store.load().counters == ["a": 1])
        try store.close()
    }
}

@Suite struct IdentityTests {
    @Test(arguments: Backend.allCases) func aDeliveryIsKnownAgainAfterARestart(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let first = try place.open()
        #expect(try first.known(.numbered(1)) == nil)
        try first.commit(.deliveries(1...3))
        try first.close()

        let second = try place.open()
        let known = try second.known([.numbered(2), .numbered(3), .numbered(4)])
        #expect(Set(known.keys) == [.numbered(2), .numbered(3)])
        #expect(
            known[.numbered(2)]
                == KnownDelivery(fingerprint: BodyFingerprint(of: Array("{}".utf8)), seenAt: Timestamp(seconds: 1001)))
        try second.close()
    }

    @Test(arguments: Backend.allCases) func ofTwoBodiesWithOneIdentityTheFirstIsValid(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.journal = [
            .delivery(1, at: Timestamp(seconds: 1), identity: 5, body: [1]),
            .delivery(2, at: Timestamp(seconds: 2), identity: 5, body: [2]),
        ]
        try store.commit(batch)
        #expect(
            try store.known(.numbered(5))
                == KnownDelivery(fingerprint: BodyFingerprint(of: [1]), seenAt: Timestamp(seconds: 1)))
        try store.close()
    }

    @Test(arguments: Backend.allCases) func aDeliveryWithoutBodyIsRecognised(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.journal = [.delivery(1, at: Timestamp(seconds: 1), body: nil)]
        try store.commit(batch)
        #expect(try store.known(.numbered(1)) != nil)
        try store.close()
    }
}
