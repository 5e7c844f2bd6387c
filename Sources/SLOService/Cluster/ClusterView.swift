import Dispatch
import Logging
import SLOConditions
import SLOCore
import SLOMetrics
import SLOStore
import Synchronization

/// What every node shows of the whole cluster: what is stored, whichever node has decided it.
final class ClusterView: ClusterStatus {
    private struct State {
        var registry: MetricsRegistry
        var conditions = ConditionsNow()
    }

    private let settings: ServiceSettings
    private let totals: ClusterTotalsReader
    private let reports: ClusterNodeReports
    private let clock: ServiceClock
    private let log: LimitedLog
    private let queue = DispatchQueue(label: "packit-slo.cluster")
    private let isStopped = Atomic<Bool>(false)
    private let state: Mutex<State>

    /// How old what pages show may be.
    private static let seconds = 10.0
    /// A primary that was cut off from the others does not know that it is none: nobody renews a lease on it.
    private static let longestWithoutDecider = TimeSpan.seconds(5)

    init(
        _ settings: ServiceSettings, totals: ClusterTotalsReader, reports: ClusterNodeReports, clock: ServiceClock,
        logger: Logger
    ) {
        self.settings = settings
        self.totals = totals
        self.reports = reports
        self.clock = clock
        log = LimitedLog(logger)
        state = Mutex(State(registry: MetricsRegistry(of: settings)))
    }

    /// As of the last reading.
    var registry: MetricsRegistry { state.withLock { $0.registry } }
    var conditions: ConditionsNow { state.withLock { $0.conditions } }

    /// Reads from now on, and tells the other nodes of this one.
    /// - Parameter copies: told how many the database has.
    func start(
        counting copies: @escaping @Sendable (Int64) -> Void, telling report: @escaping @Sendable () -> NodeReport?
    ) {
        queue.async { [self] in
            guard !isStopped.load(ordering: .relaxed) else { return close() }
            tell(report())
            if let found = refresh()?.copies { copies(found) }
            queue.asyncAfter(deadline: .now() + Self.seconds) { [self] in start(counting: copies, telling: report) }
        }
    }

    private func close() {
        totals.close()
        reports.close()
    }

    private func tell(_ report: NodeReport?) {
        guard let report else { return }
        do { try reports.store(report) } catch {
            log.warning("the page of nodes cannot be told of this one", metadata: ["reason": "\(error)"])
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func refresh() -> ClusterTotals? {
        do {
            let totals = try read().totals
            let conditions = try readConditions()
            state.withLock { $0.conditions = conditions }
            return totals
        } catch {
            log.warning(
                "the cluster's database cannot be read; pages show what was read before",
                metadata: ["reason": "\(error)"])
            return nil
        }
    }

    // MARK: - What is counted

    private func read() throws -> (totals: ClusterTotals, registry: MetricsRegistry) {
        let totals = try totals.read()
        let registry = MetricsRegistry(of: settings)
        _ = registry.restore(
            PersistentDeltas(stored: totals.stored), hours: totals.stored.objectiveHours.map(HourTally.init(stored:)))
        registry.setGauges(stored: totals.stored.gauges)
        state.withLock { $0.registry = registry }
        return (totals, registry)
    }

    func clusterMetrics(openMetrics: Bool) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in continuation.resume(with: Result { try exposition(openMetrics: openMetrics) }) }
        }
    }

    private func exposition(openMetrics: Bool) throws -> [UInt8] {
        let (totals, registry) = try read()
        guard totals.leaseEnded <= Self.longestWithoutDecider else {
            throw ClusterStatusProblem(
                reason: "No node of the cluster has decided for over five seconds: look at the nodes' logs.")
        }
        return registry.render(
            format: openMetrics ? .openMetrics : .text, now: clock.now().wall, include: .cluster)
    }

    // MARK: - What holds

    /// Evaluates the conditions over what the decider has stored, as of its last sample.
    private func readConditions() throws -> ConditionsNow {
        guard let conditions = settings.conditions else { return ConditionsNow() }
        let store = try settings.readers.open()
        defer { try? store.close() }
        return try ConditionWatch.stored(conditions, in: store, at: clock.now().wall)
    }
}
