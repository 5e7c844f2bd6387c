import SLOCore
import Testing

@testable import SLOStore

/// What commands read out of a database that a server may be writing.
@Suite struct JournalReadingTests {
    private static func entry(_ sequence: Int64, _ kind: JournalEntry.Kind, _ bytes: [UInt8]? = nil) -> JournalEntry {
        JournalEntry(sequence: sequence, receivedAt: Timestamp(seconds: sequence), kind: kind, observation: bytes)
    }

    private func entries(
        of place: StorePlace, from first: Int64 = 0, before end: Int64 = .max
    ) throws -> [StoredEntry] {
        let reader = try place.reader()
        var entries: [StoredEntry] = []
        try reader.forEachEntry(from: first, before: end) { entries.append($0) }
        try reader.close()
        return entries
    }

    @Test(arguments: Backend.readable) func everyKindOfEntryIsReadAsWritten(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.journal = [
            Self.entry(1, .start), .delivery(2, at: Timestamp(seconds: 2), body: nil),
            .delivery(3, at: Timestamp(seconds: 3)), Self.entry(4, .deadline, [7]), Self.entry(5, .heartbeatGap, []),
            Self.entry(6, .stop),
        ]
        try store.commit(batch)
        let entries = try entries(of: place)
        #expect(entries.map(\.sequence) == Array(1...6))
        #expect(entries.map(\.kind) == [.start, .delivery, .delivery, .deadline, .heartbeatGap, .stop])
        #expect(entries.map(\.observation) == [nil, [1, 2, 3], [1, 2, 3], [7], [], nil])
        #expect(
            entries.map(\.delivery?.result) == [nil, "ignored", "accepted", nil, nil, nil])
        #expect(entries[2].delivery?.source == .github)
        #expect(entries[2].delivery?.event == "pull_request")
        #expect(entries[2].delivery?.bodyByteCount == 2)
        #expect(entries[5].receivedAt == Timestamp(seconds: 6))
        try store.close()
    }

    @Test(arguments: Backend.readable) func entriesOutliveTheirBodiesAndAreReadInPages(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        for start in stride(from: 1, through: 3000, by: 500) as StrideThrough<Int64> {
            try store.commit(.deliveries(start...(start + 499)))
        }
        let limits = PruneLimits(
            keepBodies: .seconds(1), maxBodyBytes: 0, keepObservations: .days(90), keepIdentities: .days(30),
            keepHistory: .days(400))
        while try store.prune(now: Timestamp(seconds: 10_000), limits: limits) {}
        #expect(try entries(of: place).map(\.sequence) == Array(1...3000))
        #expect(try entries(of: place, from: 1020, before: 1030).map(\.sequence) == Array(1020..<1030))
        #expect(try entries(of: place, from: 3001).isEmpty)
        try store.close()
    }

    @Test(arguments: Backend.readable) func entriesWrittenMeanwhileAreAfterTheExtent(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var reader = try place.reader()
        #expect(
            try reader.journalExtent()
                == JournalExtent(firstSequence: nil, beginsAt: nil, nextSequence: 1, lastHeartbeat: nil))
        var batch = CommitBatch.deliveries(1...10)
        batch.heartbeat = Timestamp(seconds: 1009)
        try store.commit(batch)
        let extent = try reader.journalExtent()
        #expect(
            extent
                == JournalExtent(
                    firstSequence: 1, beginsAt: Timestamp(seconds: 1000), nextSequence: 11,
                    lastHeartbeat: Timestamp(seconds: 1009)))
        #expect(extent.isWhole)
        try store.commit(.deliveries(11...20))
        #expect(try entries(of: place, before: extent.nextSequence).count == 10)
        let limits = PruneLimits(
            keepBodies: .seconds(1), maxBodyBytes: 0, keepObservations: .seconds(5), keepIdentities: .days(30),
            keepHistory: .days(400))
        while try store.prune(now: Timestamp(seconds: 1010), limits: limits) {}
        try reader.close()
        reader = try place.reader()
        let trimmed = try reader.journalExtent()
        #expect(trimmed.beginsAt.map { $0 >= Timestamp(seconds: 1000) } == true)
        #expect(!trimmed.isWhole)
        try reader.close()
        try store.close()
    }

    @Test(arguments: Backend.readable) func anUnknownKindIsAnErrorThatNamesTheEntry(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.commit(.deliveries(1...1))
        try place.run("UPDATE journal SET kind = 'dream'")
        #expect(try storeError { _ = try entries(of: place) }.message.contains("journal entry 1 "))
        try store.close()
    }
}

