import SLOCore
import Synchronization

// The inbox has a partition for each day, so that what is old is dropped and not deleted row by row.

extension PostgresTerm {
    /// Makes the partitions of the next days, and drops one that is not needed any more.
    /// - Returns: whether one was dropped.
    func changePartitions(now: Timestamp, limits: PruneLimits) throws -> Bool {
        guard now.milliseconds >= partitionsFrom.load(ordering: .relaxed) else { return false }
        do {
            try makePartitions(around: now)
            return try dropPartition(now: now, limits: limits)
        } catch let failure as StoreError where failure.code == .locked {
            // Somebody reads the inbox for long, such as a dump. There are partitions for days to come.
            partitionsFrom.store((now + .minutes(10)).milliseconds, ordering: .relaxed)
            return false
        }
    }

    /// A change of partitions waits for all appends before it, and all appends behind it wait for it.
    private static let shortWait = PostgresStatement("SET LOCAL lock_timeout = '200ms'")

    /// Once a day.
    private func makePartitions(around now: Timestamp) throws {
        let today = PostgresSchema.day(of: now)
        guard partitionedDay.load(ordering: .relaxed) != today else { return }
        for statement in PostgresSchema.partitions(around: now) {
            do { try transact([Self.shortWait, statement]) } catch let failure as StoreError {
                // The partition of all other days has entries of this one already: they stay there.
                guard failure.code == .rejected else { throw failure }
            }
        }
        partitionedDay.store(today, ordering: .relaxed)
    }

    /// Drops the oldest day of the inbox if its bodies are too old, or all of them too large, and all of it is decided.
    private func dropPartition(now: Timestamp, limits: PruneLimits) throws -> Bool {
        let days = try partitionedDays()
        guard let oldest = days.first, oldest < PostgresSchema.day(of: now) else { return false }
        let kept = PostgresSchema.day(of: now - min(limits.keepBodies, limits.keepObservations))
        guard try oldest < kept || inboxBytes() > limits.maxBodyBytes else { return false }
        let partition = PostgresSchema.partition(of: oldest)
        let isUndecided = Self.isUndecided(partition)
        guard try session.run([PostgresStatement("SELECT \(isUndecided)")])[0].first?.bool(0) == false else {
            return false
        }
        // A node may have appended an entry of that day since: asked again while nobody can.
        let results = try transact([
            Self.shortWait, PostgresStatement("LOCK TABLE ONLY packit_slo.inbox IN ACCESS EXCLUSIVE MODE"),
            PostgresStatement("DO $$ BEGIN IF NOT \(isUndecided) THEN DROP TABLE \(partition); END IF; END $$"),
            PostgresStatement("SELECT to_regclass('\(partition)') IS NULL"),
        ])
        return results.last?.first?.bool(0) == true
    }

    /// The days of which the inbox has partitions, in order.
    private func partitionedDays() throws -> [Int64] {
        let select = PostgresStatement(
            """
            SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'packit_slo.inbox'::regclass
            """)
        return try session.run([select])[0].rows.compactMap { row in
            row.text(0).flatMap { Int64($0.dropFirst("inbox_".count)) }
        }.sorted()
    }

    private func inboxBytes() throws -> Int64 {
        let select = PostgresStatement(
            """
            SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint FROM pg_inherits
            WHERE inhparent = 'packit_slo.inbox'::regclass
            """)
        return try session.run([select])[0].first?.integer(0) ?? 0
    }

    /// Whether a partition has an entry that is not decided: of each life the first one behind its position is looked
    /// for. All entries of a life that is forgotten are decided.
    private static func isUndecided(_ partition: String) -> String {
        """
        EXISTS (
            SELECT 1 FROM packit_slo.receiver r
            LEFT JOIN packit_slo.consumed c ON c.shard = 0 AND c.stream = r.stream
            CROSS JOIN LATERAL (
                SELECT 1 FROM \(partition) p WHERE p.stream = r.stream AND p.pos > coalesce(c.pos, 0) LIMIT 1) undecided)
        """
    }
}
