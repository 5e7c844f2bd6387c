public import SLOConditions
public import SLOCore
public import SLOSources
public import SLOStore

/// The settings of the service.
public struct ServiceSettings: Sendable {
    /// Path of the database.
    public var database: String
    public var ledger: LedgerSettings
    public var sources: SourceSettings
    public var rules: RuleBook
    public var pruning: PruneLimits
    public var maxQueuedDeliveries: Int
    /// The memory limit for bodies that are being received, and again for queued deliveries.
    public var maxBufferedBytes: Int
    public var version: String
    /// The upstreams that are polled.
    public var upstreams: [Upstream] = []
    /// The identity of the socket for webhooks, if it stays open while no process runs.
    public var socket: UInt64?
    /// The sources whose delivery log is compared with the journal.
    public var deliveryLogs: [Source] = []

    /// What is evaluated every minute; `nil` for nothing.
    public var conditions: ConditionSettings?

    /// Opens readers of the database.
    public var readers: ReaderSource

    public init(
        database: String, ledger: LedgerSettings, sources: SourceSettings, rules: RuleBook, pruning: PruneLimits,
        maxQueuedDeliveries: Int, maxBufferedBytes: Int, version: String
    ) {
        self.database = database
        readers = ReaderSource(path: database)
        self.ledger = ledger
        self.sources = sources
        self.rules = rules
        self.pruning = pruning
        self.maxQueuedDeliveries = maxQueuedDeliveries
        self.maxBufferedBytes = maxBufferedBytes
        self.version = version
    }
}
