import SLOCore

/// The right to decide, as a row with an epoch.
final class PostgresLease: DeciderLease {
    private let session: PostgresSession
    private let fault: StoreFault

    init(_ session: PostgresSession, fault: @escaping StoreFault) {
        self.session = session
        self.fault = fault
    }

    /// By which the server tells the connections of deciders.
    static let applicationName = "packit-slo decider"
    /// How long a claim or renewal lasts.
    static let duration = "interval '4 s'"

    func claim(by node: String) throws -> (any TermStore)? {
        do { return try tryToClaim(by: node) } catch let error as StoreError where error.code == .locked {
            // A holder that stood still amid its transaction keeps the row locked until its connection ends.
            try endHolder()
            return nil
        }
    }

    private func tryToClaim(by node: String) throws -> (any TermStore)? {
        let claim = PostgresStatement(
            """
            UPDATE packit_slo.shard SET epoch = epoch + 1, holder = $1, backend_pid = pg_backend_pid(),
                backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
                lease_until = clock_timestamp() + \(Self.duration)
            WHERE shard = 0 AND is_open AND lease_until < clock_timestamp()
                AND \(PostgresSchema.program) >= (SELECT least_program FROM packit_slo.cluster)
            RETURNING epoch
            """, [.text(node)])
        let results = try session.transact([PostgresStatement("SET LOCAL lock_timeout = '1s'"), claim], fault)
        guard let epoch = results[1].first?.integer(0) else { return nil }
        return PostgresTerm(epoch: epoch, session, fault: fault)
    }

    /// Ends the connection of a holder whose lease is over. It needs no right but to be of the same user.
    ///
    /// The holder may have connected again since its claim. Who waits for a standby is let alone: its transaction would
    /// be seen, and lost with the primary.
    private func endHolder() throws {
        let end = PostgresStatement(
            """
            SELECT pg_terminate_backend(a.pid) FROM packit_slo.shard s JOIN pg_stat_activity a
            ON a.pid = s.backend_pid AND a.backend_start = s.backend_start
                OR a.datname = current_database() AND a.application_name = '\(Self.applicationName)'
                    AND a.backend_xid IS NOT NULL AND a.xact_start < clock_timestamp() - interval '1 s'
            WHERE s.shard = 0 AND s.lease_until < clock_timestamp() AND a.pid <> pg_backend_pid()
                AND a.wait_event IS DISTINCT FROM 'SyncRep'
            """)
        _ = try session.run([end])
    }
}
