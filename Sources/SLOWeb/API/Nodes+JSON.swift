import SLOCore
import SLOJSON
import SLOQueries

extension APIOperation {
    static let nodes = APIOperation(
        path: "/nodes", id: "listNodes", summary: "The nodes of the cluster, and in what they differ",
        description: "The same from every node. A process whose receiver has ended is left out after a day.",
        parameters: [.limit, .cursor(.nodes)], answer: "Nodes", absence: "This server is not a node of a cluster."
    ) { request, source in
        try await source.nodes().map { found in
            PageJSON.document(
                of: found.nodes, at: found.at, sums: found.members, request, .nodes, json: { $0.json(at: found.at) })
        }
    }
}

extension NodesSnapshot {
    fileprivate var members: [(String, JSONValue?)] {
        [
            ("epoch", .integer(epoch)), ("decider", decider.map { .text($0) }),
            ("decides_since", decidesSince.map { .time($0) }), ("differing_settings", .array(differences.map(\.json))),
        ]
    }
}

extension NodesSnapshot.Difference {
    fileprivate var json: JSONValue {
        .members([
            ("setting", .text(name)), ("is_secret", .bool(isSecret)),
            (
                "values",
                .array(
                    values.map { value, nodes in
                        .members([("value", value.map { .text($0) }), ("nodes", .array(nodes.map { .text($0) }))])
                    })
            ),
        ])
    }
}

extension NodesSnapshot.Node {
    fileprivate func json(at now: Timestamp) -> JSONValue {
        .members([
            ("node", .text(name)), ("state", .text(state.rawValue)), ("is_decider", .bool(isDecider)),
            ("version", version.map { .text($0) }), ("settings_digest", settingsDigest.map { .text($0) }),
            ("stream", .integer(stream)), ("started_at", .time(startedAt)), ("seen_at", .time(seenAt)),
            ("received_through", .time(receivedThrough)), ("lag_seconds", .seconds(max(.zero, now - receivedThrough))),
            ("undecided", .integer(undecidedCount)), ("spooled", spooledCount.map { .integer($0) }),
        ])
    }
}
