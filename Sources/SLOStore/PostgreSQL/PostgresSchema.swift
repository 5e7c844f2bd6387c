import SLOCore

/// The tables of a cluster, in a schema of their own.
///
/// Times are milliseconds since 1970 UTC on the clock that the column's name tells; only leases, and when a node was
/// seen, use the database's clock. What both databases have is named as in `Schema`.
enum PostgresSchema {
    /// Raised by each version that changes the tables.
    static let version: Int64 = 1
    /// The least program that may decide: an older one would read the state wrong.
    static let leastProgram: Int64 = 1
    /// What this program is to `least_program`.
    static let program: Int64 = 1

    /// Refuses a server on which an acknowledgement would be no promise, and a database of somebody else.
    /// - Throws: `StoreError`.
    static func check(_ connection: PostgresConnection, place: String) throws {
        let settings = try connection.run([
            PostgresStatement(
                """
                SELECT pg_is_in_recovery(), current_setting('server_encoding'), current_setting('synchronous_commit'),
                    current_setting('fsync'), current_setting('server_version_num')::bigint,
                    to_regclass('packit_slo.cluster') IS NOT NULL
                """)
        ])[0].first
        guard let settings, let isReplica = settings.bool(0), let version = settings.integer(4) else {
            throw StoreError(code: .unexpected, message: StoreError.Code.unexpected.sentence(database: place))
        }
        func refuse(_ what: String) throws -> Never {
            throw StoreError(code: .cannotOpen, message: "the database \(place) cannot be used: \(what)")
        }
        if version < 140_000 { try refuse("its server is older than PostgreSQL 14") }
        if isReplica { throw StoreError(code: .readOnly, message: StoreError.Code.readOnly.sentence(database: place)) }
        if settings.text(1) != "UTF8" { try refuse("its encoding is \(settings.text(1) ?? "unknown"), not UTF8") }
        if settings.text(2) == "off" {
            try refuse("synchronous_commit is off, so what it confirms may be lost: set it to on")
        }
        if settings.text(3) == "off" { try refuse("fsync is off, so what it confirms may be lost: set it to on") }
        guard settings.bool(5) == true else {
            throw StoreError(
                code: .notADatabase,
                message: "the database \(place) has no tables of packit-slo yet: they are made when a node starts")
        }
        try checkVersion(connection, place: place)
    }

    private static func checkVersion(_ connection: PostgresConnection, place: String) throws {
        let row = try connection.run([
            PostgresStatement("SELECT application, schema_version, least_program FROM packit_slo.cluster")
        ])[0].first
        func refusal(_ code: StoreError.Code) -> StoreError {
            StoreError(code: code, message: code.sentence(database: place))
        }
        guard let row, row.integer(0) == Schema.applicationID, let stored = row.integer(1) else {
            throw refusal(.foreign)
        }
        if stored < version { throw refusal(.olderVersion) }
        // A newer schema lets the program read and append as long as it adds only.
        guard let least = row.integer(2), least <= program else { throw refusal(.newerVersion) }
    }

    /// Makes the tables, unless another node has.
    /// - Throws: `StoreError`.
    static func make(on connection: PostgresConnection, at now: Timestamp, place: String) throws {
        let statements = (tables + [insertRows]).map { PostgresStatement($0) }
        do {
            try connection.transact(statements + partitions(around: now))
        } catch let failure as StoreError {
            // Of two nodes that start together one makes them.
            do { try check(connection, place: place) } catch { throw failure }
        }
    }

    /// The days of the inbox from the one before a moment to the third after it. What is received on any other is put
    /// into the partition of all others.
    static func partitions(around moment: Timestamp) -> [PostgresStatement] {
        let today = day(of: moment)
        return (today - 1...today + 3).map { day in
            PostgresStatement(
                """
                CREATE TABLE IF NOT EXISTS \(partition(of: day)) PARTITION OF packit_slo.inbox
                    FOR VALUES FROM (\(day)) TO (\(day + 1)) WITH (toast_tuple_target = 8160)
                """)
        }
    }

