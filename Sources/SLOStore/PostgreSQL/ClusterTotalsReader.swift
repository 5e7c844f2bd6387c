public import SLOCore

/// What a cluster's deciders have counted, and who decides, in one state of the database.
public struct ClusterTotals: Sendable {
    /// Without the ledger's entries.
    public let stored: LoadedState
    /// Raised by each claim.
    public let epoch: Int64
    /// How long ago the lease ended, by the database's clock; negative while it lasts.
    public let leaseEnded: TimeSpan
    /// The primary and its synchronous standbys; `nil` if the user may not see them.
    public let copies: Int64?
}

/// Reads what a cluster's deciders have counted, on a connection of its own to the primary. A replica may be behind,
/// and a counter that goes back is a restart to Prometheus.
public final class ClusterTotalsReader: Sendable {
    private let session: PostgresSession

    init(_ session: PostgresSession) {
        self.session = session
    }

    /// - Throws: `StoreError`.
    public func read() throws -> ClusterTotals {
        try session.with { connection in
            try connection.inTransaction(.beginReading) {
                let run: PostgresLoading.Run = { try connection.run($0) }
                guard let row = try run([Self.lease])[0].first, let epoch = row.integer(0), let ended = row.integer(1)
                else { throw StoreError.damaged("the row of the database's decider") }
                return ClusterTotals(
                    stored: try PostgresLoading.withoutEntries(by: run), epoch: epoch,
                    leaseEnded: .milliseconds(ended), copies: row.integer(2))
            }
        }
    }

    public func close() { session.close() }

    /// A lease that never was, or that was released, ended long ago.
    private static let lease = PostgresStatement(
        """
        SELECT epoch, least(extract(epoch FROM clock_timestamp() - greatest(lease_until, 'epoch')) * 1000,
            1e15)::bigint, \(DatabaseCopies.counted)
        FROM packit_slo.shard WHERE shard = 0
        """)
}
