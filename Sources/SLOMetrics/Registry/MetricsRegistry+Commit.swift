public import SLOCore
import Synchronization

/// A change with its series looked up and its observations in buckets, which a commit needs twice: it stores the
/// deltas, and once they are stored, publishes the change.
public struct ResolvedChange: Sendable {
    fileprivate var counters: [(series: ScalarSeries, amount: Int64)] = []
    fileprivate var histograms: [(series: HistogramSeries, delta: PersistentHistogram)] = []
    fileprivate var judgements: [ObjectiveJudgement] = []
    /// Those of every line that changes, if any line has or gets one; `nil` inside for a line that loses its own.
    fileprivate var exemplars: [ExemplarTable.Line: Exemplar?] = [:]

    /// Changes nothing.
    public init() {}

    /// What the commit adds to the stored values, in the same transaction.
    public var deltas: PersistentDeltas {
        var deltas = PersistentDeltas()
        for (series, amount) in counters { deltas.counters[series.key, default: 0] &+= amount }
        for (series, delta) in histograms { deltas.histograms[series.key] = delta }
        return deltas
    }
}

extension MetricsRegistry {
    /// Looks up the series of a change, and creates those that do not exist yet.
    public func resolve(_ change: MetricsChange) -> ResolvedChange {
        var resolved = ResolvedChange()
        resolved.judgements = change.judgements
        for (counter, amount) in change.serviceCounts {
            if let series = series(of: counter) { resolved.counters.append((series, amount)) }
        }
        let byServiceHistogram = Dictionary(grouping: change.serviceObservations, by: \.histogram)
        for (histogram, observations) in byServiceHistogram {
            guard let series = serviceHistograms[histogram] else { continue }
            resolved.histograms.append((series, series.delta(of: observations.map { series.units(of: $0.duration) })))
        }
        guard !change.increments.isEmpty || !change.observations.isEmpty else { return resolved }
        let byHistogram = Dictionary(grouping: change.observations, by: \.histogram)
        state.withLock { state in
            let hasExemplars = !state.exemplars.isEmpty || change.hasDecisions
            for (counter, amount) in change.increments {
                let series = state.table.counter(counter)
                resolved.counters.append((series, amount))
                guard hasExemplars else { continue }
                let exemplar = change.decisions[counter].map { Exemplar(decision: $0, value: series.one) }
                resolved.exemplars.updateValue(exemplar, forKey: .init(series))
            }
            for (histogram, observations) in byHistogram {
                let series = state.table.histogram(histogram)
                let values = observations.map { max(0, series.units(of: $0.span)) }
                resolved.histograms.append((series, series.delta(of: values)))
                guard hasExemplars else { continue }
                for (observation, value) in zip(observations, values) {
                    let exemplar = observation.decision.map { Exemplar(decision: $0, value: value) }
                    resolved.exemplars.updateValue(exemplar, forKey: .init(series, bucket: series.bucket(of: value)))
                }
            }
        }
        return resolved
    }

    /// Publishes a committed change at once.
    /// - Parameters:
    ///   - gauges: the change of each of the ledger's gauges.
    ///   - isShown: whether what a decision is about may be shown, if some of it may not be any more.
    public func publish(
        _ change: ResolvedChange, gauges: [Gauge: Int64] = [:], showing isShown: ((Decision) -> Bool)? = nil
    ) {
        state.withLock { state in
            for (line, exemplar) in change.exemplars { state.exemplars[line] = exemplar }
            if let isShown { state.exemplars.keep(isShown) }
            for (series, amount) in change.counters { series.cell.addKept(amount) }
            for (series, delta) in change.histograms { series.forEachCell(with: delta) { $0.addKept($1) } }
            for (gauge, amount) in gauges { state.table.gauge(gauge).cell.add(amount) }
            for judgement in change.judgements { state.window.add(judgement) }
        }
    }

    /// Publishes a change that nothing stores.
    public func publish(_ change: MetricsChange, gauges: [Gauge: Int64] = [:]) {
        publish(resolve(change), gauges: gauges)
    }

    /// Sets all of the ledger's gauges; those that are not named become 0.
    public func setGauges(_ values: [Gauge: Int64]) {
        state.withLock { state in
            for series in state.table.allGauges { series.cell.set(0) }
            for (gauge, value) in values { state.table.gauge(gauge).cell.set(value) }
        }
    }
}

extension MetricsChange {
    fileprivate var hasDecisions: Bool { !decisions.isEmpty || observations.contains { $0.decision != nil } }
}