    static func partition(of day: Int64) -> String { "packit_slo.inbox_\(day)" }

    /// Whole days since 1970 UTC.
    static func day(of moment: Timestamp) -> Int64 { moment.hoursSinceEpoch / 24 }

    /// Compared byte by byte: another collation changes with the operating system, and an index on it breaks.
    private static let text = #"text COLLATE "C""#

    private static let insertRows = """
        WITH one AS (
            INSERT INTO packit_slo.cluster (id, application, schema_version, least_program)
            VALUES (1, \(Schema.applicationID), \(version), \(leastProgram))
        )
        INSERT INTO packit_slo.shard (shard) VALUES (0)
        """

    private static let tables =
        [
            "CREATE SCHEMA IF NOT EXISTS packit_slo",
            """
            CREATE TABLE packit_slo.cluster (
                id smallint PRIMARY KEY CHECK (id = 1),
                application bigint NOT NULL,
                schema_version bigint NOT NULL,
                least_program bigint NOT NULL
            )
            """,
            // One row that each commit updates in place: it has no index but its key.
            """
            CREATE TABLE packit_slo.shard (
                shard bigint PRIMARY KEY,
                epoch bigint NOT NULL DEFAULT 0,
                holder \(text),
                backend_pid int,
                backend_start timestamptz,
                lease_until timestamptz NOT NULL DEFAULT '-infinity',
                is_open boolean NOT NULL DEFAULT true,
                next_sequence bigint NOT NULL DEFAULT 1,
                next_entity bigint NOT NULL DEFAULT 1,
                heartbeat_at bigint,
                stopped_at bigint,
                stopped_socket bigint,
                forgotten_through bigint NOT NULL DEFAULT 0
            ) WITH (fillfactor = 50)
            """,
            // A process's life as a receiver.
            """
            CREATE TABLE packit_slo.receiver (
                stream bigint PRIMARY KEY,
                node \(text) NOT NULL,
                started_at bigint NOT NULL,
                through bigint NOT NULL,
                appended bigint NOT NULL DEFAULT 0,
                seen_at timestamptz NOT NULL,
                sent_at bigint NOT NULL,
                ended_at bigint
            ) WITH (fillfactor = 50)
            """,
            // Appended, read, and dropped by the day. The day is part of the key because it is what partitions it.
            """
            CREATE TABLE packit_slo.inbox (
                day bigint NOT NULL,
                stream bigint NOT NULL,
                pos bigint NOT NULL,
                received_at bigint NOT NULL,
                source \(text) NOT NULL,
                event \(text),
                identity uuid NOT NULL,
                untargeted_identity uuid,
                fingerprint bigint NOT NULL,
                result \(text),
                body_size bigint,
                observation bytea NOT NULL,
                codec bigint,
                original_size bigint,
                headers \(text),
                body bytea,
                PRIMARY KEY (stream, pos, day)
            ) PARTITION BY RANGE (day)
            """,
            // Bodies are compressed already, and short enough to be stored in line.
            "ALTER TABLE packit_slo.inbox ALTER COLUMN body SET STORAGE EXTERNAL",
            "CREATE TABLE packit_slo.inbox_other PARTITION OF packit_slo.inbox DEFAULT",
            "CREATE INDEX inbox_other_by_day ON packit_slo.inbox_other (day)",
            """
            CREATE TABLE packit_slo.consumed (
                shard bigint NOT NULL, stream bigint NOT NULL, pos bigint NOT NULL, PRIMARY KEY (shard, stream)
            ) WITH (fillfactor = 50)
            """,
            // In the order of deciding. The body of what came through the inbox stays there.
            """
            CREATE TABLE packit_slo.journal (
                sequence bigint PRIMARY KEY,
                received_at bigint NOT NULL,
                kind \(text) NOT NULL,
                source \(text),
                event \(text),
                identity uuid,
                result \(text),
                body_size bigint,
                observation bytea,
                stream bigint,
                pos bigint
            )
            """,
            """
            CREATE TABLE packit_slo.bodies (
                sequence bigint PRIMARY KEY,
                received_at bigint NOT NULL,
                codec bigint NOT NULL,
                original_size bigint NOT NULL,
                headers \(text) NOT NULL,
                bytes bytea NOT NULL
            )
            """,
            "ALTER TABLE packit_slo.bodies ALTER COLUMN bytes SET STORAGE EXTERNAL",
            """
            CREATE TABLE packit_slo.identities (
                identity uuid PRIMARY KEY, fingerprint bigint NOT NULL, seen_at bigint NOT NULL
            )
            """,
            """
            CREATE TABLE packit_slo.state (
                part bigint NOT NULL, repository bigint NOT NULL, key bytea NOT NULL, value bytea NOT NULL,
                PRIMARY KEY (part, repository, key)
            ) WITH (fillfactor = 80)
            """,
            "ALTER TABLE packit_slo.state ALTER COLUMN value SET STORAGE EXTERNAL",
            """
            CREATE TABLE packit_slo.totals (
                shard bigint NOT NULL, series \(text) NOT NULL, part bigint NOT NULL, value bigint NOT NULL, bounds \(text),
                PRIMARY KEY (shard, series, part)
            ) WITH (fillfactor = 50)
            """,
            "CREATE TABLE packit_slo.gauges (series \(text) PRIMARY KEY, value bigint NOT NULL) WITH (fillfactor = 50)",
            """
            CREATE TABLE packit_slo.objective_hours (
                shard bigint NOT NULL,
                objective \(text) NOT NULL,
                deployment \(text) NOT NULL,
                hour bigint NOT NULL,
                deadline_seconds bigint NOT NULL,
                target double precision NOT NULL,
                good bigint NOT NULL,
                bad bigint NOT NULL,
                PRIMARY KEY (shard, objective, deployment, hour, deadline_seconds, target)
            ) WITH (fillfactor = 50)
            """,
            "CREATE INDEX objective_hours_by_time ON packit_slo.objective_hours (hour)",
            """
            CREATE TABLE packit_slo.blind_intervals (
                started_at bigint NOT NULL, cause \(text) NOT NULL, ended_at bigint, caught_up_at bigint, missing bytea,
                PRIMARY KEY (started_at, cause)
            )
            """,
            "CREATE TABLE packit_slo.reconciliations (source \(text) PRIMARY KEY, memory bytea NOT NULL)",
            """
            CREATE TABLE packit_slo.backfills (
                objective \(text) PRIMARY KEY, through bigint NOT NULL, begins_at bigint, completed_at bigint
            )
            """,
        ] + conditions + history

