import GRDB

/// Configures connections, for writing and for reading.
enum Connection {
    /// How long a connection waits for another one's lock.
    static let lockTimeoutSeconds = 5.0
    /// Twice SQLite's default. Bodies of 2 KB would leave half of a smaller page empty, and each page costs two system
    /// calls on its way to the log; a larger page is written whole for a small change. Takes effect only while the
    /// database is empty.
    static let pageBytes = 8192
    /// Pages of the log at which a commit starts a checkpoint: 8 MiB. A commit waits for the checkpoint that it starts,
    /// and so do the deliveries behind it: twice as many pages make them wait twice as long, and half as many write the
    /// pages that change most twice as often.
    static let checkpointPages = 1024

    static var writing: Configuration {
        var configuration = Configuration()
        configuration.label = "packit-slo.writer"
        configuration.busyMode = .timeout(lockTimeoutSeconds)
        // A failed rollback must surface as an error. GRDB would end the process.
        configuration.allowsUnsafeTransactions = true
        return configuration
    }

    static var reading: Configuration {
        var configuration = Configuration()
        configuration.label = "packit-slo.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(lockTimeoutSeconds)
        return configuration
    }

    /// Refuses another program's database and a newer version's, before anything is written.
    static func refuseForeign(_ db: Database, path: String) throws {
        let applicationID = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        // The list of migrations exists before the first migration has run: a start may be interrupted in between.
        let isEmpty =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") == 0
        if isEmpty { return }
        guard applicationID == Schema.applicationID else { throw refusal(.foreign, path: path) }
        if try Schema.migrator.hasBeenSuperseded(db) { throw refusal(.newerVersion, path: path) }
    }

    /// Refuses a truncated file, which SQLite would read as a page of zeros, or as an empty database if hardly anything
    /// is left.
    ///
    /// While a log exists it may contain what the file lacks, and SQLite checks that itself.
    /// - Parameter lock: the lock on the file, which is read through it.
    static func refuseTruncated(_ path: String, lock: DatabaseLock) throws {
        guard try File.size(File.resolved(path) + "-wal") ?? 0 == 0, let size = try File.size(path), size > 0 else {
            return
        }
        let header = try lock.beginning(bytes: headerBytes)
        // SQLite itself reports a file that is no database.
        guard header.prefix(15).elementsEqual("SQLite format 3".utf8.prefix(header.count)) else { return }
        guard header.count == headerBytes else { throw refusal(.damaged, path: path) }
        func number(_ bytes: Range<Int>) -> Int64 { header[bytes].reduce(0) { $0 << 8 | Int64($1) } }
        // The header stores a page size of 64 KiB as 1.
        let pageBytes = number(16..<18) == 1 ? 65536 : number(16..<18)
        if size < number(28..<32) * pageBytes { throw refusal(.damaged, path: path) }
    }

    /// The length of SQLite's file header.
    static let headerBytes = 100

    /// Sets what makes a commit durable. GRDB applies weaker settings of its own while it opens a connection, so these
    /// are set afterwards.
    static func setUpWriting(_ db: Database, syncs: Bool = true) throws {
        // Takes effect only while the database is empty, and before it has a log.
        try db.execute(sql: "PRAGMA page_size = \(pageBytes)")
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreError(
                code: .cannotOpen,
                message: "the database's file system does not support a write-ahead log: use a local disk")
        }
        try db.execute(sql: "PRAGMA synchronous = \(syncs ? "FULL" : "OFF")")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA cache_size = -49152")
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
        // Debian's SQLite overwrites deleted and moved cells with zeros by default, which costs writes.
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
