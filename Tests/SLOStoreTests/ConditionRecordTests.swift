import SLOCore
import Testing

@testable import SLOStore

/// Samples and incidents in the database.
@Suite struct ConditionRecordTests {
    private static func incident(_ second: Int64, _ name: String, fired: Bool = true, ended: Int64? = nil) -> Incident {
        Incident(
            key: .init(beganAt: Timestamp(seconds: second), condition: name, subject: #"deployment="prod""#),
            severity: .critical, party: .testingFarm, summary: "It is \(name)", since: Timestamp(seconds: second - 60),
            firedAt: fired ? Timestamp(seconds: second + 1) : nil, endedAt: ended.map { Timestamp(seconds: $0) })
    }

    private static func sample(_ second: Int64) -> SampleRecord {
        SampleRecord(at: Timestamp(seconds: second), bytes: [UInt8(truncatingIfNeeded: second)])
    }

    @Test(arguments: Backend.readable) func `Incidents are replaced, withdrawn, and listed the latest first`(
        _ backend: Backend
    ) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        let pending = Self.incident(500, "Pending", fired: false)
        batch.conditions.incidents =
            [Self.incident(100, "Old", ended: 200), Self.incident(400, "Open"), pending]
            + (0..<5).map { Self.incident(300, "Same\($0)", ended: 350 + $0) }
        try store.commit(batch)
        batch.conditions = ConditionRecords()
        batch.conditions.incidents = [Self.incident(400, "Open", ended: 450)]
        batch.conditions.withdrawnIncidents = [Self.incident(300, "Same0").key]
        try store.commit(batch)
        let reader = try place.reader()
        #expect(try reader.openIncidents(atMost: 9) == [pending])
        #expect(
            try reader.firedIncidents(endedSince: Timestamp(seconds: 353), atMost: 2).map(\.condition) == [
                "Open", "Same4",
            ])
        let all = try reader.firedIncidents(before: nil, atMost: 9)
        #expect(all.map(\.condition) == ["Open", "Same4", "Same3", "Same2", "Same1", "Old"])
        #expect(all.first == Self.incident(400, "Open", ended: 450))
        let second = IncidentPlace(beganAt: Timestamp(seconds: 300), skipping: 2)
        #expect(try reader.firedIncidents(before: second, atMost: 2).map(\.condition) == ["Same2", "Same1"])
    }

    @Test(arguments: Backend.readable)
    func `Samples are kept for as long as they are needed, and in order of the clock`(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        func add(_ seconds: [Int64], from: Int64? = nil) throws {
            var batch = CommitBatch()
            batch.conditions.series = [.init(number: 0, series: "c"), .init(number: 1, series: "g")]
            batch.conditions.samples = seconds.map(Self.sample)
            batch.conditions.keepSamplesFrom = from.map { Timestamp(seconds: $0) }
            try store.commit(batch)
        }
        func kept() throws -> [Int64] {
            let reader = try place.reader()
            var found: [SampleRecord] = []
            try reader.forEachSample(from: Timestamp(seconds: 0)) { found.append($0) }
            #expect(found == found.map { Self.sample($0.at.seconds) })
            #expect(try reader.sampledSeries().map(\.series) == ["c", "g"])
            return found.map(\.at.seconds)
        }
        try add([60, 120, 180])
        try add([240], from: 120)
        #expect(try kept() == [120, 180, 240])
        // The clock was set back.
        try add([150, 210])
        #expect(try kept() == [120, 150, 210])
    }

    @Test(arguments: Backend.readable) func `Old incidents are pruned with the history`(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.conditions.incidents = [Self.incident(100, "Old", ended: 200), Self.incident(100, "Open")]
        try store.commit(batch)
        let limits = PruneLimits(
            keepBodies: .days(1), maxBodyBytes: 1 << 20, keepObservations: .days(1), keepIdentities: .days(1),
            keepHistory: .days(2))
        while try store.prune(now: Timestamp(seconds: 200) + .days(3), limits: limits) {}
        let reader = try place.reader()
        #expect(try reader.firedIncidents(before: nil, atMost: 9).map(\.condition) == ["Open"])
    }

    @Test(arguments: Backend.readable)
    func `Notes on times are found by what they overlap, withdrawn, and pruned with the history`(
        _ backend: Backend
    ) throws {
        func note(_ id: Int64, _ from: Int64, _ to: Int64) -> TimeNote {
            TimeNote(
                id: id, kind: "incident", from: Timestamp(seconds: from), to: Timestamp(seconds: to), words: "née \(id)"
            )
        }
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.timeNotes = [note(1, 100, 200), note(2, 150, 400), note(3, 500, 600)]
        try store.commit(batch)
        func found(_ from: Int64, _ through: Int64, atMost limit: Int = 9) throws -> [TimeNote] {
            try place.reader().timeNotes(
                from: Timestamp(seconds: from), through: Timestamp(seconds: through), atMost: limit)
        }
        #expect(try found(0, 1000) == [note(3, 500, 600), note(2, 150, 400), note(1, 100, 200)])
        #expect(try found(200, 499).map(\.id) == [2, 1])
        #expect(try found(201, 500, atMost: 1).map(\.id) == [3])
        batch = CommitBatch()
        batch.withdrawnTimeNotes = [2, 77]
        try store.commit(batch)
        #expect(try found(0, 1000).map(\.id) == [3, 1])
        let limits = PruneLimits(
            keepBodies: .days(1), maxBodyBytes: 1 << 20, keepObservations: .days(1), keepIdentities: .days(1),
            keepHistory: .days(2))
        while try store.prune(now: Timestamp(seconds: 300) + .days(2), limits: limits) {}
        #expect(try found(0, 1000).map(\.id) == [3])
    }
}
