import SLOCore

extension ObjectiveHour {
    /// - Parameter row: objective, deployment, hour, deadline, target, and the sums of good and bad events.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "an hour")
        self.init(
            objective: try required.name(0), deployment: try required.deployment(1), hour: try required.integer(2),
            deadlineSeconds: try required.integer(3), target: try required.double(4), good: try required.integer(5),
            bad: try required.integer(6))
    }
}

extension ObjectiveCount {
    /// - Parameter row: objective, deployment, and the numbers of good and bad events.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a judgement")
        self.init(
            objective: try required.name(0), deployment: try required.deployment(1), good: try required.integer(2),
            bad: try required.integer(3))
    }
}

extension DoubtCount {
    /// - Parameter row: objective, deployment, verdict and number.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a judgement")
        self.init(
            objective: try required.name(0), deployment: try required.deployment(1), verdict: try required.name(2),
            count: try required.integer(3))
    }
}

extension StoredJudgement {
    /// Of judgements `j`, changes `c` and runs `r`.
    static let columns = """
        j.objective, j.deployment, j.entity, j.repository_name, j.verdict, j.judged_at, j.branch, j.chroot,
            j.check_name, j.cause, c.verdict, r.outcome, r.queued_at, r.finished_at, r.counted_at,
            r.revised_outcome IS NOT NULL
        """

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        self.init(
            try ObjectiveJudgement(row), changeVerdict: row.name(10), runEnd: try RunEnd(row), cause: row.text(9))
    }
}

extension ObjectiveJudgement {
    /// - Parameter row: objective, deployment, entity, repository, verdict, time, branch, chroot and check name.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the judgement on entity", key: 2)
        self.init(
            objective: try required.name(0), deployment: try required.deployment(1), entity: try required.entity(2),
            subject: ObjectiveSelection.Subject(
                repository: row.text(3), branch: row.text(6), chroot: row.text(7), name: row.text(8)),
            verdict: try required.name(4), at: try required.time(5))
    }
}

extension RunEnd {
    /// - Returns: `nil` if the judgement is not on a run, or on one that has not ended.
    fileprivate init?(_ row: some ResultRow) throws {
        guard let outcome: Outcome = row.name(11) else { return nil }
        let required = RequiredColumns(row, of: "the judgement on entity", key: 2)
        self.init(
            outcome: outcome, queuedAt: row.time(12), finishedAt: try required.time(13),
            countedAt: try required.time(14), isRevised: try required.bool(15))
    }
}

extension Backfill {
    static let columns = "objective, through, begins_at, completed_at"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a backfill")
        self.init(
            objective: try required.name(0), through: try required.time(1), beginsAt: row.time(2),
            completedAt: row.time(3))
    }
}
