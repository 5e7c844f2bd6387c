import GRDB
public import SLOCore

// Fills in the judgements of an objective that was added or changed (docs/counting.md, rule 54), in short transactions
// between those of the service. A process that ends in between begins again.

extension SQLiteStore {
    func writeBackfills(_ backfills: [Objective.Name: Timestamp], _ db: Database) throws {
        guard !backfills.isEmpty else { return }
        let replace = try RowStatement(
            db,
            """
            INSERT INTO backfills (objective, through, begins_at, completed_at) VALUES (?, ?, NULL, NULL)
            ON CONFLICT DO UPDATE SET through = excluded.through, begins_at = NULL, completed_at = NULL
            """)
        for (objective, through) in backfills {
            try replace.run { row in
                row.bind(objective.rawValue)
                row.bind(through.milliseconds)
            }
        }
    }

    public func clear(_ backfill: Backfill, of objective: Objective, rows: Int) throws -> Bool {
        try inOwnTransaction { db in
            let name = backfill.objective.rawValue
            let through = backfill.through.milliseconds
            let deleted = try RowStatement(
                db,
                """
                DELETE FROM judgements WHERE (objective, entity, deployment) IN
                (SELECT objective, entity, deployment FROM judgements
                 WHERE objective = ? AND (judged_at <= ? OR entity < 0) LIMIT ?)
                """
            ).run { row in
                row.bind(name)
                row.bind(through)
                row.bind(Int64(rows))
            }
            guard deleted == 0 else { return true }
            let hour = backfill.through.hoursSinceEpoch
            let kept = try judgedLive(in: hour, backfill, objective, db)
            try db.execute(
                sql: "DELETE FROM objective_hours WHERE objective = ? AND hour <= ?", arguments: [name, hour])
            try writeObjectiveHours(kept, shard: 0, db)
            return false
        }
    }

    /// What the service itself has judged in the hour in which it began to.
    private func judgedLive(
        in hour: Int64, _ backfill: Backfill, _ objective: Objective, _ db: Database
    ) throws -> [ObjectiveHour] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT deployment, sum(verdict = 'good'), sum(verdict IN ('bad', 'doubtful')) FROM judgements
                WHERE objective = ? AND judged_at > ? AND judged_at < ? GROUP BY deployment
                """,
            arguments: [objective.name.rawValue, backfill.through.milliseconds, (hour + 1) * 3_600_000]
        ).map { row in
            ObjectiveHour(
                objective: objective.name, deployment: Deployment(row[0]), hour: hour,
                deadlineSeconds: objective.deadline.wholeSeconds, target: objective.target, good: row[1], bad: row[2])
        }
    }

    public func add(_ judgements: [BackfilledJudgement], hours: [ObjectiveHour]) throws {
        try inOwnTransaction { db in
            try write(judgements.lazy.map { ($0.judgement, cause: $0.cause) }, db)
            try writeObjectiveHours(hours, shard: 0, db)
        }
    }

    public func complete(_ backfill: Backfill) throws {
        try inOwnTransaction { db in
            try db.execute(
                sql: "UPDATE backfills SET begins_at = ?, completed_at = ? WHERE objective = ? AND through = ?",
                arguments: [
                    backfill.beginsAt?.milliseconds, backfill.completedAt?.milliseconds, backfill.objective.rawValue,
                    backfill.through.milliseconds,
                ])
        }
    }

    public func backfills() throws -> [Backfill] {
        try translated { try queue.read { try Backfill.all(in: $0) } }
    }

    public func objectiveHours(of objective: Objective.Name) throws -> [ObjectiveHour] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT objective, deployment, hour, deadline_seconds, target, sum(good), sum(bad)
                        FROM objective_hours WHERE objective = ?
                        GROUP BY objective, deployment, hour, deadline_seconds, target ORDER BY hour
                        """,
                    arguments: [objective.rawValue]
                ).map(ObjectiveHour.init)
            }
        }
    }
}

extension SQLiteReader {
    public func backfills() throws -> [Backfill] {
        try translated { try queue.read { try Backfill.all(in: $0) } }
    }
}

extension Backfill {
    fileprivate static func all(in db: Database) throws -> [Backfill] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM backfills ORDER BY objective").map(Backfill.init)
    }
}
