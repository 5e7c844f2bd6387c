import SLOCore

/// The queries of readers, in one place, so that a test can check PostgreSQL's plan for each: none may scan a growing
/// table. `PageQuery` has SQLite's.
enum PostgresQuery {
    // MARK: - State

    static let stateOfTable = """
        SELECT \(LoadedState.Entry.columns) FROM packit_slo.state
        WHERE part = $1 AND (repository, key) > ($2, $3) ORDER BY repository, key LIMIT $4
        """
    static let stateAtKeys = """
        SELECT s.part, s.repository, s.key, s.value
        FROM unnest($1::int8[], $2::int8[], $3::bytea[]) WITH ORDINALITY AS wanted (part, repository, key, place)
        JOIN packit_slo.state s USING (part, repository, key) ORDER BY wanted.place
        """

    // MARK: - Journal

    static let extent = """
        SELECT s.next_sequence, s.heartbeat_at, first.sequence, first.received_at FROM packit_slo.shard s
        LEFT JOIN LATERAL (SELECT sequence, received_at FROM packit_slo.journal ORDER BY sequence LIMIT 1) first ON true
        WHERE s.shard = 0
        """
    static let entries = """
        SELECT \(StoredEntry.columns) FROM packit_slo.journal
        WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence LIMIT $3
        """
    static let nextSequence = "SELECT next_sequence FROM packit_slo.shard WHERE shard = 0"
    static let deliveries = """
        SELECT \(StoredEntry.columns) FROM packit_slo.journal
        WHERE sequence < $1 AND sequence >= $2 AND kind = 'delivery'
            AND ($3::text IS NULL OR source = $3) AND ($4::text IS NULL OR event = $4)
            AND ($5::text IS NULL OR result = $5) AND ($6::bytea IS NULL OR position($6 IN observation) > 0)
        ORDER BY sequence DESC LIMIT $7
        """
    static let deliveryAtKey = """
        SELECT \(StoredEntry.columns) FROM packit_slo.journal WHERE sequence = $1 AND kind = 'delivery'
        """
    /// Bodies are read only until the sizes of those before exceed a limit. The day of an entry in the inbox is not
    /// known here, so each of its partitions is asked.
    static let bodies = """
        SELECT sequence, source, received_at, headers, codec, original_size, bytes
        FROM (
            SELECT *, sum(original_size) OVER (ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                AS bytes_before
            FROM (
                SELECT j.sequence, j.source, j.received_at, stored.* FROM packit_slo.journal j
                CROSS JOIN LATERAL (
                    SELECT headers, codec, original_size, bytes FROM packit_slo.bodies b WHERE b.sequence = j.sequence
                    UNION ALL
                    SELECT headers, codec, original_size, body FROM packit_slo.inbox i
                    WHERE i.stream = j.stream AND i.pos = j.pos AND i.body IS NOT NULL
                ) stored
                WHERE j.sequence > $1 AND j.sequence <= $2 AND j.received_at BETWEEN $3 AND $4
                ORDER BY j.sequence LIMIT $5
            ) page
        ) measured
        WHERE bytes_before IS NULL OR bytes_before < $6::int8 ORDER BY sequence
        """
    static let held = "SELECT identity FROM packit_slo.identities WHERE identity = ANY ($1)"

    // MARK: - History

    /// Several repositories may have had the name, one after the other.
    static let changesOfPullRequest = """
        SELECT \(ChangeRecord.columns) FROM packit_slo.changes
        WHERE lower(repository_name) = lower($1 COLLATE "C") AND number = $2 AND repository = $3
        ORDER BY started_at DESC LIMIT $4 OFFSET $5
        """
    static let runsOfPullRequest = """
        SELECT \(RunRecord.columns) FROM packit_slo.runs
        WHERE lower(repository_name) = lower($1 COLLATE "C") AND pull_request = $2
            AND (repository = $3 OR repository IS NULL)
        ORDER BY finished_at DESC LIMIT $4 OFFSET $5
        """
    static let changesAtKeys = """
        SELECT \(ChangeRecord.columns) FROM unnest($1::int8[]) WITH ORDINALITY AS wanted (id, place)
        JOIN packit_slo.changes ON change = wanted.id ORDER BY wanted.place, deployment
        """
    static let runsAtKeys = """
        SELECT \(RunRecord.columns) FROM unnest($1::int8[]) WITH ORDINALITY AS wanted (id, place)
        JOIN packit_slo.runs ON run = wanted.id ORDER BY wanted.place
        """
    /// Ended runs before a place, the latest first; the caller filters while reading.
    static let runsBefore = """
        SELECT \(RunRecord.columns) FROM packit_slo.runs
        WHERE (counted_at, run) < ($1, $2) AND counted_at >= $3
        ORDER BY counted_at DESC, run DESC LIMIT $4
        """
    static let runsOfRepositoryBefore = """
        SELECT \(RunRecord.columns) FROM packit_slo.runs
        WHERE lower(repository_name) = lower($5 COLLATE "C") AND (counted_at, run) < ($1, $2) AND counted_at >= $3
        ORDER BY counted_at DESC, run DESC LIMIT $4
        """
    static let runsEnded = """
        SELECT \(EndedRun.columns) FROM packit_slo.runs
        WHERE (counted_at, run) > ($1, $2) AND counted_at <= $3 AND is_counted ORDER BY counted_at, run LIMIT $4
        """
    static let runsSince = """
        SELECT kind, deployment, outcome, count(*), count(*) FILTER (WHERE coalesce(queued_at, finished_at) >= $1),
            count(*) FILTER (WHERE started_at >= $1)
        FROM packit_slo.runs WHERE counted_at >= $1 AND is_counted GROUP BY kind, deployment, outcome
        """
    static let changesSince = """
        SELECT deployment, verdict, count(*) FROM packit_slo.changes WHERE judged_at >= $1
        GROUP BY deployment, verdict
        """