@Suite struct JudgementReadingTests {
    private static func judgement(
        _ entity: Int64, _ verdict: ObjectiveJudgement.Verdict = .good, at seconds: Int64 = 1000,
        objective: Objective.Name = .initialStatus, deployment: String = "prod"
    ) -> ObjectiveJudgement {
        ObjectiveJudgement(
            objective: objective, deployment: Deployment(deployment), entity: EntityID(entity),
            subject: .init(repository: entity % 2 == 0 ? nil : "acme/rocket", chroot: "x-1-s390x"), verdict: verdict,
            at: Timestamp(seconds: seconds))
    }

    private func judgements(of place: StorePlace, from: Int64, until: Int64) throws -> [StoredJudgement] {
        let reader = try place.reader()
        var judgements: [StoredJudgement] = []
        try reader.forEachJudgement(from: Timestamp(seconds: from), until: Timestamp(seconds: until)) {
            judgements.append($0)
        }
        try reader.close()
        return judgements
    }

    @Test(arguments: Backend.readable) func bothEndsOfTheRangeAreIncluded(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.judgements = (1...5).map { Self.judgement($0, at: 1000 + $0) }
        try store.commit(batch)
        #expect(try judgements(of: place, from: 1002, until: 1004).map(\.judgement) == Array(batch.judgements[1...3]))
        #expect(try judgements(of: place, from: 1006, until: 2000).isEmpty)
        try store.close()
    }

    @Test(arguments: Backend.readable) func pagesThatMeetWithinOneMomentLoseAndRepeatNothing(_ backend: Backend) throws
    {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.judgements = (1...3000).flatMap { entity in
            Objective.defaults.map { Self.judgement(entity, objective: $0.name) }
        }
        try store.commit(batch)
        let read = try judgements(of: place, from: 1000, until: 1000).map(\.judgement)
        #expect(read.count == 9000)
        #expect(Set(read) == Set(batch.judgements))
        try store.close()
    }

    @Test(arguments: Backend.readable) func badJudgementsHaveTheirDetails(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.changes = [.sample(EntityID(1), judgedAt: Timestamp(seconds: 1000))]
        batch.runs = [.sample(EntityID(2), countedAt: Timestamp(seconds: 1000))]
        batch.judgements = [
            Self.judgement(1, .bad), Self.judgement(1, .bad, deployment: "stg"),
            Self.judgement(2, .doubtful, objective: .builds), Self.judgement(3, .bad, objective: .builds),
        ]
        try store.commit(batch)
        let read = try judgements(of: place, from: 0, until: 2000)
        func found(_ entity: Int64, _ objective: Objective.Name, _ deployment: String = "prod") -> StoredJudgement? {
            read.first {
                $0.judgement.entity == EntityID(entity) && $0.judgement.objective == objective
                    && $0.judgement.deployment == Deployment(deployment)
            }
        }
        #expect(read.count == 4)
        #expect(found(1, .initialStatus)?.changeVerdict == .late)
        #expect(found(1, .initialStatus, "stg")?.changeVerdict == nil)
        let end = found(2, .builds)?.runEnd
        #expect(end?.outcome == .failure)
        #expect(end?.finishedAt == Timestamp(seconds: 1000))
        #expect(end?.queuedAt == nil)
        #expect(end?.isRevised == false)
        #expect(found(3, .builds)?.runEnd == nil)
        try store.close()
    }

    @Test(arguments: Backend.readable) func aTableOfTheStateAndTheBlindIntervalsCanBeReadSeparately(_ backend: Backend)
        throws
    {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        let keys = [1, 3, 3, 5].enumerated().map {
            StateKey(table: UInt8($1), repository: Int64($0), key: [UInt8($0)])
        }
        batch.state = keys.map { StateChange(key: $0, value: [42]) }
        batch.blindIntervals = [
            BlindInterval(startedAt: Timestamp(seconds: 9), cause: "down", endedAt: Timestamp(seconds: 10)),
            BlindInterval(startedAt: Timestamp(seconds: 3), cause: "refused", endedAt: Timestamp(seconds: 4)),
        ]
        try store.commit(batch)
        let reader = try place.reader()
        #expect(try reader.state(ofTable: 3).map(\.key) == Array(keys[1...2]))
        #expect(try reader.blindIntervals() == batch.blindIntervals.reversed())
        #expect(try reader.load().blindIntervals == batch.blindIntervals.reversed())
        try reader.close()
        try store.close()
    }
}
