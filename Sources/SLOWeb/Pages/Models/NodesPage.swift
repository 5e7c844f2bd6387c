import SLOCore
import SLOQueries

/// The page at `/nodes`: who decides, how far each node is, and in what they differ.
struct NodesPage: Sendable {
    struct Row: Sendable {
        let name: String
        let state: String
        let tone: String
        let version: String
        let settings: String
        let seen: TimeText
        let lag: SpanText
        let undecided: String
        let undecidedTone: String
        let spooled: String
        let spooledTone: String
        let stream: String
        let started: TimeText

        init(_ node: NodesSnapshot.Node, now: Timestamp) {
            name = node.name
            (state, tone) =
                switch node.state {
                case .receives: node.isDecider ? ("receives and decides", "tone-good") : ("receives", "tone-quiet")
                case .silent: (node.isDecider ? "silent, has the lease" : "silent", "tone-bad")
                case .stopped: ("stopped", "tone-quiet")
                }
            version = node.version ?? "not told"
            settings = node.settingsDigest ?? "not told"
            seen = TimeText(node.seenAt, now: now)
            lag = SpanText(max(.zero, now - node.receivedThrough))
            undecided = DisplayFormat.grouped(node.undecidedCount)
            undecidedTone = node.undecidedCount > 1000 ? "tone-warn" : ""
            spooled = node.spooledCount.map { DisplayFormat.grouped($0) } ?? "–"
            spooledTone = (node.spooledCount ?? 0) > 0 ? "tone-warn" : ""
            stream = "\(node.stream)"
            started = TimeText(node.startedAt, now: now)
        }
    }

    struct DifferenceRow: Sendable {
        struct Value: Sendable {
            let text: String
            let isWritten: Bool
            let nodes: String
        }

        let name: String
        let values: [Value]

        init(_ difference: NodesSnapshot.Difference) {
            name = difference.name
            values = difference.values.map { value, nodes in
                Value(
                    text: difference.isSecret ? "differs" : value ?? "not set", isWritten: value != nil,
                    nodes: nodes.joined(separator: ", "))
            }
        }
    }

    static let path = "/nodes"

    let frame: Frame
    let lead: String
    let since: TimeText?
    let warnings: [String]
    let hasWarnings: Bool
    let rows: [Row]
    let hasDifferences: Bool
    let differences: [DifferenceRow]

    init(_ found: NodesSnapshot) {
        frame = Frame("Nodes", at: Self.path, fresh: 10, asOf: found.at)
        lead = found.decider.map { "\($0) decides" } ?? "No node decides"
        since = found.decidesSince.map { TimeText($0, now: found.at) }
        warnings = Self.warnings(of: found)
        hasWarnings = !warnings.isEmpty
        rows = found.nodes.map { Row($0, now: found.at) }
        differences = found.differences.map(DifferenceRow.init)
        hasDifferences = !differences.isEmpty
    }

    private static func warnings(of found: NodesSnapshot) -> [String] {
        var warnings: [String] = []
        if found.decider == nil {
            warnings.append(
                "No node decides: deliveries are received, and numbers stand still. The nodes’ logs say why.")
        }
        if found.versions.count > 1 {
            let versions = found.versions.map { version, nodes in
                "\(version ?? "one that does not tell") on \(nodes.joined(separator: ", "))"
            }
            warnings.append("Different versions run: \(versions.joined(separator: "; ")). Finish the upgrade.")
        }
        if found.haveDifferentSettings {
            warnings.append(
                found.differences.isEmpty
                    ? "Nodes have different settings, in something that is not listed here. Compare what "
                        + "packit-slo check-config prints on each."
                    : "Nodes have different settings, so numbers depend on which one decides. Below is in what they differ."
            )
        }
        return warnings
    }
}
