public import SLOCore
public import SLOSources
public import SLOStore

/// What the service is started with.
public struct ServiceSettings: Sendable {
    /// Path of the database.
    public var database: String
    public var ledger: LedgerSettings
    public var sources: SourceSettings
    public var rules: RuleBook
    public var pruning: PruneLimits
    public var maxQueuedDeliveries: Int
    /// Of bodies that are being received, and again of deliveries that wait for the disk.
    public var maxBufferedBytes: Int
    public var version: String
    /// Whom this server asks.
    public var upstreams: [Upstream] = []

    public init(
        database: String, ledger: LedgerSettings, sources: SourceSettings, rules: RuleBook, pruning: PruneLimits,
        maxQueuedDeliveries: Int, maxBufferedBytes: Int, version: String
    ) {
        self.database = database
        self.ledger = ledger
        self.sources = sources
        self.rules = rules
        self.pruning = pruning
        self.maxQueuedDeliveries = maxQueuedDeliveries
        self.maxBufferedBytes = maxBufferedBytes
        self.version = version
    }
}
