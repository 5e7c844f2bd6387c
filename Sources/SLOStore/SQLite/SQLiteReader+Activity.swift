import GRDB
public import SLOCore

extension SQLiteReader {
    public func runActivity(since: Timestamp) throws -> [RunActivity] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(db, sql: PageQuery.runsSince, arguments: [since.milliseconds]).map { row in
                    guard let kind = RunKind(rawValue: row[0]), let outcome = Outcome(rawValue: row[2]) else {
                        throw StoreError.damaged("a run's end")
                    }
                    return RunActivity(
                        kind: kind, deployment: Deployment(row[1]), outcome: outcome, ended: row[3],
                        queued: row[4] ?? 0, started: row[5] ?? 0)
                }
            }
        }
    }

    public func changeActivity(since: Timestamp) throws -> [ChangeActivity] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(db, sql: PageQuery.changesSince, arguments: [since.milliseconds]).map { row in
                    guard let verdict = Verdict(rawValue: row[1]) else { throw StoreError.damaged("a verdict") }
                    return ChangeActivity(deployment: Deployment(row[0]), verdict: verdict, count: row[2])
                }
            }
        }
    }

    public func judgements(after: Timestamp, through: Timestamp) throws -> [ObjectiveCount] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(
                    db, sql: PageQuery.judgementsSince, arguments: [after.milliseconds, through.milliseconds]
                ).map { row in
                    guard let objective = Objective.Name(rawValue: row[0]) else {
                        throw StoreError.damaged("a judgement")
                    }
                    return ObjectiveCount(
                        objective: objective, deployment: Deployment(row[1]), good: row[2], bad: row[3])
                }
            }
        }
    }

    public func doubts(from: Timestamp, through: Timestamp) throws -> [DoubtCount] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(
                    db, sql: PageQuery.doubtsBetween, arguments: [from.milliseconds, through.milliseconds]
                ).map { row in
                    guard let objective = Objective.Name(rawValue: row[0]),
                        let verdict = ObjectiveJudgement.Verdict(rawValue: row[2])
                    else { throw StoreError.damaged("a judgement") }
                    return DoubtCount(
                        objective: objective, deployment: Deployment(row[1]), verdict: verdict, count: row[3])
                }
            }
        }
    }

    public func objectiveHours(_ hours: ClosedRange<Int64>) throws -> [ObjectiveHour] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(db, sql: PageQuery.hours, arguments: [hours.lowerBound, hours.upperBound]).map { row in
                    guard let hour = ObjectiveHour(row) else { throw StoreError.damaged("an hour") }
                    return hour
                }
            }
        }
    }
}

extension ObjectiveHour {
    /// - Parameter row: objective, deployment, hour, deadline, target, and the sums of good and bad events.
    /// - Returns: `nil` if the objective's name is none.
    init?(_ row: Row) {
        guard let objective = Objective.Name(rawValue: row[0]) else { return nil }
        self.init(
            objective: objective, deployment: Deployment(row[1]), hour: row[2], deadlineSeconds: row[3],
            target: row[4], good: row[5], bad: row[6])
    }
}
