/// The queries of pages, in one place, so that a test can check SQLite's plan for each: none may scan a growing table.
enum PageQuery {
    static let stateOfTable = """
        SELECT repository, key, value FROM state WHERE part = ?1 AND (repository, key) > (?2, ?3)
        ORDER BY repository, key LIMIT ?4
        """
    static let stateAtKey = "SELECT value FROM state WHERE part = ? AND repository = ? AND key = ?"

    private static let changeColumns = """
        change, deployment, repository, repository_name, number, action, head_sha, base_ref, started_at,
            received_at, answered_at, verdict, exclusion, eligibility, judged_at, is_counted
        """
    /// Several repositories may have had the name, one after the other.
    static let changesOfPullRequest = """
        SELECT \(changeColumns)
        FROM changes WHERE repository_name = ? COLLATE NOCASE AND number = ? AND repository = ?
        ORDER BY started_at DESC LIMIT ? OFFSET ?
        """
    static let runsOfPullRequest = """
        SELECT \(runColumns)
        FROM runs WHERE repository_name = ? COLLATE NOCASE AND pull_request = ?
            AND (repository = ? OR repository IS NULL)
        ORDER BY finished_at DESC LIMIT ? OFFSET ?
        """
    static let changeAtKey = "SELECT \(changeColumns) FROM changes WHERE change = ?"
    static let runAtKey = "SELECT \(runColumns) FROM runs WHERE run = ?"

    static let hours = """
        SELECT objective, deployment, hour, deadline_seconds, target, sum(good), sum(bad) FROM objective_hours
        WHERE hour BETWEEN ? AND ? GROUP BY objective, deployment, hour, deadline_seconds, target
        """
    /// Uses the index `judgements_by_time`; the range is hours at most.
    static let judgementsSince = """
        SELECT objective, deployment, sum(verdict = 'good'), sum(verdict IN ('bad', 'doubtful')) FROM judgements
        WHERE judged_at > ? AND judged_at <= ? GROUP BY objective, deployment
        """
    /// The judgements in doubt within a window: an index contains only these.
    static let doubtsBetween = """
        SELECT objective, deployment, verdict, count(*) FROM judgements INDEXED BY judgements_in_doubt
        WHERE verdict IN ('doubtful', 'unknown') AND judged_at >= ? AND judged_at <= ?
        GROUP BY objective, deployment, verdict
        """
    /// `INDEXED BY`, because SQLite would scan all of another index to group by it.
    static let runsSince = """
        SELECT kind, deployment, outcome, count(*), sum(coalesce(queued_at, finished_at) >= ?1),
            sum(started_at >= ?1)
        FROM runs INDEXED BY runs_by_time WHERE counted_at >= ?1 AND is_counted GROUP BY kind, deployment, outcome
        """
    static let changesSince = """
        SELECT deployment, verdict, count(*) FROM changes WHERE judged_at >= ? GROUP BY deployment, verdict
        """

    /// One page of ended runs, for reading all of history page by page.
    static let runsEnded = """
        SELECT counted_at, run, kind, deployment, repository_name, chroot, queued_at, finished_at, outcome
        FROM runs WHERE (counted_at, run) > (?1, ?2) AND counted_at >= ?1 AND counted_at <= ?3 AND is_counted
        ORDER BY counted_at, run LIMIT ?4
        """
    private static let runColumns = """
        run, kind, deployment, repository, repository_name, sha, pull_request, name, chroot, backend_id,
            queued_at, started_at, finished_at, outcome, reason, revised_outcome, counted_at, is_counted, proof
        """
    /// Ended runs before a place, the latest first; the caller filters while reading.
    static let runsBefore = """
        SELECT \(runColumns) FROM runs INDEXED BY runs_by_time
        WHERE (counted_at, run) < (?1, ?2) AND counted_at <= ?1 AND counted_at >= ?3
        ORDER BY counted_at DESC, run DESC LIMIT ?4
        """
    static let runsOfRepositoryBefore = """
        SELECT \(runColumns) FROM runs INDEXED BY runs_by_repository_and_time
        WHERE repository_name = ?5 COLLATE NOCASE AND (counted_at, run) < (?1, ?2) AND counted_at <= ?1
            AND counted_at >= ?3
        ORDER BY counted_at DESC, run DESC LIMIT ?4
        """
    static let deliveries = """
        SELECT sequence, received_at, source, event, result, body_size FROM journal
        WHERE sequence < ?1 AND sequence >= ?2 AND kind = 'delivery'
            AND (?3 IS NULL OR source = ?3) AND (?4 IS NULL OR result = ?4)
        ORDER BY sequence DESC LIMIT ?5
        """
    static let lastSequence = "SELECT next_sequence FROM owner WHERE id = 1"

    static let all = [
        stateOfTable, stateAtKey, changesOfPullRequest, runsOfPullRequest, changeAtKey, runAtKey, hours,
        judgementsSince, doubtsBetween,
        runsSince, changesSince, runsEnded, runsBefore, runsOfRepositoryBefore, deliveries, lastSequence,
    ]
}
