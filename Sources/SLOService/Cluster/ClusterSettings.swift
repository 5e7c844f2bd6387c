public import SLOCore
public import SLOStore

/// The settings of a cluster's node.
public struct ClusterSettings: Sendable {
    /// The node's name, the same after a restart.
    public var node: String
    /// The path of the spool; `nil` for none.
    public var spool: String?
    public var maxSpoolBytes: Int64 = 1 << 30
    /// How long the inbox may take nothing before the spool takes what comes.
    public var patience = TimeSpan.seconds(1)
    /// Whether everything goes through the spool.
    public var spoolsFirst = false
    /// How many copies of the database must be there before it takes anything.
    public var requiredCopies = 1

    /// What the node tells the others of its settings.
    public var shared: NodeSettings

    public init(node: String, shared: NodeSettings) {
        self.node = node
        self.shared = shared
    }
}
