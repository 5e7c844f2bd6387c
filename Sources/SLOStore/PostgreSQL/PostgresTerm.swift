import SLOCore
import Synchronization

/// The store of one term, in PostgreSQL. Every transaction of it begins with the check of its epoch.
final class PostgresTerm: TermStore {
    let epoch: Int64
    let session: PostgresSession
    private let fault: StoreFault
    private let isFenced = Atomic<Bool>(false)
    /// The day for which partitions of the inbox were made last.
    let partitionedDay = Atomic<Int64>(0)
    /// The partitions are let alone before this time, in milliseconds since 1970.
    let partitionsFrom = Atomic<Int64>(.min)

    init(epoch: Int64, _ session: PostgresSession, fault: @escaping StoreFault) {
        self.epoch = epoch
        self.session = session
        self.fault = fault
    }

    var isOver: Bool { isFenced.load(ordering: .relaxed) }

    // MARK: - Transactions

    /// Runs statements as one transaction that only this term may do, and renews the lease.
    /// - Parameters:
    ///   - settings: of the transaction.
    ///   - progress: what else changes in the row with the epoch; its parameters count from 2.
    /// - Returns: a result for each of `statements`.
    @discardableResult
    func transact(
        _ statements: [PostgresStatement], under settings: [PostgresStatement] = [],
        progress: (sql: String, parameters: [PostgresParameter]) = ("", [])
    ) throws -> [PostgresResult] {
        // It is an error where the epoch is another: what follows is on its way to the server already.
        let fence = PostgresStatement(
            """
            WITH own AS (
                UPDATE packit_slo.shard SET lease_until = clock_timestamp() + \(PostgresLease.duration)\(progress.sql)
                WHERE shard = 0 AND epoch = $1 RETURNING 1
            )
            SELECT 1 / count(*) FROM own
            """, [.int8(epoch)] + progress.parameters)
        do {
            return Array(try session.transact(settings + [fence] + statements, fault).suffix(statements.count))
        } catch let error as StoreError {
            if error.code == .ownershipLost { isFenced.store(true, ordering: .relaxed) }
            throw error
        }
    }

    /// A lost renewal is made up for by the next: no standby is waited for.
    func renew() throws { try transact([PostgresStatement("SET LOCAL synchronous_commit = off")]) }

    /// If it is lost, the lease runs out by itself. So neither a standby is waited for, nor a transaction of this term
    /// that waits for one.
    func release() throws {
        try transact(
            [
                PostgresStatement(
                    "UPDATE packit_slo.shard SET lease_until = '-infinity' WHERE epoch = $1", [.int8(epoch)])
            ],
            under: [
                PostgresStatement("SET LOCAL synchronous_commit = off"),
                PostgresStatement("SET LOCAL lock_timeout = '1s'"),
            ])
    }

    func probe() throws { try renew() }

    func close() throws {
        defer { session.close() }
        try release()
    }

    // MARK: - Questions

    func known(_ identities: [DeliveryIdentity]) throws -> [DeliveryIdentity: KnownDelivery] {
        let select = PostgresStatement(
            "SELECT identity, fingerprint, seen_at FROM packit_slo.identities WHERE identity = ANY ($1)",
            [.uuids(identities)])
        let pairs = try session.run([select])[0].rows.map { row in
            guard let identity = row.identity(0), let bits = row.integer(1), let seenAt = row.time(2) else {
                throw StoreError.damaged("an identity")
            }
            return (
                identity, KnownDelivery(fingerprint: BodyFingerprint(bits: UInt64(bitPattern: bits)), seenAt: seenAt)
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }

    func countsOfState() throws -> [UInt8: Int] {
        let select = PostgresStatement("SELECT part, count(*) FROM packit_slo.state GROUP BY part")
        let counts = try session.run([select])[0].rows.map {
            (UInt8(truncatingIfNeeded: $0.integer(0) ?? 0), Int($0.integer(1) ?? 0))
        }
        return Dictionary(counts, uniquingKeysWith: +)
    }

    var databaseBytes: Int64 {
        get throws {
            let select = PostgresStatement(
                """
                SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
                WHERE c.relnamespace = 'packit_slo'::regnamespace AND c.relkind = 'r'
                """)
            return try session.run([select])[0].first?.integer(0) ?? 0
        }
    }

    func load(eachEntry visit: (StateKey, [UInt8]) throws -> Void) throws -> LoadedState {
        // Only this term writes the state, so the pages fit together; if the term is over, it can store nothing.
        try PostgresLoading.load(eachEntry: visit) { try session.run($0) }
    }

    // MARK: - Backfills

    func backfills() throws -> [Backfill] { try PostgresLoading.backfills { try session.run($0) } }

    func objectiveHours(of objective: Objective.Name) throws -> [ObjectiveHour] {
        let select = PostgresStatement(
            """
            SELECT \(PostgresLoading.hourColumns) FROM packit_slo.objective_hours WHERE objective = $1
            GROUP BY objective, deployment, hour, deadline_seconds, target ORDER BY hour
            """, [.text(objective.rawValue)])
        return try session.run([select])[0].rows.map(ObjectiveHour.init)
    }
}