    private static let conditions = [
        "CREATE TABLE packit_slo.sampled_series (number bigint PRIMARY KEY, series \(text) NOT NULL)",
        "CREATE TABLE packit_slo.samples (sampled_at bigint PRIMARY KEY, bytes bytea NOT NULL)",
        """
        CREATE TABLE packit_slo.incidents (
            began_at bigint NOT NULL,
            condition \(text) NOT NULL,
            subject \(text) NOT NULL,
            severity \(text) NOT NULL,
            party \(text) NOT NULL,
            summary \(text) NOT NULL,
            since bigint NOT NULL,
            fired_at bigint,
            ended_at bigint,
            PRIMARY KEY (began_at, condition, subject)
        )
        """,
        "CREATE INDEX incidents_by_end ON packit_slo.incidents (ended_at)",
        """
        CREATE TABLE packit_slo.time_notes (
            id bigint PRIMARY KEY,
            kind \(text) NOT NULL,
            from_at bigint NOT NULL,
            to_at bigint NOT NULL,
            words \(text) NOT NULL
        )
        """,
        "CREATE INDEX time_notes_by_end ON packit_slo.time_notes (to_at, id)",
    ]

    /// What each node tells of itself, in one row that it replaces.
    static let nodes = """
        CREATE TABLE IF NOT EXISTS packit_slo.node (
            node \(text) PRIMARY KEY,
            version \(text) NOT NULL,
            epoch bigint,
            deciding_since bigint,
            spooled bigint NOT NULL,
            settings_digest \(text) NOT NULL,
            setting_names text[] NOT NULL,
            setting_values text[] NOT NULL,
            setting_secrets boolean[] NOT NULL,
            reported_at timestamptz NOT NULL
        ) WITH (fillfactor = 50)
        """

