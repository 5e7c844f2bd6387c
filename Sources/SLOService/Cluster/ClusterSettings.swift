public import SLOCore

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

    public init(node: String) {
        self.node = node
    }
}
