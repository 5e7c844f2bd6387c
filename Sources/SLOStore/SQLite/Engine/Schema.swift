import FoundationEssentials
import GRDB
import SLOCore

/// The meaning of a row of `totals`. Stored: numbers are never reused. Parts from 0 on are a histogram's buckets.
enum TotalsPart {
    static let counter: Int64 = -2
    /// A histogram's sum, stored beside its bounds.
    static let sum: Int64 = -1
}

/// The tables, as a list of migrations to which new ones are only added.
///
/// Times are milliseconds since 1970 UTC, on the clock that the column's name tells. Nothing relies on rowids: the
/// caller provides every key, so that the same tables could be part of a shared database.
enum Schema {
    /// "PSLO", which distinguishes this program's databases from others.
    static let applicationID: Int64 = 0x50_53_4C_4F

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 journal, state and numbers") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: owner + journal + state + numbers)
        }
        migrator.registerMigration("2 history") { db in
            try db.execute(sql: history)
        }
        migrator.registerMigration("3 judgements") { db in
            try db.execute(sql: judgements)
        }
        migrator.registerMigration("4 missing deliveries") { db in
            try db.execute(sql: "ALTER TABLE blind_intervals ADD COLUMN missing BLOB")
        }
        migrator.registerMigration("5 fewer pages to write") { db in
            try db.execute(sql: fewerPages)
        }
        migrator.registerMigration("6 lookups of pages") { db in
            try db.execute(sql: lookups)
        }
        migrator.registerMigration("7 reconciliations") { db in
            try db.execute(
                sql: """
                    CREATE TABLE reconciliations (source TEXT PRIMARY KEY, memory BLOB NOT NULL) STRICT, WITHOUT ROWID
                    """)
        }
        migrator.registerMigration("8 keys in order") { db in
            try putKeysInOrder(db)
        }
        migrator.registerMigration("9 proofs of joins") { db in
            try db.execute(sql: "ALTER TABLE runs ADD COLUMN proof TEXT")
        }
        migrator.registerMigration("10 plain result names") { db in
            try db.execute(sql: plainResultNames)
        }
        migrator.registerMigration("11 subjects of judgements") { db in
            // Judgements of older versions have none of them.
            for column in ["branch", "chroot", "check_name"] {
                try db.execute(sql: "ALTER TABLE judgements ADD COLUMN \(column) TEXT")
            }
        }
        migrator.registerMigration("12 backfills") { db in
            try db.execute(sql: backfills)
        }
        migrator.registerMigration("13 sockets that stay open") { db in
            try db.execute(sql: "ALTER TABLE owner ADD COLUMN stopped_socket INTEGER")
        }
        migrator.registerMigration("14 gauges that outlast a process") { db in
            try db.execute(sql: gauges)
        }
        migrator.registerMigration("15 conditions") { db in
            try db.execute(sql: conditions)
        }
        migrator.registerMigration("16 searches of events") { db in
            try db.execute(sql: eventSearches)
        }
        migrator.registerMigration("17 notes on times") { db in
            try db.execute(sql: timeNotes)
        }
        migrator.registerMigration("18 ends at backends") { db in
            try db.execute(sql: "ALTER TABLE runs ADD COLUMN backend_ended_at INTEGER")
        }
        return migrator
    }

    /// The last migration that a database has, if this version adds further ones.
    /// - Returns: `nil` for a new database, and for one that is up to date.
    static func stepBeforeMigration(_ db: Database) throws -> String? {
        guard let last = try migrator.completedMigrations(db).last, try !migrator.hasCompletedMigrations(db) else {
            return nil
        }
        return String(last.prefix(while: \.isNumber))
    }

    /// One row: the owner of the database, and the progress that every commit updates.
    private static let owner = """
        CREATE TABLE owner (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            epoch INTEGER NOT NULL,
            next_sequence INTEGER NOT NULL,
            next_entity INTEGER NOT NULL,
            body_bytes INTEGER NOT NULL,
            heartbeat_at INTEGER,
            stopped_at INTEGER
        ) STRICT;
        INSERT INTO owner (id, epoch, next_sequence, next_entity, body_bytes) VALUES (1, 0, 1, 1, 0);
        CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), filler BLOB NOT NULL) STRICT;

        """

    private static let journal = """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY,
            received_at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            source TEXT,
            event TEXT,
            identity BLOB,
            result TEXT,
            body_size INTEGER,
            observation BLOB
        ) STRICT;
        CREATE INDEX journal_by_time ON journal (received_at);

        CREATE TABLE bodies (
            sequence INTEGER PRIMARY KEY,
            received_at INTEGER NOT NULL,
            codec INTEGER NOT NULL,
            original_size INTEGER NOT NULL,
            headers TEXT NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;

        CREATE TABLE identities (
            identity BLOB PRIMARY KEY,
            fingerprint INTEGER NOT NULL,
            seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX identities_by_time ON identities (seen_at);

        """

    private static let state =
        stateTable + """
            CREATE TABLE blind_intervals (
                started_at INTEGER NOT NULL,
                cause TEXT NOT NULL,
                ended_at INTEGER,
                caught_up_at INTEGER,
                PRIMARY KEY (started_at, cause)
            ) STRICT, WITHOUT ROWID;

            """

    private static let stateTable = """
        CREATE TABLE state (
            part INTEGER NOT NULL,
            repository INTEGER NOT NULL,
            key BLOB NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (part, repository, key)
        ) STRICT, WITHOUT ROWID;

        """

    private static let numbers = """
        CREATE TABLE counters (
            shard INTEGER NOT NULL,
            series TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (shard, series)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE histograms (
            shard INTEGER NOT NULL,
            series TEXT NOT NULL,
            bounds TEXT NOT NULL,
            sum REAL NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (shard, series)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE histogram_buckets (
            shard INTEGER NOT NULL,
            series TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (shard, series, bucket)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE objective_hours (
            shard INTEGER NOT NULL,
            objective TEXT NOT NULL,
            deployment TEXT NOT NULL,
            hour INTEGER NOT NULL,
            deadline_seconds INTEGER NOT NULL,
            target REAL NOT NULL,
            good INTEGER NOT NULL,
            bad INTEGER NOT NULL,
            PRIMARY KEY (shard, objective, deployment, hour, deadline_seconds, target)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX objective_hours_by_time ON objective_hours (hour);

        """

    private static let history = """
        CREATE TABLE changes (
            change INTEGER NOT NULL,
            deployment TEXT NOT NULL,
            repository INTEGER NOT NULL,
            repository_name TEXT NOT NULL,
            number INTEGER NOT NULL,
            action TEXT NOT NULL,
            head_sha TEXT NOT NULL,
            base_ref TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            answered_at INTEGER,
            verdict TEXT NOT NULL,
            exclusion TEXT,
            eligibility TEXT NOT NULL,
            judged_at INTEGER NOT NULL,
            is_counted INTEGER NOT NULL,
            PRIMARY KEY (change, deployment)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX changes_by_time ON changes (judged_at);
        CREATE INDEX changes_by_verdict ON changes (verdict, judged_at);
        CREATE INDEX changes_by_repository ON changes (repository_name COLLATE NOCASE, number, started_at);

        CREATE TABLE runs (
            run INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            deployment TEXT NOT NULL,
            repository INTEGER,
            repository_name TEXT,
            sha TEXT,
            pull_request INTEGER,
            name TEXT NOT NULL,
            chroot TEXT,
            backend_id TEXT,
            queued_at INTEGER,
            started_at INTEGER,
            finished_at INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            reason TEXT NOT NULL,
            revised_outcome TEXT,
            counted_at INTEGER NOT NULL,
            is_counted INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX runs_by_time ON runs (counted_at);
        CREATE INDEX runs_by_outcome ON runs (kind, outcome, counted_at);
        CREATE INDEX runs_by_repository ON runs (repository_name COLLATE NOCASE, pull_request, finished_at);
        CREATE INDEX runs_by_backend ON runs (backend_id) WHERE backend_id IS NOT NULL;

        """

    /// Each event of an objective, so that compliance is exact for any window, repository and cause.
    private static let judgements = """
        CREATE TABLE judgements (
            objective TEXT NOT NULL,
            entity INTEGER NOT NULL,
            deployment TEXT NOT NULL,
            repository_name TEXT,
            verdict TEXT NOT NULL,
            judged_at INTEGER NOT NULL,
            PRIMARY KEY (objective, entity, deployment)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX judgements_by_time ON judgements (judged_at);

        """

    /// Every table and index that a commit touches costs it a page, however small the change.
    ///
    /// `TotalsPart` defines the parts of `totals`. The journal and identities are stored in the journal's order.
    private static let fewerPages = """
        CREATE TABLE totals (
            shard INTEGER NOT NULL,
            series TEXT NOT NULL,
            part INTEGER NOT NULL,
            value INTEGER NOT NULL,
            bounds TEXT,
            PRIMARY KEY (shard, series, part)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO totals SELECT shard, series, \(TotalsPart.counter), value, NULL FROM counters;
        INSERT INTO totals SELECT shard, series, \(TotalsPart.sum), CAST(sum AS INTEGER), bounds FROM histograms;
        INSERT INTO totals SELECT shard, series, bucket, count, NULL FROM histogram_buckets;
        DROP TABLE counters;
        DROP TABLE histograms;
        DROP TABLE histogram_buckets;

        DROP INDEX journal_by_time;

        ALTER TABLE owner ADD COLUMN forgotten_through INTEGER NOT NULL DEFAULT 0;
        DELETE FROM identities WHERE seen_at < (SELECT coalesce(min(received_at), \(Int64.max)) FROM journal);
        DROP INDEX identities_by_time;
        """
    /// Replaces two unused indexes by those that pages and API need: the runs of a repository by time, and the few
    /// judgements in doubt because of blind intervals.
    private static let lookups = """
        DROP INDEX runs_by_outcome;
        DROP INDEX changes_by_verdict;
        CREATE INDEX runs_by_repository_and_time ON runs (repository_name COLLATE NOCASE, counted_at, run);
        CREATE INDEX judgements_in_doubt ON judgements (judged_at, objective, deployment, verdict)
            WHERE verdict IN ('doubtful', 'unknown');
        """

    /// The results of deliveries and lookups, in the journal and in the counters' keys.
    private static let plainResultNames = """
        UPDATE journal SET result = 'processing_failed' WHERE result = 'undecided';
        UPDATE totals SET series = replace(series, 'result="undecided"', 'result="processing_failed"')
            WHERE series LIKE 'packit_slo_deliveries_total{%result="undecided"%';
        UPDATE totals SET series = replace(series, 'result="lying"', 'result="invalid_response"')
            WHERE series LIKE 'packit_slo_upstream_requests_total{%result="lying"%';
        """

    /// The objectives that were added or changed, until what was due before is judged, too; and what spent the budget
    /// by a judgement that was made so: live ones are found in the history by the number of their change or run.
    private static let backfills = """
        CREATE TABLE backfills (
            objective TEXT PRIMARY KEY,
            through INTEGER NOT NULL,
            begins_at INTEGER,
            completed_at INTEGER
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE judgements ADD COLUMN cause TEXT;
        """

    /// Values by series. When a source was last heard of is in the journal of an older version.
    private static let gauges = """
        CREATE TABLE gauges (series TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO gauges (series, value)
            SELECT 'packit_slo_last_delivery_timestamp_seconds{source="' || source || '"}', max(received_at)
            FROM journal WHERE kind = 'delivery' AND source IS NOT NULL GROUP BY source;
        """

    /// Samples of the series that conditions need, and the times in which conditions held.
    private static let conditions = """
        CREATE TABLE sampled_series (number INTEGER PRIMARY KEY, series TEXT NOT NULL) STRICT;
        CREATE TABLE samples (sampled_at INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE incidents (
            began_at INTEGER NOT NULL,
            condition TEXT NOT NULL,
            subject TEXT NOT NULL,
            severity TEXT NOT NULL,
            party TEXT NOT NULL,
            summary TEXT NOT NULL,
            since INTEGER NOT NULL,
            fired_at INTEGER,
            ended_at INTEGER,
            PRIMARY KEY (began_at, condition, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incidents_by_end ON incidents (ended_at);
        """

    /// What lists of events and the search read, each a part of an index however much history there is: the events of a
    /// repository by time, the few that are not good by time, and changes and runs by the beginning of their commit.
    /// `judgements_missed` has the verdict, too, so that its entries are counted without reading their rows.
    private static let eventSearches = """
        CREATE INDEX judgements_by_repository ON judgements (repository_name COLLATE NOCASE, judged_at);
        CREATE INDEX judgements_missed ON judgements (judged_at, objective, entity, deployment, verdict)
            WHERE verdict <> 'good';
        CREATE INDEX changes_by_sha ON changes (head_sha);
        CREATE INDEX runs_by_sha ON runs (sha) WHERE sha IS NOT NULL;
        """

    private static let timeNotes = """
        CREATE TABLE time_notes (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            from_at INTEGER NOT NULL,
            to_at INTEGER NOT NULL,
            words TEXT NOT NULL
        ) STRICT;
        CREATE INDEX time_notes_by_end ON time_notes (to_at);
        """

    private static func putKeysInOrder(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE state RENAME TO unordered_state;" + stateTable)
        let insert = try db.makeStatement(sql: "INSERT INTO state VALUES (?, ?, ?, ?)")
        let rows = try Row.fetchCursor(db, sql: "SELECT part, repository, key, value FROM unordered_state")
        while let row = try rows.next() {
            // A number that no table has is rejected with the unknown keys.
            let table = UInt8(exactly: row[0] as Int64) ?? .max
            let key = try StateKey(table: table, repository: row[1], key: try row.bytes(2) ?? []).inOrder()
            try insert.execute(arguments: [Int64(table), key.repository, Data(key.key), row[3] as Data])
        }
        try db.execute(sql: "DROP TABLE unordered_state")
    }
}
