import SLOCore

/// The queries of pages, in one place, so that a test can check SQLite's plan for each: none may scan a growing table.
enum PageQuery {
    static let stateOfTable = """
        SELECT \(LoadedState.Entry.columns) FROM state WHERE part = ?1 AND (repository, key) > (?2, ?3)
        ORDER BY repository, key LIMIT ?4
        """
    static let stateAtKey = """
        SELECT \(LoadedState.Entry.columns) FROM state WHERE part = ? AND repository = ? AND key = ?
        """

    /// Several repositories may have had the name, one after the other.
    static let changesOfPullRequest = """
        SELECT \(ChangeRecord.columns)
        FROM changes WHERE repository_name = ? COLLATE NOCASE AND number = ? AND repository = ?
        ORDER BY started_at DESC LIMIT ? OFFSET ?
        """
    static let runsOfPullRequest = """
        SELECT \(RunRecord.columns)
        FROM runs WHERE repository_name = ? COLLATE NOCASE AND pull_request = ?
            AND (repository = ? OR repository IS NULL)
        ORDER BY finished_at DESC LIMIT ? OFFSET ?
        """
    static let changeAtKey = "SELECT \(ChangeRecord.columns) FROM changes WHERE change = ?"
    static let runAtKey = "SELECT \(RunRecord.columns) FROM runs WHERE run = ?"

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
        SELECT \(EndedRun.columns)
        FROM runs WHERE (counted_at, run) > (?1, ?2) AND counted_at >= ?1 AND counted_at <= ?3 AND is_counted
        ORDER BY counted_at, run LIMIT ?4
        """
    /// Ended runs before a place, the latest first; the caller filters while reading.
    static let runsBefore = """
        SELECT \(RunRecord.columns) FROM runs INDEXED BY runs_by_time
        WHERE (counted_at, run) < (?1, ?2) AND counted_at <= ?1 AND counted_at >= ?3
        ORDER BY counted_at DESC, run DESC LIMIT ?4
        """
    static let runsOfRepositoryBefore = """
        SELECT \(RunRecord.columns) FROM runs INDEXED BY runs_by_repository_and_time
        WHERE repository_name = ?5 COLLATE NOCASE AND (counted_at, run) < (?1, ?2) AND counted_at <= ?1
            AND counted_at >= ?3
        ORDER BY counted_at DESC, run DESC LIMIT ?4
        """
    static let deliveries = """
        SELECT \(StoredEntry.columns) FROM journal
        WHERE sequence < ?1 AND sequence >= ?2 AND kind = 'delivery'
            AND (?3 IS NULL OR source = ?3) AND (?4 IS NULL OR event = ?4) AND (?5 IS NULL OR result = ?5)
            AND (?6 IS NULL OR instr(observation, ?6) > 0)
        ORDER BY sequence DESC LIMIT ?7
        """
    static let deliveryAtKey = """
        SELECT \(StoredEntry.columns) FROM journal WHERE sequence = ? AND kind = 'delivery'
        """
    private static let storedDeliveries = """
        SELECT sequence, journal.source, journal.received_at, headers, codec, original_size, bytes
        FROM bodies JOIN journal USING (sequence)
        """
    static let bodyAtKey = """
        \(storedDeliveries) WHERE sequence = ?
        """
    static let nextSequence = "SELECT next_sequence FROM owner WHERE id = 1"
    static let entries = """
        SELECT \(StoredEntry.columns) FROM journal WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?
        """
    static let bodies = """
        \(storedDeliveries)
        WHERE sequence > ? AND bodies.received_at BETWEEN ? AND ? ORDER BY sequence LIMIT ?
        """
    static let judgements = """
        SELECT \(StoredJudgement.columns)
        FROM judgements j
        LEFT JOIN changes c ON j.verdict IN ('bad', 'doubtful')
            AND c.change = j.entity AND c.deployment = j.deployment
        LEFT JOIN runs r ON j.verdict IN ('bad', 'doubtful')
            AND r.run = j.entity
        WHERE j.judged_at BETWEEN ? AND ?
            AND (j.judged_at, j.objective, j.entity, j.deployment) > (?, ?, ?, ?)
        ORDER BY j.judged_at, j.objective, j.entity, j.deployment LIMIT ?
        """

    static let runsOfBackend = """
        SELECT \(RunRecord.columns) FROM runs INDEXED BY runs_by_backend WHERE backend_id = ? ORDER BY run LIMIT ?
        """
    /// The commits between two texts.
    static let runsOfCommit = """
        SELECT \(RunRecord.columns) FROM runs INDEXED BY runs_by_sha WHERE sha >= ? AND sha < ? ORDER BY sha, run LIMIT ?
        """
    static let changesOfCommit = """
        SELECT \(ChangeRecord.columns) FROM changes INDEXED BY changes_by_sha WHERE head_sha >= ? AND head_sha < ?
        ORDER BY head_sha, change LIMIT ?
        """
    static let identities = "SELECT identity, seen_at FROM identities WHERE identity BETWEEN ? AND ? LIMIT ?"
    static let entryFrom = "SELECT sequence, received_at FROM journal WHERE sequence >= ? ORDER BY sequence LIMIT 1"
    static let firstSequence = "SELECT sequence FROM journal WHERE sequence >= 0 ORDER BY sequence LIMIT 1"
    static let entryOfIdentity = """
        SELECT \(DeliverySummary.columns) FROM journal
        WHERE sequence BETWEEN ? AND ? AND identity = ? AND kind = 'delivery' LIMIT 1
        """

    /// At most some thousands.
    static let sampledSeries = "SELECT number, series FROM sampled_series WHERE number >= 0 ORDER BY number"
    static let samplesFrom = "SELECT sampled_at, bytes FROM samples WHERE sampled_at >= ? ORDER BY sampled_at LIMIT ?"
    static let openIncidents = "SELECT \(Incident.columns) FROM incidents WHERE ended_at IS NULL LIMIT ?"
    static let incidentsEndedSince = """
        SELECT \(Incident.columns) FROM incidents WHERE ended_at >= ? AND fired_at IS NOT NULL
        ORDER BY ended_at DESC LIMIT ?
        """
    static let incidentsBefore = """
        SELECT \(Incident.columns) FROM incidents WHERE began_at <= ?1 AND fired_at IS NOT NULL
        ORDER BY began_at DESC, condition DESC, subject DESC LIMIT ?2 OFFSET ?3
        """
    static let changesJudged = """
        SELECT \(JudgedChange.columns) FROM changes INDEXED BY changes_by_time
        WHERE judged_at >= ?1 AND judged_at < ?2 ORDER BY judged_at LIMIT ?3
        """
    static let runsCounted = """
        SELECT \(CountedRun.columns) FROM runs INDEXED BY runs_by_time
        WHERE counted_at >= ?1 AND counted_at < ?2 ORDER BY counted_at LIMIT ?3
        """
    static let timeNotes = """
        SELECT \(TimeNote.columns) FROM time_notes WHERE to_at >= ?1 AND from_at <= ?2
        ORDER BY to_at DESC, id DESC LIMIT ?3
        """
    static let latestTimeNotes = """
        SELECT \(TimeNote.columns) FROM time_notes WHERE id <= ?1 ORDER BY id DESC LIMIT ?2
        """

    static let all =
        [
            stateOfTable, stateAtKey, changesOfPullRequest, runsOfPullRequest, changeAtKey, runAtKey, hours,
            judgementsSince, doubtsBetween,
            runsSince, changesSince, runsEnded, runsBefore, runsOfRepositoryBefore, deliveries, deliveryAtKey,
            bodyAtKey,
            nextSequence, entries, bodies, judgements,
            runsOfBackend, runsOfCommit, changesOfCommit, identities, entryFrom, firstSequence, entryOfIdentity,
            sampledSeries, samplesFrom, openIncidents, incidentsEndedSince, incidentsBefore,
            timeNotes, latestTimeNotes, changesJudged, runsCounted,
        ] + JudgementSearch.all.flatMap { [$0.end, $0.rows] }
}
