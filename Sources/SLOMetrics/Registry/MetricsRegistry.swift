public import SLOCore
import Synchronization

/// The values of all series.
///
/// There are two kinds. What the ledger decided changes by `publish`, in one step after each commit, so that a scrape
/// never shows a part of a decision, nor one that is not stored. What the service counts about itself changes from any
/// thread at any time, without a lock (`count`, `observe`, `set`), and is stored by the next commit
/// (`takeUnpersisted`).
///
/// Sums wrap instead of trapping; label sets are bounded by the configuration and the catalogue.
public final class MetricsRegistry: Sendable {
    struct State: Sendable {
        var table: SeriesTable
        var window: ObjectiveWindow
        /// Objectives whose window is not complete.
        var filledIn: Set<Objective.Name> = []
        var exemplars = ExemplarTable()
        /// The difference of each invariant's sums when checking began, and the violated invariants.
        var balances: [BalanceKey: Int64] = [:]
        var broken: Set<BalanceKey> = []
        /// The length of the last exposition, to reserve memory for the next.
        var lastLength = 64 * 1024
    }

    let settings: LedgerSettings
    /// Every objective of every configured deployment, without repetitions: several Apps may share a deployment.
    let objectives: [(of: DeploymentObjective, objective: Objective)]
    let version: String
    /// For `packit_slo_settings_info`.
    let settingsDigest = Mutex<String?>(nil)
    let processStatistics: @Sendable () -> ProcessStatistics
    let state: Mutex<State>
    let serviceCounters: [ServiceCounter: ScalarSeries]
    let serviceGauges: [ServiceGauge: ScalarSeries]
    /// Those of them that the database keeps.
    let lastingGauges: [ScalarSeries]
    let serviceHistograms: [ServiceHistogram: HistogramSeries]

    /// - Parameters:
    ///   - settings: the deployments, objectives and deadlines that have series.
    ///   - jobs: the kinds of other jobs that have series from the start.
    ///   - version: of this program, for `packit_slo_build_info`.
    ///   - events: the events of each source that have a series of their own; all others count as `other`.
    ///   - upstreams: the upstreams that have series.
    ///   - deliveryLogs: the sources whose delivery log is compared with the journal.
    ///   - processStatistics: read at every exposition.
    public init(
        settings: LedgerSettings, jobs: [JobKind] = [], version: String, events: [Source: [String]] = [:],
        upstreams: [Upstream] = [], deliveryLogs: [Source] = [],
        processStatistics: @escaping @Sendable () -> ProcessStatistics = { .current() }
    ) {
        var table = SeriesTable(settings: settings, jobs: jobs)
        serviceCounters = Dictionary(
            uniqueKeysWithValues: ServiceCounter.all(events: events, upstreams: upstreams, deliveryLogs: deliveryLogs)
                .map {
                    ($0, table.scalar($0.series))
                })
        serviceGauges = Dictionary(
            uniqueKeysWithValues: ServiceGauge.all(upstreams: upstreams, deliveryLogs: deliveryLogs).map { gauge in
                let initially = gauge.isAbsentUntilSet ? ScalarSeries.absent : 0
                return (gauge, table.scalar(gauge.series, initially: initially))
            })
        lastingGauges = serviceGauges.filter(\.key.outlastsProcess).map(\.value)
        for gauge in lastingGauges { gauge.cell.markKept(gauge.unset) }
        serviceHistograms = Dictionary(
            uniqueKeysWithValues: ServiceHistogram.all(upstreams: upstreams, deliveryLogs: deliveryLogs).map {
                ($0, table.histogram($0.series))
            })
        table.finishConfiguration()
        self.settings = settings
        var labels: [Deployment] = []
        for deployment in settings.deployments where !labels.contains(deployment) { labels.append(deployment) }
        objectives = labels.flatMap { deployment in
            settings.objectives.map { (DeploymentObjective($0.name, deployment), $0) }
        }
        self.version = version
        self.processStatistics = processStatistics
        state = Mutex(State(table: table, window: ObjectiveWindow(length: settings.longestWindow)))
    }
}

// MARK: The service's own metrics, from any thread

extension MetricsRegistry {
    public func count(_ counter: ServiceCounter, by amount: Int64 = 1) {
        series(of: counter)?.cell.add(amount)
    }

    /// - Parameter duration: negative values count as 0; kept in microseconds, the lag of deliveries in milliseconds.
    public func observe(_ histogram: ServiceHistogram, _ duration: Duration) {
        observe(histogram, CollectionOfOne(duration))
    }

    /// The same of several durations.
    public func observe(_ histogram: ServiceHistogram, _ durations: some Sequence<Duration>) {
        guard let series = serviceHistograms[histogram] else { return }
        for duration in durations { series.observe(series.units(of: duration)) }
    }

    /// - Parameter digest: of the settings in which the nodes of a cluster should agree.
    public func set(settingsDigest digest: String) { settingsDigest.withLock { $0 = digest } }

    /// - Parameter value: `nil` makes a gauge absent that is so until it is set.
    public func set(_ gauge: ServiceGauge, to value: Int64?) {
        if let value = value ?? (gauge.isAbsentUntilSet ? ScalarSeries.absent : nil) {
            serviceGauges[gauge]?.cell.set(value)
        }
    }

    /// Changes a gauge that exists from the start.
    public func adjust(_ gauge: ServiceGauge, by amount: Int64) {
        guard !gauge.isAbsentUntilSet else { return }
        serviceGauges[gauge]?.cell.add(amount)
    }

    func series(of counter: ServiceCounter) -> ScalarSeries? {
        serviceCounters[counter] ?? serviceCounters[counter.withOtherEvent]
    }
}

// MARK: Reading

extension MetricsRegistry {
    public func value(of counter: Counter) -> Int64 {
        state.withLock { $0.table.counter(counter).cell.value }
    }

    public func value(of gauge: Gauge) -> Int64 {
        state.withLock { $0.table.gauge(gauge).cell.value }
    }

    /// The runs of a kind that have series, each counted by itself.
    public func groups(of kind: RunKind) -> Set<RunGroup> {
        state.withLock { $0.table.groups(of: kind) }
    }

    public func value(of counter: ServiceCounter) -> Int64 {
        series(of: counter)?.cell.value ?? 0
    }

    /// `nil` until it is set.
    public func value(of gauge: ServiceGauge) -> Int64? {
        serviceGauges[gauge].flatMap { $0.cell.value == ScalarSeries.absent ? nil : $0.cell.value }
    }

    /// The upper bound, in seconds, of the bucket with that quantile; `nil` without observations, and above all bounds.
    public func bound(of histogram: ServiceHistogram, atQuantile quantile: Double) -> Double? {
        serviceHistograms[histogram]?.bound(atQuantile: quantile)
    }

    /// The number of observations in a histogram.
    public func count(of histogram: Histogram) -> Int64 {
        state.withLock { $0.table.histogram(histogram).count }
    }

    /// Good and bad events of every objective of every configured deployment, over its window that ends now.
    public func tallies(at now: Timestamp) -> [DeploymentObjective: ObjectiveTally] {
        state.withLock { tallies(in: $0.window, at: now) }
    }

    func tallies(in window: ObjectiveWindow, at now: Timestamp) -> [DeploymentObjective: ObjectiveTally] {
        Dictionary(
            uniqueKeysWithValues: objectives.map { of, objective in
                (of, window.tally(of: of, over: settings.window(of: objective), at: now))
            })
    }
}
