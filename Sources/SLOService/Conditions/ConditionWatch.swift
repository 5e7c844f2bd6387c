import Logging
public import SLOConditions
import SLOCore
import SLOStore
public import ServiceLifecycle
import Synchronization

/// Evaluates the conditions once a minute, over samples of what `/metrics` shows at that moment: so an alert of
/// Prometheus and the pages differ by at most one scrape and one evaluation.
///
/// It needs neither writer nor disk: it tells of their faults, too. The samples are stored, so a restart forgets none.
public final class ConditionWatch: Service, CustomStringConvertible {
    /// Short, because `ServiceGroup` logs it.
    public let description = "conditions"

    private struct State {
        var history: SampleHistory
        var tracker: ConditionTracker
        var now = ConditionsNow()
    }

    private let state: Mutex<State>
    private let metrics: Set<String>
    private let exposition: @Sendable () -> [UInt8]
    private let journal: ConditionJournal
    private let clock: ServiceClock
    private let logger: Logger

    /// More open incidents than a tracker follows.
    private static let maxOpen = 2000

    /// Continues what earlier processes stored.
    /// - Parameter exposition: what a scrape gets at the moment.
    /// - Returns: `nil` if no conditions are configured.
    /// - Throws: `StoreError`.
    init?(
        _ settings: ServiceSettings, journal: ConditionJournal, clock: ServiceClock, logger: Logger,
        exposition: @escaping @Sendable () -> [UInt8]
    ) throws {
        guard let conditions = settings.conditions else { return nil }
        let store = try settings.readers.open()
        let restored = try Self.restored(
            conditions, from: store, at: clock.now().wall,
            unreadable: { sample, error in
                logger.error(
                    "a stored sample of the conditions is left out",
                    metadata: ["at": "\(sample.rfc3339)", "reason": "\(error)"])
            })
        try store.close()
        metrics = restored.history.metrics
        state = Mutex(restored)
        self.journal = journal
        self.clock = clock
        self.logger = logger
        self.exposition = exposition
    }

    /// What held at the last sample that another process stored.
    static func stored(
        _ settings: ConditionSettings, in store: any StoreReading, at now: Timestamp
    ) throws -> ConditionsNow {
        var latest: Timestamp?
        var restored = try restored(settings, from: store, at: now, sampled: { latest = $0 })
        return latest.map { restored.tracker.evaluate(restored.history, at: $0).now } ?? ConditionsNow()
    }

    private static func restored(
        _ settings: ConditionSettings, from store: any StoreReading, at now: Timestamp,
        sampled: (Timestamp) -> Void = { _ in }, unreadable: (Timestamp, any Error) -> Void = { _, _ in }
    ) throws -> State {
        let tracker = ConditionTracker(settings, continuing: try store.openIncidents(atMost: maxOpen))
        var history = tracker.emptyHistory
        for series in try store.sampledSeries() {
            history.restore(SampledSeries(number: Int(series.number), series: series.series))
        }
        try store.forEachSample(from: history.horizon(at: now)) { sample in
            do {
                history.restore(try StoredSample(at: sample.at, bytes: sample.bytes))
                sampled(sample.at)
            } catch {
                unreadable(sample.at, error)
            }
        }
        return State(history: history, tracker: tracker)
    }

    /// What holds, as of the last evaluation.
    public var now: ConditionsNow { state.withLock { $0.now } }

    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.evaluateEveryMinute() }
        // A service that finishes by itself while its group shuts down makes the group fail.
        try? await gracefulShutdown()
    }

    private func evaluateEveryMinute() async {
        while !Task.isCancelled {
            evaluate()
            do { try await Task.sleep(for: .milliseconds(SampleHistory.interval.milliseconds)) } catch { return }
        }
    }

    /// Takes a sample, and evaluates all conditions with it.
    package func evaluate() {
        let values = ExpositionText.values(of: metrics, in: exposition())
        let now = clock.now().wall
        let (records, changes) = state.withLock { state in
            var records = ConditionRecords()
            let (sample, series) = state.history.record(values, at: now)
            records.series = series.map { SampledSeriesRecord(number: Int64($0.number), series: $0.series) }
            records.samples = [SampleRecord(at: sample.at, bytes: sample.bytes)]
            records.keepSamplesFrom = state.history.horizon(at: now)
            let changes: ConditionTracker.Changes
            (state.now, changes) = state.tracker.evaluate(state.history, at: now)
            records.incidents = changes.incidents
            records.withdrawnIncidents = changes.withdrawn.map(\.key)
            return (records, changes)
        }
        journal.add(records)
        for incident in changes.incidents { log(incident) }
    }

    private func log(_ incident: Incident) {
        guard incident.firedAt != nil else { return }
        let metadata: Logger.Metadata = [
            "condition": "\(incident.condition)", "subject": "\(incident.subject)",
            "since": "\(incident.since.rfc3339)",
        ]
        if incident.endedAt == nil {
            logger.notice("a condition holds: \(incident.summary)", metadata: metadata)
        } else {
            logger.notice("a condition has ended: \(incident.summary)", metadata: metadata)
        }
    }
}
