import Logging
import SLOCore
public import SLOMetrics
import SLOStore

/// What services beside the writer need of the process that decides: those that ask upstreams, read GitHub's lists,
/// fill in judgements and evaluate conditions.
public struct DeciderAccess: Sendable {
    /// For pollers.
    public let lookups: any LookupSource
    /// For reconcilers.
    public let reconciliations: any ReconciliationJournal
    /// For readers of the deliveries to watched Apps.
    public let appDeliveries: any AppDeliveryJournal
    /// For the backfiller.
    public let backfills: any BackfillTarget
    /// Evaluates the conditions; `nil` if none are configured. Run it while this process decides.
    public let conditions: ConditionWatch?
    /// In which all of them count.
    public let registry: MetricsRegistry

    /// - Parameters:
    ///   - queue: where replies of upstreams are put, as deliveries are.
    ///   - exposition: what a scrape gets at the moment.
    /// - Throws: `StoreError`.
    init(
        to work: WriterWork, _ settings: ServiceSettings, queue: IntakeQueue, metrics: MetricsRegistry,
        pendingBackfills: [Backfill], clock: ServiceClock, logger: Logger,
        exposition: @escaping @Sendable () -> [UInt8]
    ) throws {
        registry = metrics
        lookups = LookupGateway(
            readers: settings.readers, settings: settings.ledger, urgentLookups: work.urgentLookups, queue: queue,
            metrics: metrics)
        reconciliations = ReconciliationStore(readers: settings.readers, pending: work.reconciliations)
        appDeliveries = AppDeliveryGateway(readers: settings.readers, queue: queue)
        backfills = BackfillGateway(pendingBackfills: pendingBackfills, steps: work.backfills)
        conditions = try ConditionWatch(
            settings, journal: work.conditions, clock: clock, logger: logger, exposition: exposition)
        metrics.beginFillingIn(pendingBackfills.map(\.objective))
    }
}

extension LedgerStore {
    /// The configured objectives whose judgements are not complete.
    func pendingBackfills(_ settings: LedgerSettings) throws -> [Backfill] {
        try backfills().filter { $0.completedAt == nil && settings[$0.objective] != nil }
    }
}
