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

    /// - Parameter now: overdue deadlines fire from then on.
    /// - Throws: `StoreError`, `RestoreError`.
    package init(
        from store: any LedgerStore, settings: ServiceSettings, at now: Moment, logger: Logger
    ) throws {
        var loaded = LoadedState()
        let ledger = try Ledger(settings: settings.ledger, counts: try store.countsOfState()) { take in
            loaded = try store.load(eachEntry: take)
        }
        self.loaded = loaded
        timeline = Timeline(ledger: ledger, at: now)
        metrics = MetricsRegistry(
            settings: settings.ledger, jobs: settings.rules.jobKinds, version: settings.version,
            events: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, KnownEvents.of($0)) }),
            upstreams: settings.upstreams, deliveryLogs: settings.deliveryLogs)
        let report = metrics.restore(
            PersistentDeltas(stored: loaded), hours: loaded.objectiveHours.map(HourTally.init(stored:)))
        metrics.setGauges(ledger.gauges)
        metrics.beginCheckingInvariants()
        for name in report.restartedHistograms {
            logger.notice("histogram restarted because its bucket bounds changed", metadata: ["series": "\(name)"])
        }
    }
}
