import SLOCore

/// All existing series, by family in the order of the catalogue.
///
/// Configured series exist from the start. Others are added when stored values or open entities contain a deployment or
/// event that is no longer configured; their number is bounded by what was ever configured.
struct SeriesTable: Sendable {
    struct Family: Sendable {
        let family: MetricFamily
        let bounds: [Double]
        let textHead: [UInt8]
        let openMetricsHead: [UInt8]
        fileprivate(set) var scalars: [ScalarSeries] = []
        fileprivate(set) var histograms: [HistogramSeries] = []
        /// The number of configured series; those added later follow, sorted.
        fileprivate var configuredCount = Int.max
    }

    private(set) var families: [Family]
    private let indices: [String: Int]
    private(set) var scalarsByKey: [String: ScalarSeries] = [:]
    private(set) var histogramsByKey: [String: HistogramSeries] = [:]
    private var counters: [Counter: ScalarSeries] = [:]
    private var gauges: [Gauge: ScalarSeries] = [:]
    private var histograms: [Histogram: HistogramSeries] = [:]

    /// - Parameter jobs: the kinds of other jobs that have series from the start.
    init(settings: LedgerSettings, jobs: [JobKind]) {
        families = MetricsCatalogue.all.map { family in
            Family(
                family: family, bounds: Self.bounds(of: family, settings),
                textHead: ExpositionFormat.text.head(of: family),
                openMetricsHead: ExpositionFormat.openMetrics.head(of: family))
        }
        indices = Dictionary(uniqueKeysWithValues: families.enumerated().map { ($1.family.name, $0) })
        for counter in Counter.all(for: settings.deployments, settings.objectives, jobs: jobs) {
            _ = self.counter(counter)
        }
        for gauge in Gauge.all(for: settings.deployments, jobs: jobs) { _ = self.gauge(gauge) }
        for histogram in Histogram.all(for: settings.deployments) { _ = self.histogram(histogram) }
    }

    /// The deadline of the histogram's objective is one of its bounds, so that the good events can be read from it.
    private static func bounds(of family: MetricFamily, _ settings: LedgerSettings) -> [Double] {
        let deadline: TimeSpan? =
            switch family.name {
            case MetricsCatalogue.initialStatusDuration.name: settings.initialStatusDeadline
            case MetricsCatalogue.allStatusesDuration.name: settings.allStatusesDeadline
            case MetricsCatalogue.commandAnswerDuration.name: settings.commandAnswer.deadline
            default: RunKind.allCases.first { RunFamilies.of($0).duration == family }.map(settings.deadline(of:))
            }
        guard let deadline, !family.bounds.contains(deadline.inSeconds) else { return family.bounds }
        return (family.bounds + [deadline.inSeconds]).sorted()
    }

    /// Ends the configured part of the table.
    mutating func finishConfiguration() {
        for index in families.indices {
            families[index].configuredCount = max(families[index].scalars.count, families[index].histograms.count)
        }
    }

    mutating func counter(_ counter: Counter) -> ScalarSeries {
        if let series = counters[counter] { return series }
        let series = scalar(counter.series)
        counters[counter] = series
        return series
    }

    mutating func gauge(_ gauge: Gauge) -> ScalarSeries {
        if let series = gauges[gauge] { return series }
        let series = scalar(gauge.series)
        gauges[gauge] = series
        return series
    }

    mutating func histogram(_ histogram: Histogram) -> HistogramSeries {
        if let series = histograms[histogram] { return series }
        let series = self.histogram(histogram.series)
        histograms[histogram] = series
        return series
    }

    /// 0 if the series does not exist yet.
    func value(of counter: Counter) -> Int64 { counters[counter]?.cell.value ?? 0 }
    func value(of gauge: Gauge) -> Int64 { gauges[gauge]?.cell.value ?? 0 }
    func count(of histogram: Histogram) -> Int64 { histograms[histogram]?.count ?? 0 }

    /// The runs of a kind that have series, each counted by itself.
    func groups(of kind: RunKind) -> Set<RunGroup> {
        let counted = counters.keys.compactMap { if case .runsQueued(let group, _) = $0 { group } else { nil } }
        let open = gauges.keys.compactMap { if case .runsUnfinished(let group, _) = $0 { group } else { nil } }
        return Set(counted + open).filter { $0.kind == kind }
    }

    /// All existing gauges of the ledger.
    var allGauges: some Sequence<ScalarSeries> { gauges.values }

    /// The counter or gauge of that name, created if it does not exist yet.
    mutating func scalar(_ id: SeriesID, initially value: Int64 = 0) -> ScalarSeries {
        let key = id.key
        if let series = scalarsByKey[key] { return series }
        let series = ScalarSeries(id, initially: value)
        scalarsByKey[key] = series
        if let index = indices[id.family.name] {
            let place = place(of: key, after: families[index].configuredCount, in: families[index].scalars.map(\.key))
            families[index].scalars.insert(series, at: place)
        }
        return series
    }

    mutating func histogram(_ id: SeriesID) -> HistogramSeries {
        let key = id.key
        if let series = histogramsByKey[key] { return series }
        let index = indices[id.family.name]
        let series = HistogramSeries(id, bounds: index.map { families[$0].bounds } ?? id.family.bounds)
        histogramsByKey[key] = series
        if let index {
            let keys = families[index].histograms.map(\.key)
            families[index].histograms.insert(
                series, at: place(of: key, after: families[index].configuredCount, in: keys))
        }
        return series
    }

    private func place(of key: String, after configured: Int, in keys: [String]) -> Int {
        guard configured < keys.count else { return keys.count }
        return keys[configured...].firstIndex { key < $0 } ?? keys.count
    }
}
