package import Logging
package import SLOCore
package import SLOMetrics
import SLOSources
package import SLOStore

/// The ledger and the metrics that a store holds, for the writer that continues them.
package struct RestoredLedger {
    package let loaded: LoadedState
    package let timeline: Timeline
    package let metrics: MetricsRegistry

    /// - Parameters:
    ///   - now: overdue deadlines fire from then on.
    ///   - process: what each exposition tells of the process; `nil` for what it uses then.
    ///   - isReading: called every few thousand entries; what it throws ends the reading and is thrown.
    /// - Throws: `StoreError`, `RestoreError`.
    package init(
        from store: any LedgerStore, settings: ServiceSettings, at now: Moment, logger: Logger,
        process: ProcessStatistics? = nil, isReading: () throws -> Void = {}
    ) throws {
        var loaded = LoadedState()
        var entries = 0
        let ledger = try Ledger(settings: settings.ledger, counts: try store.countsOfState()) { take in
            loaded = try store.load { key, value in
                entries += 1
                if entries.isMultiple(of: 4096) { try isReading() }
                try take(key, value)
            }
        }
        self.loaded = loaded
        timeline = Timeline(ledger: ledger, at: now)
        metrics = MetricsRegistry(of: settings, process: process)
        let report = metrics.restore(
            PersistentDeltas(stored: loaded), hours: loaded.objectiveHours.map(HourTally.init(stored:)))
        metrics.setGauges(ledger.gauges)
        metrics.beginCheckingInvariants()
        for name in report.restartedHistograms {
            logger.notice("histogram restarted because its bucket bounds changed", metadata: ["series": "\(name)"])
        }
    }
}

extension MetricsRegistry {
    convenience init(of settings: ServiceSettings, process: ProcessStatistics? = nil) {
        self.init(
            settings: settings.ledger, jobs: settings.rules.jobKinds, version: settings.version,
            events: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, KnownEvents.of($0)) }),
            upstreams: settings.upstreams, deliveryLogs: settings.deliveryLogs,
            processStatistics: { process ?? .current() })
    }
}
