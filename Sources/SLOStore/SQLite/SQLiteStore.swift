// The database of one server, which outlives the process.
//
// Fault model: a crash at any point loses nothing for which `commit` has returned, and applies no batch in part. An
// error before COMMIT leaves the database unchanged. After an error of COMMIT the batch may be stored or not; `load`
// shows which. All calls block. The writer's thread makes nearly all of them; a call from another thread waits for the
// running commit.

import GRDB
public import SLOCore

/// A database that this process owns and writes.
public final class SQLiteStore: LedgerStore {
    public let path: String
    let queue: DatabaseQueue
    let fault: StoreFault
    /// This process's number among all that have owned the database.
    let epoch: Int64
    private let lock: DatabaseLock

    /// Opens or creates the database, and makes this process its owner.
    ///
    /// - Parameters:
    ///   - startedAt: the process's start, for those who find the database locked.
    ///   - fault: for tests.
    /// - Throws: `StoreError`, among others with the codes `lockedByOther`, `newerVersion`, `foreign`, `damaged`.
    public static func open(
        path: String, startedAt: Timestamp, fault: @escaping StoreFault = { _ in }
    ) throws -> SQLiteStore {
        try WriteTarget.refuseNameBesideDatabase(path)
        let lock = try DatabaseLock(path, startedAt: startedAt)
        do {
            return try SQLiteStore(path: path, lock: lock, startedAt: startedAt, fault: fault)
        } catch {
            lock.release()
            throw StoreError(error, path: path)
        }
    }

    /// As `open`, for a database that must exist.
    public static func openExisting(path: String, startedAt: Timestamp) throws -> SQLiteStore {
        guard try File.size(path) != nil else {
            throw StoreError(code: .cannotOpen, message: "there is no database \(path): check the path")
        }
        return try open(path: path, startedAt: startedAt)
    }

    /// - Parameter syncs: whether a commit returns only once it is on disk.
    init(
        path: String, lock: DatabaseLock, startedAt: Timestamp, syncs: Bool = true,
        fault: @escaping StoreFault = { _ in }
    ) throws {
        self.path = path
        self.lock = lock
        self.fault = fault
        try Connection.refuseTruncated(path, lock: lock)
        queue = try DatabaseQueue(path: path, configuration: Connection.writing)
        try queue.writeWithoutTransaction { db in
            try Connection.refuseForeign(db, path: path)
            try Connection.setUpWriting(db, syncs: syncs)
        }
        if let step = try queue.read(Schema.stepBeforeMigration) {
            try Self.keepCopy(of: queue, path: path, schema: step, startedAt: startedAt)
        }
        try Schema.migrator.migrate(queue)
        epoch = try queue.write { db in
            try db.execute(sql: "UPDATE owner SET epoch = epoch + 1 WHERE id = 1")
            guard let epoch = try Int64.fetchOne(db, sql: "SELECT epoch FROM owner WHERE id = 1") else {
                throw StoreError(code: .damaged, message: StoreError.Code.damaged.sentence(path: path))
            }
            return epoch
        }
    }

    /// How the path of a copy before a migration begins; the schema follows.
    static func copyPath(of path: String) -> String { File.resolved(path) + ".schema-" }

    /// Copies the database to a file beside it before a migration, because an older version cannot open it afterwards.
    /// - Parameter schema: the number of its schema, which is part of the copy's name.
    private static func keepCopy(
        of queue: DatabaseQueue, path: String, schema: String, startedAt: Timestamp
    ) throws {
        let partial = try PartialCopy(of: copyPath(of: path) + schema, startedAt: startedAt)
        do {
            try DatabaseCopy.make(of: queue, at: partial.path, check: .quick) { _, _ in }
            try partial.move()
            partial.release()
        } catch {
            partial.remove()
            throw error
        }
    }

    /// Checkpoints the log, closes the database and releases its lock.
    ///
    /// The lock is released even if the checkpoint fails. Nothing is lost by that: the next opening repeats it.
    public func close() throws {
        defer { lock.release() }
        try translated {
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { db in
                _ = try db.checkpoint(.truncate)
            }
        }
    }

    public func load(eachEntry visit: (StateKey, [UInt8]) throws -> Void) throws -> LoadedState {
        var refusal: (any Error)?
        do {
            return try translated {
                try queue.read { db in
                    try LoadedState(from: db) { key, value in
                        do { try visit(key, value) } catch {
                            refusal = error
                            throw error
                        }
                    }
                }
            }
        } catch {
            throw refusal ?? error
        }
    }

    public func countsOfState() throws -> [UInt8: Int] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchAll(db, sql: "SELECT part, count(*) FROM state GROUP BY part")
                return Dictionary(uniqueKeysWithValues: rows.map { (UInt8(truncatingIfNeeded: $0[0] as Int64), $0[1]) })
            }
        }
    }

    /// The size of the database on disk, including its log.
    public var databaseBytes: Int64 {
        get throws {
            let database = try translated { try queue.read { try Connection.byteCount($0) } }
            return database + (try File.size(File.resolved(path) + "-wal") ?? 0)
        }
    }

    public var freeBytes: Int64? { File.freeBytes(besides: path) }

    public func known(_ identities: [DeliveryIdentity]) throws -> [DeliveryIdentity: KnownDelivery] {
        try translated {
            try queue.unsafeRead { db in
                // One read transaction for all: separate ones would lock and unlock the log for each.
                try RowStatement(db, "BEGIN DEFERRED").run { _ in }
                defer { try? db.rollback() }
                let select = try RowStatement(db, "SELECT fingerprint, seen_at FROM identities WHERE identity = ?")
                var known: [DeliveryIdentity: KnownDelivery] = [:]
                for identity in identities {
                    guard let (bits, seenAt) = try select.firstPair({ $0.bind(identity.bytes) }) else { continue }
                    known[identity] = KnownDelivery(
                        fingerprint: BodyFingerprint(bits: UInt64(bitPattern: bits)),
                        seenAt: Timestamp(milliseconds: seenAt))
                }
                return known
            }
        }
    }

    /// Tests whether the disk accepts writes: writes and syncs a small row, then removes it.
    ///
    /// Called after a failed commit, so that the service becomes ready again without a restart.
    public func probe() throws {
        try translated {
            try queue.writeWithoutTransaction { db in
                try fault(.probe)
                try db.execute(sql: "INSERT OR REPLACE INTO probe (id, filler) VALUES (1, zeroblob(65536))")
                try db.execute(sql: "DELETE FROM probe")
            }
        }
    }

    /// Runs `work` and converts whatever it throws to a `StoreError`.
    func translated<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch { throw StoreError(error, path: path) }
    }
}
