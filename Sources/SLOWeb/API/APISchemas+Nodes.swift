import SLOQueries

extension APISchema {
    static let nodes: [(name: String, schema: APISchema)] = [
        (
            "Nodes",
            page(
                of: "Node",
                [
                    member("epoch", .integer(7), "Raised each time that a node begins to decide."),
                    optional("decider", .text("node1"), "The node that decides; left out while none does."),
                    optional("decides_since", .time(moment), "By its clock; left out while it does not tell."),
                    member(
                        "differing_settings", .list(.named("DifferingSetting")),
                        "The settings in which nodes that run differ."),
                ])
        ),
        (
            "Node",
            object([
                member("node", .text("node1")),
                member("state", .choice(NodesSnapshot.Node.State.allCases.map(\.rawValue))),
                member("is_decider", .flag(true)),
                optional("version", .text("0.2.0"), "Left out of a version that does not tell it."),
                optional(
                    "settings_digest", .text("52b6a3e1b2f0"),
                    "Equal for equal settings, without those of a node alone. Left out as the version is."),
                member(
                    "stream", .integer(1_880_000_000_000_000_000), "The number of its process's life as a receiver."),
                member("started_at", .time(moment), "Since when it receives."),
                member("seen_at", .time(moment), "When it was last heard of, by the database's clock."),
                member("received_through", .time(moment), "All that it received before is in the database."),
                member("lag_seconds", .number(0.2), "How long ago that is."),
                member("undecided", .integer(0), "Its entries that are not decided."),
                optional("spooled", .integer(0), "The deliveries in its spool; left out as the version is."),
            ])
        ),
        (
            "DifferingSetting",
            object([
                member("setting", .text("objectives.builds.target")),
                member("is_secret", .flag(false), "Whether only the difference is told, and no value."),
                member("values", .list(.named("SettingOfNodes"))),
            ])
        ),
        (
            "SettingOfNodes",
            object([
                optional("value", .text("0.95"), "Left out of a secret, and where it is not set."),
                member("nodes", .list(.text("node1"))),
            ])
        ),
    ]
}