    // MARK: - Objectives

    static let judgements = """
        SELECT \(StoredJudgement.columns) FROM packit_slo.judgements j
        LEFT JOIN packit_slo.changes c ON j.verdict IN ('bad', 'doubtful')
            AND c.change = j.entity AND c.deployment = j.deployment
        LEFT JOIN packit_slo.runs r ON j.verdict IN ('bad', 'doubtful')
            AND r.run = j.entity
        WHERE (j.judged_at, j.objective, j.entity, j.deployment) > ($1, $2, $3, $4) AND j.judged_at <= $5
        ORDER BY j.judged_at, j.objective, j.entity, j.deployment LIMIT $6
        """
    /// The range is hours at most.
    static let judgementsSince = """
        SELECT objective, deployment, count(*) FILTER (WHERE verdict = 'good'),
            count(*) FILTER (WHERE verdict IN ('bad', 'doubtful'))
        FROM packit_slo.judgements WHERE judged_at > $1 AND judged_at <= $2 GROUP BY objective, deployment
        """
    /// The judgements in doubt within a window: an index contains only these.
    static let doubtsBetween = """
        SELECT objective, deployment, verdict, count(*) FROM packit_slo.judgements
        WHERE verdict IN ('doubtful', 'unknown') AND judged_at >= $1 AND judged_at <= $2
        GROUP BY objective, deployment, verdict
        """
    static let hours = """
        SELECT \(PostgresLoading.hourColumns) FROM packit_slo.objective_hours WHERE hour BETWEEN $1 AND $2
        GROUP BY objective, deployment, hour, deadline_seconds, target
        """

    // MARK: - Searches

    static let runsOfBackend = """
        SELECT \(RunRecord.columns) FROM packit_slo.runs WHERE backend_id = $1 ORDER BY run LIMIT $2
        """
    /// The commits between two texts.
    static let runsOfCommit = """
        SELECT \(RunRecord.columns) FROM packit_slo.runs WHERE sha >= $1 AND sha < $2 ORDER BY sha, run LIMIT $3
        """
    static let changesOfCommit = """
        SELECT \(ChangeRecord.columns) FROM packit_slo.changes WHERE head_sha >= $1 AND head_sha < $2
        ORDER BY head_sha, change LIMIT $3
        """
    static let identities = """
        SELECT identity, seen_at FROM packit_slo.identities WHERE identity BETWEEN $1 AND $2 LIMIT $3
        """
    static let entryFrom = """
        SELECT sequence, received_at FROM packit_slo.journal WHERE sequence >= $1 ORDER BY sequence LIMIT 1
        """
    static let firstSequence = """
        SELECT sequence FROM packit_slo.journal WHERE sequence >= 0 ORDER BY sequence LIMIT 1
        """
    static let entryOfIdentity = """
        SELECT \(DeliverySummary.columns) FROM packit_slo.journal
        WHERE sequence BETWEEN $1 AND $2 AND identity = $3 AND kind = 'delivery' LIMIT 1
        """

    // MARK: - Conditions

    /// At most some thousands.
    static let sampledSeries = "SELECT number, series FROM packit_slo.sampled_series WHERE number >= 0 ORDER BY number"
    static let samplesFrom = """
        SELECT sampled_at, bytes FROM packit_slo.samples WHERE sampled_at >= $1 ORDER BY sampled_at LIMIT $2
        """
    static let openIncidents = """
        SELECT \(Incident.columns) FROM packit_slo.incidents WHERE ended_at IS NULL LIMIT $1
        """
    static let incidentsEndedSince = """
        SELECT \(Incident.columns) FROM packit_slo.incidents WHERE ended_at >= $1 AND fired_at IS NOT NULL
        ORDER BY ended_at DESC LIMIT $2
        """
    static let incidentsBefore = """
        SELECT \(Incident.columns) FROM packit_slo.incidents WHERE began_at <= $1 AND fired_at IS NOT NULL
        ORDER BY began_at DESC, condition DESC, subject DESC LIMIT $2 OFFSET $3
        """
    static let changesJudged = """
        SELECT \(JudgedChange.columns) FROM packit_slo.changes
        WHERE judged_at >= $1 AND judged_at < $2 ORDER BY judged_at LIMIT $3
        """
    static let runsCounted = """
        SELECT \(CountedRun.columns) FROM packit_slo.runs
        WHERE counted_at >= $1 AND counted_at < $2 ORDER BY counted_at LIMIT $3
        """
    static let timeNotes = """
        SELECT \(TimeNote.columns) FROM packit_slo.time_notes WHERE to_at >= $1 AND from_at <= $2
        ORDER BY to_at DESC, id DESC LIMIT $3
        """
    static let latestTimeNotes = """
        SELECT \(TimeNote.columns) FROM packit_slo.time_notes WHERE id <= $1 ORDER BY id DESC LIMIT $2
        """

    static let all =
        [
            stateOfTable, stateAtKeys, extent, entries, nextSequence, deliveries, deliveryAtKey, bodies, held,
            changesOfPullRequest, runsOfPullRequest, changesAtKeys, runsAtKeys, runsBefore, runsOfRepositoryBefore,
            runsEnded, runsSince,
            changesSince, judgements, judgementsSince, doubtsBetween, hours,
            runsOfBackend, runsOfCommit, changesOfCommit, identities, entryFrom, firstSequence, entryOfIdentity,
            sampledSeries, samplesFrom, openIncidents, incidentsEndedSince, incidentsBefore,
            timeNotes, latestTimeNotes, changesJudged, runsCounted,
        ] + JudgementSearch.all.flatMap { [$0.postgresEnd, $0.postgresRows] }
}
