import SLOCore

/// Where each node of a cluster tells of itself, for pages of any node. Nothing that is decided depends on it.
public final class ClusterNodeReports: Sendable {
    private let session: PostgresSession

    init(_ session: PostgresSession) {
        self.session = session
    }

    /// Replaces what the node told before.
    /// - Throws: `StoreError`.
    public func store(_ report: NodeReport) throws {
        let settings = report.settings.settings
        let statement = PostgresStatement(
            """
            INSERT INTO packit_slo.node (node, version, epoch, deciding_since, spooled, settings_digest, setting_names,
                setting_values, setting_secrets, reported_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp())
            ON CONFLICT (node) DO UPDATE SET version = excluded.version, epoch = excluded.epoch,
                deciding_since = excluded.deciding_since, spooled = excluded.spooled,
                settings_digest = excluded.settings_digest, setting_names = excluded.setting_names,
                setting_values = excluded.setting_values, setting_secrets = excluded.setting_secrets,
                reported_at = excluded.reported_at
            """,
            [
                .text(report.node), .text(report.version), .int8(report.term?.epoch),
                .int8(report.term?.since.milliseconds), .int8(report.spooledCount), .text(report.settings.digest),
                .texts(settings.map(\.name)), .texts(settings.map(\.value)), .bools(settings.map(\.isSecret)),
            ])
        // The next report makes up for one that is lost: no standby is waited for.
        try session.transact([PostgresStatement("SET LOCAL synchronous_commit = off"), statement]) { _ in }
    }

    public func close() { session.close() }
}
