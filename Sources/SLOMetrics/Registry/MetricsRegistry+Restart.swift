public import SLOCore
import Synchronization

extension MetricsRegistry {
    /// The service's counts and measurements since the last call, to be added to the stored values by the next commit.
    /// If that commit fails, return them with `giveBack`.
    public func takeUnpersisted() -> PersistentDeltas {
        state.withLock { _ in
            var deltas = PersistentDeltas()
            for series in serviceCounters.values {
                let amount = series.cell.takeUnkept()
                if amount != 0 { deltas.counters[series.key] = amount }
            }
            for series in serviceHistograms.values {
                if let delta = series.takeUnkept() { deltas.histograms[series.key] = delta }
            }
            for gauge in lastingGauges where gauge.cell.value != ScalarSeries.absent {
                if gauge.cell.takeUnkept() != 0 { deltas.gauges[gauge.key] = gauge.cell.value }
            }
            return deltas
        }
    }

    /// Of that only the gauges that are not stored at all: without a value they are absent, while an old one is only
    /// old.
    public func takeUnstoredGauges() -> PersistentDeltas {
        state.withLock { _ in
            var deltas = PersistentDeltas()
            for gauge in lastingGauges
            where gauge.cell.value != ScalarSeries.absent && gauge.cell.keptValue == ScalarSeries.absent {
                _ = gauge.cell.takeUnkept()
                deltas.gauges[gauge.key] = gauge.cell.value
            }
            return deltas
        }
    }

    /// Marks what was taken as unpersisted again, after a commit that certainly failed.
    public func giveBack(_ taken: PersistentDeltas) {
        state.withLock { state in
            for (key, amount) in taken.counters { state.table.scalarsByKey[key]?.cell.giveBack(amount) }
            for (key, delta) in taken.histograms {
                state.table.histogramsByKey[key]?.forEachCell(with: delta) { $0.giveBack($1) }
            }
            for gauge in lastingGauges where taken.gauges[gauge.key] != nil { gauge.cell.markKept(ScalarSeries.absent) }
        }
    }

    /// Adds the stored values at the start of the process. Series that are no longer configured continue, too.
    public func restore(_ stored: PersistentDeltas, hours: [HourTally] = []) -> RestoreReport {
        state.withLock { state in
            for hour in hours { state.window.add(hour) }
            for gauge in lastingGauges {
                if let value = stored.gauges[gauge.key] { gauge.cell.resetToKept(value) }
            }
            return Self.forEachStored(stored, in: &state.table) { $1.addKept($2) }
        }
    }

    /// Reconciles the registry with the disk after a commit with an unknown result.
    ///
    /// Values that decisions change are set to the stored ones. The service's own counts stay; what the disk lacks of
    /// them becomes unpersisted again. The caller sets the gauges.
    public func reload(_ stored: PersistentDeltas, hours: [HourTally]) -> RestoreReport {
        let ofService = Set(serviceCounters.values.map(\.key) + serviceHistograms.values.map(\.key))
        func bringInLine(_ key: String, _ cell: TrackedCell, _ value: Int64) {
            if ofService.contains(key) { cell.markKept(value) } else { cell.resetToKept(value) }
        }
        return state.withLock { state in
            state.window = ObjectiveWindow(length: settings.longestWindow)
            state.exemplars.removeAll()
            for hour in hours { state.window.add(hour) }
            for (key, series) in state.table.scalarsByKey where SeriesID(key: key) != nil {
                bringInLine(key, series.cell, 0)
            }
            for (key, series) in state.table.histogramsByKey {
                series.forEachCell(with: series.delta(of: [])) { bringInLine(key, $0, $1) }
            }
            for gauge in lastingGauges { gauge.cell.markKept(stored.gauges[gauge.key] ?? gauge.unset) }
            return Self.forEachStored(stored, in: &state.table, bringInLine)
        }
    }

    /// Applies `change` to every cell with a stored value.
    private static func forEachStored(
        _ stored: PersistentDeltas, in table: inout SeriesTable, _ change: (String, TrackedCell, Int64) -> Void
    ) -> RestoreReport {
        var report = RestoreReport()
        for (key, value) in stored.counters {
            guard let id = SeriesID(key: key), id.family.kind == .counter else {
                report.unknownKeys.append(key)
                continue
            }
            change(key, table.scalar(id).cell, value)
        }
        for (key, histogram) in stored.histograms {
            guard let id = SeriesID(key: key), id.family.kind == .histogram else {
                report.unknownKeys.append(key)
                continue
            }
            let series = table.histogram(id)
            guard series.fits(histogram) else {
                report.restartedHistograms.append(id.family.name)
                continue
            }
            series.forEachCell(with: histogram) { change(key, $0, $1) }
        }
        report.unknownKeys.sort()
        report.restartedHistograms = Set(report.restartedHistograms).sorted()
        return report
    }
}
