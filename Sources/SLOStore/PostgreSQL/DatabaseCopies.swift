import SLOCore

/// The copies of a cluster's database: the primary, and the standbys that a commit waits for.
struct DatabaseCopies: Sendable {
    /// How many must be there before an acknowledgement is a promise.
    let required: Int

    /// A standby that is not waited for may lack what was acknowledged.
    private static let count = """
        (SELECT 1 + count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))
        """

    /// `NULL` to a user who may not see the standbys.
    static let counted = "CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN \(count) END"

    /// For a transaction that must not be stored otherwise.
    var condition: String { required > 1 ? "\(Self.count) >= \(required)" : "true" }

    /// - Returns: what is missing; `nil` if nothing is.
    /// - Throws: `StoreError`.
    func problem(of session: PostgresSession) throws -> StoreError? {
        guard required > 1 else { return nil }
        let found = try session.run([PostgresStatement("SELECT \(Self.counted)")])[0].first?.integer(0)
        let place = session.place
        guard let found else {
            return StoreError(
                code: .unreachable,
                message: """
                    the copies of the database \(place) cannot be counted (cluster.require_copies): grant \
                    pg_read_all_stats to its user
                    """)
        }
        guard found < required else { return nil }
        return StoreError(
            code: .unreachable,
            message: """
                the database \(place) has \(found) of the \(required) copies that cluster.require_copies asks for: \
                look at its synchronous standbys
                """)
    }
}
