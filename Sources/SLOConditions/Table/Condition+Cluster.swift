import SLOCore

// Conditions of a cluster's nodes. Only Prometheus sees them: each node knows of itself, and while none decides none
// evaluates.

extension Condition {
    static var cluster: [Condition] {
        [
            condition(
                "PackitSLONoDecider", .critical, holding: .minutes(1),
                Selector("packit_slo_deciding").now.max() < 1,
                "No node of packit-slo’s cluster decides",
                """
                Deliveries are received and not decided: numbers and other alerts stand still. Check that the \
                database is reached and writable, and the nodes' logs for why each gave up the lease.
                """),
            condition(
                "PackitSLOClusterUnseen", .critical, holding: .minutes(5),
                .absent(Selector("packit_builds_queued_total")),
                "What packit-slo’s cluster has decided is not scraped",
                """
                No other alert of Packit can fire meanwhile. Check that Prometheus scrapes /metrics/cluster, and that \
                it responds with 200: with 503 it says why.
                """),
            condition(
                "PackitSLOLeaseFlapping", .warning, holding: .zero,
                risenWithinAnHour(Selector("packit_slo_lease_epoch")) > 5,
                "The node that decides has changed \(value: .whole) times within an hour",
                """
                The database is slower than a lease lasts, or nodes are started again and again. Look at the \
                database's load, and at the nodes' logs for why each gave up the lease.
                """),
            condition(
                "PackitSLOSpoolInUse", .warning, holding: .minutes(1),
                Selector("packit_slo_spooled_deliveries").now.max() > 0,
                "A node keeps \(value: .whole) deliveries in its spool",
                """
                They are acknowledged, and on one disk only, until the database takes them. Check that the database \
                is reached from each node. If only one node is affected, look at its network.
                """),
            condition(
                "PackitSLOCopiesMissing", .warning, holding: .minutes(5),
                copies.now.max() < copies.highest(over: .days(1)).max(),
                "The cluster’s database has fewer copies than within the last day: \(value: .whole)",
                """
                A standby is gone, or no longer synchronous: if the next machine is lost, so is what was acknowledged. \
                With fewer than `cluster.require_copies`, nodes use their spools or refuse deliveries. Look at \
                pg_stat_replication on the primary. A standby that was removed on purpose is forgotten after a day.
                """),
            condition(
                "PackitSLOVersionsApart", .warning, holding: .hours(1),
                Selector("packit_slo_build_info").now.max(by: "version").sum() > 1,
                "The nodes of packit-slo’s cluster run \(value: .whole) versions",
                """
                An upgrade was not finished. Numbers depend on which version decides. Bring all nodes to one version.
                """),
            condition(
                "PackitSLOSettingsApart", .warning, holding: .minutes(30),
                Selector("packit_slo_settings_info").now.max(by: "digest").sum() > 1,
                "The nodes of packit-slo’s cluster have \(value: .whole) different settings",
                """
                Numbers depend on which node decides, or a node refuses what others take. The page /nodes names what \
                differs. Give all nodes the same settings, and restart those that have old ones.
                """),
        ]
    }

    private static let copies = Selector("packit_slo_database_copies")

    private static func condition(
        _ name: String, _ severity: Incident.Severity, holding hold: TimeSpan, _ expression: SeriesExpression,
        _ summary: Sentence, _ description: Sentence
    ) -> Condition {
        Condition(
            name: name, severity: severity, hold: hold, owner: .party(.observer), expression: expression,
            summary: summary, description: description, page: .overview, isSeenByServer: false)
    }
}
