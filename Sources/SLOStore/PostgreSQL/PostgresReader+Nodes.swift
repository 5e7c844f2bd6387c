import SLOCore

extension PostgresReader {
    func clusterNodes() throws -> ClusterNodes? {
        try inSnapshot { run in
            let results = try run([Self.decider, Self.latestLives])
            guard let row = results[0].first, let now = row.time(0), let epoch = row.integer(1) else {
                throw StoreError.damaged("the row of the database's decider")
            }
            let lives = results[1].rows
            let settings = try Self.settings(of: lives.compactMap { $0.text(1) }, by: run)
            return ClusterNodes(
                at: now, epoch: epoch, decider: row.bool(3) == true ? row.text(2) : nil,
                nodes: try lives.map { try ClusterNodes.Node($0, settings: settings) })
        }
    }

    private static func settings(
        of nodes: [String], by run: PostgresLoading.Run
    ) throws -> [String: [NodeSetting]] {
        let statement = PostgresStatement(
            """
            SELECT n.node, s.name, s.value, s.is_secret FROM packit_slo.node n
            CROSS JOIN LATERAL unnest(n.setting_names, n.setting_values, n.setting_secrets) AS s (name, value, is_secret)
            WHERE n.node = ANY ($1)
            """, [.texts(nodes)])
        var settings: [String: [NodeSetting]] = [:]
        for row in try run([statement])[0].rows {
            guard let node = row.text(0), let name = row.text(1), let value = row.text(2) else {
                throw StoreError.damaged("the table of nodes")
            }
            settings[node, default: []].append(
                NodeSetting(name: name, value: value, isSecret: row.bool(3) == true))
        }
        return settings
    }

    private static let decider = PostgresStatement(
        """
        SELECT \(PostgresInbox.databaseClock), epoch, holder, lease_until > clock_timestamp()
        FROM packit_slo.shard WHERE shard = 0
        """)

    /// Of each node the latest process. A version that knows no table of nodes has no row there.
    private static let latestLives = PostgresStatement(
        """
        WITH latest AS (
            SELECT DISTINCT ON (node) * FROM packit_slo.receiver ORDER BY node, stream DESC
        ), undecided AS (
            SELECT r.node, sum(r.appended - coalesce(c.pos, 0))::bigint AS entries FROM packit_slo.receiver r
            LEFT JOIN packit_slo.consumed c ON c.shard = 0 AND c.stream = r.stream GROUP BY r.node
        )
        SELECT \(ReceiverLife.columns), u.entries, n.version, n.epoch, n.deciding_since, n.spooled, n.settings_digest,
            (extract(epoch FROM n.reported_at) * 1000)::bigint
        FROM latest r JOIN undecided u ON u.node = r.node LEFT JOIN packit_slo.node n ON n.node = r.node
        ORDER BY r.node LIMIT \(ReadingLimit.nodes)
        """)
}

extension ClusterNodes.Node {
    fileprivate init(_ row: PostgresRow, settings: [String: [NodeSetting]]) throws {
        let life = try ReceiverLife(row)
        guard let undecided = row.integer(8) else { throw StoreError.damaged("the receivers' table") }
        guard let version = row.text(9), let spooled = row.integer(12), let digest = row.text(13),
            let reportedAt = row.time(14)
        else {
            self.init(life: life, undecidedCount: undecided, report: nil, reportedAt: nil)
            return
        }
        let term = row.integer(10).flatMap { epoch in
            row.time(11).map { NodeReport.Term(epoch: epoch, since: $0) }
        }
        self.init(
            life: life, undecidedCount: undecided,
            report: NodeReport(
                node: life.node, version: version, term: term, spooledCount: spooled,
                settings: NodeSettings(digest: digest, settings: settings[life.node] ?? [])),
            reportedAt: reportedAt)
    }
}
