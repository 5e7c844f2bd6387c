public import SLOCore
import Synchronization

// In a cluster the decider stores the gauges of what it decides, so that every node can show them.

extension MetricsRegistry {
    /// The values that the ledger's gauges have once a change is published, by series.
    /// - Parameter all: those of all gauges, not only of those that change, and of what the services beside it set.
    public func gaugeValues(after change: [Gauge: Int64], all: Bool) -> [String: Int64] {
        state.withLock { state in
            var values: [String: Int64] = [:]
            if all {
                for series in state.table.allGauges { values[series.key] = series.cell.value }
                for (gauge, series) in serviceGauges
                where !gauge.series.family.isOfProcess && series.cell.value != ScalarSeries.absent {
                    values[series.key] = series.cell.value
                }
            }
            for (gauge, amount) in change {
                let series = state.table.gauge(gauge)
                values[series.key] = series.cell.value &+ amount
            }
            return values
        }
    }

    /// Sets gauges to what a decider has stored.
    public func setGauges(stored values: [String: Int64]) {
        state.withLock { state in
            for (key, value) in values {
                guard let id = SeriesID(ofAnyFamily: key), id.family.kind == .gauge else { continue }
                state.table.scalar(id).cell.set(value)
            }
        }
    }
}
