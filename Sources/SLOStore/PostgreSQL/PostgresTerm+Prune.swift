import SLOCore

extension PostgresTerm {
    /// Deletes rows of one kind at a time, the first of which has rows that are too old. What is dropped of the inbox
    /// is dropped by the day.
    func prune(now: Timestamp, limits: PruneLimits, rows: Int) throws -> Bool {
        if try changePartitions(now: now, limits: limits) { return true }
        let steps = Self.steps(now: now, limits: limits, atMost: rows)
        let areDue = try session.run(steps.map(\.isDue)).map { $0.first?.bool(0) == true }
        for (step, isDue) in zip(steps, areDue) where isDue {
            if try transact(step.deletion).contains(where: { $0.affectedRows > 0 }) { return true }
        }
        return false
    }

    private struct Step {
        /// Returns one row with a Boolean.
        let isDue: PostgresStatement
        let deletion: [PostgresStatement]
    }

    /// Identities are found by the journal, so they go first.
    private static func steps(now: Timestamp, limits: PruneLimits, atMost rows: Int) -> [Step] {
        let bodiesFrom = now - min(limits.keepBodies, limits.keepObservations)
        let historyFrom = (now - limits.keepHistory).milliseconds
        return [
            forgetting(before: now - min(limits.keepIdentities, limits.keepObservations), atMost: rows),
            deletingFirst(of: "bodies", before: bodiesFrom, atMost: rows),
            deletingFirst(of: "journal", before: now - limits.keepObservations, atMost: rows),
            deletingStrays(before: PostgresSchema.day(of: bodiesFrom), atMost: rows),
            forgettingReceivers,
            deletingOldest(
                of: "changes", key: "change, deployment", by: "judged_at", before: historyFrom, atMost: rows),
            deletingOldest(of: "runs", key: "run", by: "counted_at", before: historyFrom, atMost: rows),
            deletingOldest(
                of: "judgements", key: "objective, entity, deployment", by: "judged_at", before: historyFrom,
                atMost: rows),
            deletingOldest(
                of: "blind_intervals", key: "started_at, cause", by: "ended_at", before: historyFrom, atMost: rows),
            deletingOldest(
                of: "incidents", key: "began_at, condition, subject", by: "ended_at", before: historyFrom,
                atMost: rows),
            deletingOldest(of: "time_notes", key: "id", by: "to_at", before: historyFrom, atMost: rows),
            deletingOldest(
                of: "objective_hours", key: "shard, objective, deployment, hour, deadline_seconds, target", by: "hour",
                before: historyFrom / 3_600_000, atMost: rows),
        ]
    }

    // MARK: - The journal

    /// Forgets identities in the journal's order, before their entries: an index of them by time would cost each
    /// delivery a page.
    private static func forgetting(before oldest: Timestamp, atMost count: Int) -> Step {
        let forgottenThrough = "(SELECT forgotten_through FROM packit_slo.shard WHERE shard = 0)"
        return Step(
            isDue: PostgresStatement(
                """
                SELECT coalesce((
                    SELECT received_at < $1 FROM packit_slo.journal WHERE sequence > \(forgottenThrough)
                    ORDER BY sequence LIMIT 1), false)
                """, [.time(oldest)]),
            deletion: [
                PostgresStatement(
                    """
                    WITH first AS (
                        SELECT sequence, received_at, identity FROM packit_slo.journal
                        WHERE sequence > \(forgottenThrough) ORDER BY sequence LIMIT $2
                    ), old AS (
                        SELECT sequence, identity FROM first WHERE sequence
                            < coalesce((SELECT min(sequence) FROM first WHERE received_at >= $1), \(Int64.max))
                    ), gone AS (
                        DELETE FROM packit_slo.identities i USING old WHERE i.identity = old.identity
                    )
                    UPDATE packit_slo.shard SET forgotten_through = (SELECT max(sequence) FROM old)
                    WHERE shard = 0 AND EXISTS (SELECT 1 FROM old)
                    """, [.time(oldest), .count(count)])
            ])
    }