    private static let history = [
        """
        CREATE TABLE packit_slo.changes (
            change bigint NOT NULL,
            deployment \(text) NOT NULL,
            repository bigint NOT NULL,
            repository_name \(text) NOT NULL,
            number bigint NOT NULL,
            action \(text) NOT NULL,
            head_sha \(text) NOT NULL,
            base_ref \(text) NOT NULL,
            started_at bigint NOT NULL,
            received_at bigint NOT NULL,
            answered_at bigint,
            verdict \(text) NOT NULL,
            exclusion \(text),
            eligibility \(text) NOT NULL,
            judged_at bigint NOT NULL,
            is_counted boolean NOT NULL,
            PRIMARY KEY (change, deployment)
        )
        """,
        "CREATE INDEX changes_by_time ON packit_slo.changes (judged_at)",
        "CREATE INDEX changes_by_repository ON packit_slo.changes (lower(repository_name), number, started_at)",
        "CREATE INDEX changes_by_sha ON packit_slo.changes (head_sha, change)",
        """
        CREATE TABLE packit_slo.runs (
            run bigint PRIMARY KEY,
            kind \(text) NOT NULL,
            deployment \(text) NOT NULL,
            repository bigint,
            repository_name \(text),
            sha \(text),
            pull_request bigint,
            name \(text) NOT NULL,
            chroot \(text),
            backend_id \(text),
            queued_at bigint,
            started_at bigint,
            finished_at bigint NOT NULL,
            outcome \(text) NOT NULL,
            reason \(text) NOT NULL,
            revised_outcome \(text),
            counted_at bigint NOT NULL,
            is_counted boolean NOT NULL,
            proof \(text),
            backend_ended_at bigint
        )
        """,
        "CREATE INDEX runs_by_time ON packit_slo.runs (counted_at, run)",
        "CREATE INDEX runs_by_repository ON packit_slo.runs (lower(repository_name), pull_request, finished_at)",
        "CREATE INDEX runs_by_repository_and_time ON packit_slo.runs (lower(repository_name), counted_at, run)",
        "CREATE INDEX runs_by_backend ON packit_slo.runs (backend_id, run) WHERE backend_id IS NOT NULL",
        "CREATE INDEX runs_by_sha ON packit_slo.runs (sha, run) WHERE sha IS NOT NULL",
        """
        CREATE TABLE packit_slo.judgements (
            objective \(text) NOT NULL,
            entity bigint NOT NULL,
            deployment \(text) NOT NULL,
            repository_name \(text),
            verdict \(text) NOT NULL,
            judged_at bigint NOT NULL,
            branch \(text),
            chroot \(text),
            check_name \(text),
            cause \(text),
            PRIMARY KEY (objective, entity, deployment)
        )
        """,
        "CREATE INDEX judgements_by_time ON packit_slo.judgements (judged_at, objective, entity, deployment)",
        """
        CREATE INDEX judgements_by_repository ON packit_slo.judgements
            (lower(repository_name), judged_at, objective, entity, deployment)
        """,
        """
        CREATE INDEX judgements_missed ON packit_slo.judgements (judged_at, objective, entity, deployment)
            WHERE verdict <> 'good'
        """,
        """
        CREATE INDEX judgements_in_doubt ON packit_slo.judgements (judged_at, objective, deployment, verdict)
            WHERE verdict IN ('doubtful', 'unknown')
        """,
    ]
}
