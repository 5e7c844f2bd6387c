public import SLOCore
public import SLOMetrics
public import SLOStore

/// The result of comparing a source's delivery log with the journal (docs/counting.md, rule 24).
public struct Reconciliation: Sendable {
    /// A delivery that the journal lacks.
    public struct Missed: Equatable, Sendable {
        public let identity: DeliveryIdentity
        /// When the source attempted the delivery, by the source's clock.
        public let deliveredAt: Timestamp
        public let reason: MissReason

        public init(identity: DeliveryIdentity, deliveredAt: Timestamp, reason: MissReason) {
            self.identity = identity
            self.deliveredAt = deliveredAt
            self.reason = reason
        }
    }

    public let source: Source
    /// How many deliveries were compared for the first time.
    public var checked: Int64 = 0
    /// Those of them that the journal lacks.
    public var missed: [Missed] = []
    /// All that the journal lacks, including earlier findings.
    public var outstanding: [Missed] = []
    /// Those that the journal lacked before and has now.
    public var recovered: [Missed] = []
    /// How many are given up: they cannot be redelivered, or there are too many.
    public var givenUp: Int64 = 0
    /// How many redeliveries are about to be requested.
    public var requested: Int64 = 0
    /// The time range whose deliveries have all been compared.
    public var covered: ClosedRange<Timestamp>
    /// The share of recent deliveries that the journal has, in millionths; `nil` if there were none.
    public var completeness: Int64?
    /// The comparison's own state, stored in the same transaction.
    public var memory: [UInt8]

    public init(of source: Source, covered: ClosedRange<Timestamp>, memory: [UInt8]) {
        self.source = source
        self.covered = covered
        self.memory = memory
    }
}

/// What the reconciler needs of the service.
public protocol ReconciliationJournal: Sendable {
    /// The state that the last comparison stored; `nil` before the first.
    func memory(of source: Source) async throws -> [UInt8]?
    /// The first start in the journal.
    func beginning() async throws -> Timestamp?
    /// Which of these deliveries are in the journal.
    func held(_ identities: [DeliveryIdentity]) async throws -> Set<DeliveryIdentity>
    /// Has the writer store a comparison. One at a time.
    /// - Returns: whether it is stored. `false` once the service stops or the task is cancelled.
    func note(_ reconciliation: Reconciliation) async -> Bool
}
