import Logging
import RunningService
import SLOConditions
import SLOConfiguration
import SLOStore
import Synchronization
import Testing

@testable import SLOCore
@testable import SLOService

/// The conditions as the running service evaluates, stores and continues them.
@Suite(.timeLimit(.minutes(1)))
struct ConditionWatchTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let start = Timestamp(seconds: 1_795_341_600)

    /// What is exported, and the time.
    private final class World: Sendable {
        private let state = Mutex((now: start, text: ""))

        var clock: ServiceClock {
            ServiceClock { self.state.withLock { Moment(wall: $0.now, clock: $0.now.milliseconds) } }
        }
        var exposition: [UInt8] { Array(state.withLock { $0.text }.utf8) }

        func set(minute: Int, _ text: String) {
            state.withLock { $0 = (start + .minutes(Int64(minute)), text) }
        }
    }

    private static func settings(_ place: ScratchPlace) throws -> ServiceSettings {
        var settings = try RunningService.settings(place.path("observer"))
        settings.conditions = ConditionSettings(Configuration())
        return settings
    }

    private static func exposition(finished: Int) -> String {
        """
        # HELP packit_test_runs_unfinished Test runs.
        # TYPE packit_test_runs_unfinished gauge
        packit_test_runs_unfinished{deployment="prod"} 7
        packit_test_runs_overdue{deployment="prod"} 0
        packit_test_runs_finished_total{deployment="prod",outcome="success"} \(finished)
        packit_slo_unrelated 5

        """
    }

    @Test func `A restart in the middle of an outage forgets neither its beginning nor what is to come`() throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try Self.settings(place)
        let store = try SQLiteStore.open(path: settings.database, startedAt: Self.start)
        let world = World()
        func open() throws -> (ConditionWatch, ConditionJournal) {
            let journal = ConditionJournal()
            let watch = try #require(
                try ConditionWatch(settings, journal: journal, clock: world.clock, logger: Self.silent) {
                    world.exposition
                })
            return (watch, journal)
        }
        func stalled(_ watch: ConditionWatch) -> HoldingCondition? {
            watch.now.holding.first { $0.incident.condition == "PackitRunsStalled" }
        }
        var (watch, journal) = try open()
        // Testing Farm dies after an hour. Every 17 minutes another process goes on.
        for minute in 0..<300 {
            if minute % 17 == 16 { (watch, journal) = try open() }
            world.set(minute: minute, Self.exposition(finished: 40 + min(minute, 60)))
            watch.evaluate()
            var batch = CommitBatch()
            batch.conditions = journal.unstored
            try store.commit(batch)
            journal.stored(batch.conditions)
            #expect((stalled(watch) != nil) == (minute >= 240))
            #expect((stalled(watch)?.isFiring ?? false) == (minute >= 270))
        }
        let incident = try #require(stalled(watch)?.incident)
        #expect(incident.since == Self.start + .minutes(60))
        #expect(incident.beganAt == Self.start + .minutes(240))
        #expect(watch.now.samplesSince == Self.start)
        // It ends, which the next process stores, too.
        (watch, journal) = try open()
        world.set(minute: 300, Self.exposition(finished: 139))
        watch.evaluate()
        #expect(stalled(watch) == nil)
        var batch = CommitBatch()
        batch.conditions = journal.unstored
        try store.commit(batch)
        let reader = try SQLiteReader.open(path: settings.database)
        let stored = try reader.firedIncidents(before: nil, atMost: 5)
        #expect(stored.map(\.key) == [incident.key])
        #expect(stored.first?.endedAt == Self.start + .minutes(300))
        #expect(try reader.openIncidents(atMost: 5).isEmpty)
        try reader.close()
        try store.close()
    }

    @Test func `The service stores what it sampled of itself when it stops`() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try Self.settings(place)
        let world = World()
        for start in 0..<2 {
            world.set(minute: start, "")
            try await RunningService.run(settings, clock: world.clock) { service in
                let watch = try #require(service.access.conditions)
                #expect(watch.now.at == nil)
                watch.evaluate()
                #expect(watch.now.samplesSince == Self.start)
                #expect(watch.now.holding.isEmpty)
            }
        }
        let reader = try SQLiteReader.open(path: settings.database)
        var moments: [Timestamp] = []
        try reader.forEachSample(from: Self.start) { moments.append($0.at) }
        #expect(moments == [Self.start, Self.start + .minutes(1)])
        let series = try reader.sampledSeries().map(\.series)
        #expect(series.contains(#"packit_test_runs_unfinished{deployment="prod"}"#))
        #expect(Set(series).count == series.count)
        try reader.close()
    }

    @Test func `A disk that fails delays storing, and loses no incident`() {
        let journal = ConditionJournal()
        let incident = Incident(
            key: .init(beganAt: Self.start, condition: "Tried", subject: ""), severity: .warning, party: .observer,
            summary: "", since: Self.start)
        for minute in 0..<2000 {
            var records = ConditionRecords()
            records.samples = [SampleRecord(at: Self.start + .minutes(Int64(minute)), bytes: [1])]
            if minute == 0 { records.incidents = [incident] }
            journal.add(records)
        }
        let kept = journal.unstored
        #expect(kept.samples.count == 600)
        #expect(kept.samples.last?.at == Self.start + .minutes(1999))
        #expect(kept.incidents == [incident])
        // It changed while it was being stored.
        var fired = incident
        fired.firedAt = Self.start + .minutes(5)
        var records = ConditionRecords()
        records.incidents = [fired]
        journal.add(records)
        journal.stored(kept)
        #expect(journal.unstored.incidents == [fired])
        #expect(journal.unstored.samples.isEmpty)
    }

    @Test func `Values are read from the exposition`() {
        let text = "# TYPE a gauge\na 5\nb{l=\"x y\"} 0.25\nc 7\na_more 9\n\nd\n"
        let values = ExpositionText.values(of: ["a", "b", "d"], in: Array(text.utf8))
        #expect(values.map(\.series) == ["a", "b{l=\"x y\"}"])
        #expect(values.map(\.value) == [5, 0.25])
    }
}
