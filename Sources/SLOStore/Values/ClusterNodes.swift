public import SLOCore

/// A setting of a node, as the other nodes and people may see it.
public struct NodeSetting: Equatable, Sendable {
    public let name: String
    /// As it would be written; of a secret, something that differs where the secret does and tells nothing of it.
    public let value: String
    public let isSecret: Bool

    public init(name: String, value: String, isSecret: Bool = false) {
        self.name = name
        self.value = value
        self.isSecret = isSecret
    }
}

/// The settings in which the nodes of a cluster should agree.
public struct NodeSettings: Equatable, Sendable {
    /// Equal for equal settings.
    public let digest: String
    /// Bounded: a long list may end early, and the digest is still that of all.
    public let settings: [NodeSetting]

    private static let maxBytes = 64 << 10

    public init(digest: String, settings: [NodeSetting]) {
        self.digest = digest
        var rest = Self.maxBytes
        self.settings = Array(
            settings.prefix { setting in
                rest -= setting.name.utf8.count + setting.value.utf8.count
                return rest >= 0
            })
    }
}

/// What a node tells of itself.
public struct NodeReport: Equatable, Sendable {
    /// A time in which it decides.
    public struct Term: Equatable, Sendable {
        public let epoch: Int64
        /// By the node's clock.
        public let since: Timestamp

        public init(epoch: Int64, since: Timestamp) {
            self.epoch = epoch
            self.since = since
        }
    }

    public let node: String
    public let version: String
    public var term: Term?
    /// The deliveries in its spool.
    public var spooledCount: Int64
    public var settings: NodeSettings

    public init(node: String, version: String, term: Term? = nil, spooledCount: Int64 = 0, settings: NodeSettings) {
        self.node = node
        self.version = version
        self.term = term
        self.spooledCount = spooledCount
        self.settings = settings
    }
}

/// The nodes of a cluster, in one state of its database.
public struct ClusterNodes: Sendable {
    public struct Node: Equatable, Sendable {
        /// Its latest life as a receiver.
        public let life: ReceiverLife
        /// How many entries of its streams are not decided.
        public let undecidedCount: Int64
        /// What it last told of itself, and when by the database's clock; `nil` for a version that tells nothing.
        public let report: NodeReport?
        public let reportedAt: Timestamp?

        public init(life: ReceiverLife, undecidedCount: Int64, report: NodeReport?, reportedAt: Timestamp?) {
            self.life = life
            self.undecidedCount = undecidedCount
            self.report = report
            self.reportedAt = reportedAt
        }
    }

    /// The database's clock.
    public let at: Timestamp
    /// The number of the present or last term.
    public let epoch: Int64
    /// The node that decides; `nil` for none.
    public let decider: String?
    /// In the order of their names.
    public let nodes: [Node]

    public init(at: Timestamp, epoch: Int64, decider: String?, nodes: [Node]) {
        self.at = at
        self.epoch = epoch
        self.decider = decider
        self.nodes = nodes
    }
}
