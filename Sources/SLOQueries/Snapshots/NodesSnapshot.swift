public import SLOCore
public import SLOStore

/// The nodes of a cluster: who decides, how far each is, and in what they differ.
public struct NodesSnapshot: Sendable {
    public struct Node: Sendable {
        /// What it does. Raw values are part of the API: never renamed.
        public enum State: String, CaseIterable, Sendable {
            case receives
            /// Nothing is heard of it.
            case silent
            case stopped
        }

        public let name: String
        public let state: State
        public let isDecider: Bool
        /// `nil` where it tells nothing of itself, as versions before 0.2 do not.
        public let version: String?
        public let settingsDigest: String?
        public let spooledCount: Int64?
        public let stream: Int64
        public let startedAt: Timestamp
        /// When it was last heard of, by the database's clock.
        public let seenAt: Timestamp
        /// All that it received before is in the inbox.
        public let receivedThrough: Timestamp
        /// How many entries of it are not decided.
        public let undecidedCount: Int64
        fileprivate let settings: [NodeSetting]
    }

    /// A setting that nodes do not have in common.
    public struct Difference: Sendable {
        public let name: String
        public let isSecret: Bool
        /// What some nodes have; the value is `nil` where it is secret, or not set.
        public let values: [(value: String?, nodes: [String])]
    }

    /// The database's clock.
    public let at: Timestamp
    public let epoch: Int64
    /// The node that decides; `nil` for none.
    public let decider: String?
    /// Since when it decides, by its clock; `nil` where it does not tell.
    public let decidesSince: Timestamp?
    /// In the order of their names.
    public let nodes: [Node]

    public init(_ cluster: ClusterNodes) {
        at = cluster.at
        epoch = cluster.epoch
        decider = cluster.decider
        let term = cluster.nodes.first { $0.life.node == cluster.decider }?.report?.term
        decidesSince = term?.epoch == cluster.epoch ? term?.since : nil
        nodes = cluster.nodes.map { node in
            let life = node.life
            let isSilent = cluster.at - life.seenAt > ReceiverLife.patience
            // What a process told that ran before is not this one's.
            let report =
                node.reportedAt.map { $0 >= life.startedAt - ReceiverLife.patience } == true ? node.report : nil
            return Node(
                name: life.node, state: life.endedAt != nil ? .stopped : isSilent ? .silent : .receives,
                isDecider: life.node == cluster.decider, version: report?.version,
                settingsDigest: report?.settings.digest, spooledCount: report?.spooledCount,
                stream: life.stream.number, startedAt: life.startedAt, seenAt: life.seenAt,
                receivedThrough: life.through, undecidedCount: node.undecidedCount,
                settings: report?.settings.settings ?? [])
        }
    }

    private var running: [Node] { nodes.filter { $0.state != .stopped } }

    /// The versions that run, each with its nodes; without a version, those that do not tell theirs.
    public var versions: [(value: String?, nodes: [String])] { Self.grouped(running.map { ($0.version, $0.name) }) }

    /// Whether nodes run that have different settings.
    public var haveDifferentSettings: Bool { Set(running.compactMap(\.settingsDigest)).count > 1 }

    /// The settings in which nodes that run differ, in their order.
    public var differences: [Difference] {
        let told = running.filter { $0.settingsDigest != nil }
        var seen: Set<String> = []
        let names = told.flatMap(\.settings).map(\.name).filter { seen.insert($0).inserted }
        let settings = told.map { node in
            (node.name, Dictionary(node.settings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
        }
        return names.compactMap { name in
            let groups = Self.grouped(settings.map { ($0.1[name]?.value, $0.0) })
            guard groups.count > 1 else { return nil }
            let isSecret = settings.contains { $0.1[name]?.isSecret == true }
            return Difference(
                name: name, isSecret: isSecret,
                values: groups.map { (isSecret ? nil : $0.value, $0.nodes) })
        }
    }

    /// Nodes by what they have in common, in the order of the first ones.
    private static func grouped(
        _ values: [(value: String?, node: String)]
    ) -> [(value: String?, nodes: [String])] {
        var groups: [(value: String?, nodes: [String])] = []
        for (value, node) in values {
            if let place = groups.firstIndex(where: { $0.value == value }) {
                groups[place].nodes.append(node)
            } else {
                groups.append((value, [node]))
            }
        }
        return groups
    }
}
