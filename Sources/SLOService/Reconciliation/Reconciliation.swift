public import SLOCore
public import SLOMetrics
public import SLOStore

/// What a source's own list of what it sent tells, compared with what is held (docs/counting.md, rule 24).
public struct Reconciliation: Sendable {
    /// A delivery that is not held.
    public struct Missed: Equatable, Sendable {
        public let identity: DeliveryIdentity
        /// When the source tried, by its own clock.
        public let deliveredAt: Timestamp
        public let reason: MissReason

        public init(identity: DeliveryIdentity, deliveredAt: Timestamp, reason: MissReason) {
            self.identity = identity
            self.deliveredAt = deliveredAt
            self.reason = reason
        }
    }

    public let source: Source
    /// How many deliveries were looked at for the first time.
    public var checked: Int64 = 0
    /// Those of them that are not held.
    public var missed: [Missed] = []
    /// All that are not held, those found before included.
    public var outstanding: [Missed] = []
    /// Those that were not held before and are now.
    public var recovered: [Missed] = []
    /// How many are given up: nobody can send them again, or there are too many.
    public var givenUp: Int64 = 0
    /// How many are about to be asked for again.
    public var requested: Int64 = 0
    /// All that was sent within this time has been looked at.
    public var covered: ClosedRange<Timestamp>
    /// How much of what was sent lately is held, in millionths; `nil` where nothing was sent.
    public var completeness: Int64?
    /// What the comparing remembers, written with all this in one transaction.
    public var memory: [UInt8]

    public init(of source: Source, covered: ClosedRange<Timestamp>, memory: [UInt8]) {
        self.source = source
        self.covered = covered
        self.memory = memory
    }
}

/// What comparing needs of the service.
public protocol ReconciliationJournal: Sendable {
    /// What an earlier comparison remembered; `nil` before the first.
    func memory(of source: Source) async throws -> [UInt8]?
    /// When observing began, as far back as the journal goes.
    func beginning() async throws -> Timestamp?
    /// Which of these deliveries are on disk.
    func held(_ identities: [DeliveryIdentity]) async throws -> Set<DeliveryIdentity>
    /// Has the writer take a comparison in. One at a time.
    /// - Returns: whether it is on disk. `false` once the service stops or the task is canceled.
    func note(_ reconciliation: Reconciliation) async -> Bool
}
