public import SLOCore
import Synchronization

// A commit first stores its deltas, then publishes its change.

extension MetricsRegistry {
    /// The deltas that the commit of `change` adds to the stored values, in the same transaction.
    public func persistentDeltas(for change: MetricsChange) -> PersistentDeltas {
        state.withLock { state in
            var deltas = PersistentDeltas()
            for (counter, amount) in change.increments {
                deltas.counters[state.table.counter(counter).key, default: 0] &+= amount
            }
            for (counter, amount) in change.serviceCounts {
                if let series = series(of: counter) { deltas.counters[series.key, default: 0] &+= amount }
            }
            for (series, values) in observations(of: change, in: &state.table) {
                deltas.histograms[series.key] = series.delta(of: values)
            }
            return deltas
        }
    }

    /// Publishes a committed change at once.
    /// - Parameter gauges: the change of each of the ledger's gauges.
    public func publish(_ change: MetricsChange, gauges: [Gauge: Int64] = [:]) {
        state.withLock { state in
            for (counter, amount) in change.increments { state.table.counter(counter).cell.addKept(amount) }
            for (counter, amount) in change.serviceCounts { series(of: counter)?.cell.addKept(amount) }
            for (series, values) in observations(of: change, in: &state.table) {
                series.forEachCell(with: series.delta(of: values)) { $0.addKept($1) }
            }
            for (gauge, amount) in gauges { state.table.gauge(gauge).cell.add(amount) }
            for judgement in change.judgements { state.window.add(judgement) }
        }
    }

    /// Sets all of the ledger's gauges; those that are not named become 0.
    public func setGauges(_ values: [Gauge: Int64]) {
        state.withLock { state in
            for series in state.table.allGauges { series.cell.set(0) }
            for (gauge, value) in values { state.table.gauge(gauge).cell.set(value) }
        }
    }

    private func observations(
        of change: MetricsChange, in table: inout SeriesTable
    ) -> [(series: HistogramSeries, values: [Int64])] {
        var byHistogram: [Histogram: [Int64]] = [:]
        for observation in change.observations {
            byHistogram[observation.histogram, default: []].append(observation.seconds)
        }
        var byServiceHistogram: [ServiceHistogram: [Int64]] = [:]
        for (histogram, duration) in change.serviceObservations {
            byServiceHistogram[histogram, default: []].append(histogram.units(of: duration))
        }
        return byHistogram.map { (table.histogram($0), $1) }
            + byServiceHistogram.compactMap { histogram, values in
                serviceHistograms[histogram].map { ($0, values) }
            }
    }
}
