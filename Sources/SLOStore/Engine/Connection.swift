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
        // The list of migrations is there before the first of them has made anything: a start may end in between.
        let isEmpty =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") == 0
        if isEmpty { return }
        guard applicationID == Schema.applicationID else { throw refusal(.foreign, path: path) }
        if try Schema.migrator.hasBeenSuperseded(db) { throw refusal(.newerVersion, path: path) }
    }

    /// Refuses a file that ends before the last of its pages does, which SQLite takes for a page of zeros, or for an
    /// empty database where hardly anything is left.
    ///
    /// While there is a log, what the file lacks may be in there, and SQLite looks at that itself.
    /// - Parameter lock: on the file, which is read through it.
    static func refuseCutOff(_ path: String, lock: DatabaseLock) throws {
        guard try File.size(File.resolved(path) + "-wal") ?? 0 == 0, let size = try File.size(path), size > 0 else {
            return
        }
        let header = try lock.beginning(bytes: headerBytes)
        // Something else than a database is told apart by SQLite.
        guard header.prefix(15).elementsEqual("SQLite format 3".utf8.prefix(header.count)) else { return }
        guard header.count == headerBytes else { throw refusal(.damaged, path: path) }
        func number(_ bytes: Range<Int>) -> Int64 { header[bytes].reduce(0) { $0 << 8 | Int64($1) } }
        // A page of 64 KiB is written as 1.
        let pageBytes = number(16..<18) == 1 ? 65536 : number(16..<18)
        if size < number(28..<32) * pageBytes { throw refusal(.damaged, path: path) }
    }

    /// What SQLite's file format puts before everything else.
    static let headerBytes = 100

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
        try db.execute(sql: "PRAGMA cache_size = -49152")
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
