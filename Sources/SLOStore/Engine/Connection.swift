import GRDB

/// How connections are set up, for writing and for reading.
enum Connection {
    /// How long a connection waits for another one's lock.
    static let patienceSeconds = 5.0
    /// Twice SQLite's own: bodies of 2 KB would leave half of a small page empty, and each page costs two calls of the
    /// system on its way to the log; but a commit changes little on most of its pages, and writes the whole of them.
    /// Only heeded while the database is empty.
    static let pageBytes = 8192
    /// Pages of the log after which it is written back, by the commit that filled it: 16 MiB, so that this happens
    /// seldom but no commit waits long for it.
    static let checkpointPages = 2048

    static var writing: Configuration {
        var configuration = Configuration()
        configuration.label = "packit-slo.writer"
        configuration.busyMode = .timeout(patienceSeconds)
        // A rollback that fails must surface as an error, not end the process.
        configuration.allowsUnsafeTransactions = true
        return configuration
    }

    static var reading: Configuration {
        var configuration = Configuration()
        configuration.label = "packit-slo.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(patienceSeconds)
        return configuration
    }

    /// Refuses what this program did not make, or a newer version of it, before anything is written.
    static func refuseStrangers(_ db: Database, path: String) throws {
        let applicationID = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        if isEmpty { return }
        guard applicationID == Schema.applicationID else { throw refusal(.foreign, path: path) }
        if try Schema.migrator.hasBeenSuperseded(db) { throw refusal(.newerVersion, path: path) }
    }

    /// Settings that decide what a commit is worth. They are set after opening, on the open connection: a setting
    /// made while GRDB opens is overridden by its own, weaker one.
    static func setUpWriting(_ db: Database) throws {
        // Only heeded while the database is empty, and before it gets its log.
        try db.execute(sql: "PRAGMA page_size = \(pageBytes)")
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreError(
                code: .cannotOpen,
                message: "the database's file system cannot hold a write-ahead log: use a local disk")
        }
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA cache_size = -65536")
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
        // Debian's SQLite overwrites with zeros what is deleted, and each cell that is moved.
        try db.execute(sql: "PRAGMA secure_delete = OFF")
    }

    static func byteCount(_ db: Database) throws -> Int64 {
        let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let pageBytes = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
        return pages * pageBytes
    }

    static func refusal(_ code: StoreError.Code, path: String) -> StoreError {
        StoreError(code: code, message: code.sentence(path: path))
    }
}