    /// Deletes in the journal's order and no later entry before an earlier one, so that the rest has no gap.
    private static func deletingFirst(of table: String, before oldest: Timestamp, atMost count: Int) -> Step {
        Step(
            isDue: PostgresStatement(
                """
                SELECT coalesce((
                    SELECT received_at < $1 FROM packit_slo.\(table) ORDER BY sequence LIMIT 1), false)
                """, [.time(oldest)]),
            deletion: [
                PostgresStatement(
                    """
                    WITH first AS (SELECT sequence, received_at FROM packit_slo.\(table) ORDER BY sequence LIMIT $2)
                    DELETE FROM packit_slo.\(table) WHERE sequence IN (
                        SELECT sequence FROM first WHERE sequence
                            < coalesce((SELECT min(sequence) FROM first WHERE received_at >= $1), \(Int64.max)))
                    """, [.time(oldest), .count(count)])
            ])
    }

    // MARK: - The inbox

    /// Deletes what is decided of old days that had no partition.
    private static func deletingStrays(before day: Int64, atMost count: Int) -> Step {
        let old = """
            SELECT o.stream, o.pos, o.day FROM packit_slo.inbox_other o
            WHERE o.day < $1 AND NOT EXISTS (
                SELECT 1 FROM packit_slo.receiver r
                LEFT JOIN packit_slo.consumed c ON c.shard = 0 AND c.stream = r.stream
                WHERE r.stream = o.stream AND o.pos > coalesce(c.pos, 0))
            ORDER BY o.day
            """
        return Step(
            isDue: PostgresStatement("SELECT EXISTS (\(old))", [.int8(day)]),
            deletion: [
                PostgresStatement(
                    "DELETE FROM packit_slo.inbox_other WHERE (stream, pos, day) IN (\(old) LIMIT $2)",
                    [.int8(day), .count(count)])
            ])
    }

    /// Forgets lives that ended a day before all that is decided, with their positions. A process that was silent for
    /// as long and comes back begins a new life.
    private static let forgettingReceivers: Step = {
        let isOver = """
            r.through < (SELECT heartbeat_at FROM packit_slo.shard WHERE shard = 0) - 86400000
                AND r.seen_at < clock_timestamp() - interval '1 day'
                AND r.appended <= coalesce(
                    (SELECT pos FROM packit_slo.consumed c WHERE c.shard = 0 AND c.stream = r.stream), 0)
            """
        return Step(
            isDue: PostgresStatement("SELECT EXISTS (SELECT 1 FROM packit_slo.receiver r WHERE \(isOver))"),
            deletion: [
                PostgresStatement("DELETE FROM packit_slo.receiver r WHERE \(isOver)"),
                PostgresStatement(
                    """
                    DELETE FROM packit_slo.consumed c
                    WHERE NOT EXISTS (SELECT 1 FROM packit_slo.receiver r WHERE r.stream = c.stream)
                    """),
                PostgresStatement(
                    """
                    DELETE FROM packit_slo.node n
                    WHERE NOT EXISTS (SELECT 1 FROM packit_slo.receiver r WHERE r.node = n.node)
                    """),
            ])
    }()

    // MARK: - History

    private static func deletingOldest(
        of table: String, key: String, by time: String, before oldest: Int64, atMost count: Int
    ) -> Step {
        Step(
            isDue: PostgresStatement(
                "SELECT EXISTS (SELECT 1 FROM packit_slo.\(table) WHERE \(time) < $1)", [.int8(oldest)]),
            deletion: [
                PostgresStatement(
                    """
                    DELETE FROM packit_slo.\(table) WHERE (\(key)) IN (
                        SELECT \(key) FROM packit_slo.\(table) WHERE \(time) < $1 ORDER BY \(time) LIMIT $2)
                    """, [.int8(oldest), .count(count)])
            ])
    }
}
