import SLOCore

extension ChangeRecord {
    static let columns = """
        change, deployment, repository, repository_name, number, action, head_sha, base_ref, started_at,
            received_at, answered_at, verdict, exclusion, eligibility, judged_at, is_counted
        """

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the verdict on change", key: 0)
        self.init(
            change: try required.entity(0), deployment: try required.deployment(1),
            repository: RepositoryID(stored: try required.integer(2)), repositoryName: try required.text(3),
            number: Int(try required.integer(4)), action: try required.name(5), headSHA: try required.text(6),
            baseRef: try required.text(7), startedAt: try required.time(8), receivedAt: try required.time(9),
            answeredAt: row.time(10), verdict: try required.name(11), exclusion: row.name(12),
            eligibility: try required.name(13), judgedAt: try required.time(14), isCounted: try required.bool(15))
    }
}

extension RunRecord {
    static let columns = """
        run, kind, deployment, repository, repository_name, sha, pull_request, name, chroot, backend_id,
            queued_at, started_at, finished_at, outcome, reason, revised_outcome, counted_at, is_counted, proof,
            backend_ended_at
        """

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the end of run", key: 0)
        self.init(
            run: try required.entity(0), kind: try required.name(1), deployment: try required.deployment(2),
            repository: row.integer(3).map(RepositoryID.init(stored:)), repositoryName: row.text(4), sha: row.text(5),
            pullRequest: row.integer(6).map { Int($0) }, name: try required.text(7), chroot: row.text(8),
            backendID: row.text(9), queuedAt: row.time(10), startedAt: row.time(11), backendEndedAt: row.time(19),
            finishedAt: try required.time(12), outcome: try required.name(13), reason: try required.name(14),
            revisedOutcome: row.name(15),
            countedAt: try required.time(16), isCounted: try required.bool(17), proof: row.name(18))
    }
}

extension EndedRun {
    static let columns = "run, counted_at, kind, deployment, repository_name, chroot, queued_at, finished_at, outcome"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the end of run", key: 0)
        let finishedAt = try required.time(7)
        self.init(
            kind: try required.name(2), deployment: try required.deployment(3), repositoryName: row.text(4),
            chroot: row.text(5), outcome: try required.name(8), countedAt: try required.time(1),
            duration: row.time(6).map { finishedAt - $0 })
    }
}

extension JudgedChange {
    static let columns = "deployment, verdict, is_counted, started_at, answered_at"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a verdict on a change")
        let startedAt = try required.time(3)
        self.init(
            deployment: try required.deployment(0), verdict: try required.name(1), isCounted: try required.bool(2),
            latency: row.time(4).map { max(.zero, $0 - startedAt) })
    }
}

extension CountedRun {
    static let columns =
        "kind, deployment, outcome, is_counted, queued_at, started_at, backend_ended_at, finished_at"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the end of a run")
        self.init(
            kind: try required.name(0), deployment: try required.deployment(1), outcome: try required.name(2),
            isCounted: try required.bool(3), queuedAt: row.time(4), startedAt: row.time(5),
            backendEndedAt: row.time(6), finishedAt: try required.time(7))
    }
}

extension RunPlace {
    /// - Parameter row: run and time of counting.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the end of run", key: 0)
        self.init(countedAt: try required.time(1), run: try required.integer(0))
    }
}

extension RunActivity {
    /// - Parameter row: kind, deployment, outcome, and how many ended, were queued and were started.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a run's end")
        self.init(
            kind: try required.name(0), deployment: try required.deployment(1), outcome: try required.name(2),
            ended: try required.integer(3), queued: row.integer(4) ?? 0, started: row.integer(5) ?? 0)
    }
}

extension ChangeActivity {
    /// - Parameter row: deployment, verdict and number.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a verdict")
        self.init(
            deployment: try required.deployment(0), verdict: try required.name(1), count: try required.integer(2))
    }
}
