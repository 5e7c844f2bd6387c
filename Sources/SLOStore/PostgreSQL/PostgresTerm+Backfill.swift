import SLOCore

extension PostgresTerm {
    static func newBackfills(_ backfills: [Objective.Name: Timestamp]) -> [PostgresStatement] {
        guard !backfills.isEmpty else { return [] }
        let rows = backfills.sorted { $0.key.rawValue < $1.key.rawValue }
        return [
            .insert(
                into: "packit_slo.backfills",
                [
                    ("objective", .texts(rows.map(\.key.rawValue))),
                    ("through", .int8s(rows.map(\.value.milliseconds))),
                ],
                """
                ON CONFLICT (objective) DO UPDATE
                SET through = excluded.through, begins_at = NULL, completed_at = NULL
                """)
        ]
    }

    func clear(_ backfill: Backfill, of objective: Objective, rows: Int) throws -> Bool {
        let name = PostgresParameter.text(backfill.objective.rawValue)
        let through = PostgresParameter.int8(backfill.through.milliseconds)
        let delete = PostgresStatement(
            """
            DELETE FROM packit_slo.judgements WHERE (objective, entity, deployment) IN (
                SELECT objective, entity, deployment FROM packit_slo.judgements
                WHERE objective = $1 AND (judged_at <= $2 OR entity < 0) LIMIT $3)
            """, [name, through, .int8(Int64(rows))])
        if try transact([delete])[0].affectedRows > 0 { return true }
        let hour = backfill.through.hoursSinceEpoch
        let forget = PostgresStatement(
            "DELETE FROM packit_slo.objective_hours WHERE objective = $1 AND hour <= $2", [name, .int8(hour)])
        // What the service itself has judged in the hour in which it began to.
        let keep = PostgresStatement(
            """
            INSERT INTO packit_slo.objective_hours
                (shard, objective, deployment, hour, deadline_seconds, target, good, bad)
            SELECT 0, objective, deployment, $3, $4, $5, count(*) FILTER (WHERE verdict = 'good'),
                count(*) FILTER (WHERE verdict IN ('bad', 'doubtful'))
            FROM packit_slo.judgements
            WHERE objective = $1 AND judged_at > $2 AND judged_at < ($3 + 1) * 3600000
            GROUP BY objective, deployment
            """,
            [
                name, through, .int8(hour), .int8(objective.deadline.wholeSeconds), .float8(objective.target),
            ])
        try transact([forget, keep])
        return false
    }

    func add(_ judgements: [BackfilledJudgement], hours: [ObjectiveHour]) throws {
        try transact(
            Self.judgements(judgements.map { ($0.judgement, cause: $0.cause) }) + Self.hours(hours, shard: 0))
    }

    func complete(_ backfill: Backfill) throws {
        try transact([
            PostgresStatement(
                """
                UPDATE packit_slo.backfills SET begins_at = $1, completed_at = $2 WHERE objective = $3 AND through = $4
                """,
                [
                    .int8(backfill.beginsAt?.milliseconds), .int8(backfill.completedAt?.milliseconds),
                    .text(backfill.objective.rawValue), .int8(backfill.through.milliseconds),
                ])
        ])
    }
}
