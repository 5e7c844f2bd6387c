// The database of one server: what stays when the process does not.
//
// Fault model: a crash at any point loses nothing that `commit` had returned for, and applies no batch by halves. An
// error before COMMIT leaves the database as it was. An error from COMMIT may have left either; `load` tells which.
// All calls block and come from one thread, the writer's; what comes from others waits for
// its turn behind a commit.

import GRDB
public import SLOCore

/// A database that this process owns and writes.
public final class Store: Sendable {
    public let path: String
    let queue: DatabaseQueue
    let fault: StoreFault
    /// This process' number among all that ever owned the database.
    let epoch: Int64
    private let lock: DatabaseLock

    /// Opens the database, or makes it, and takes it into this process' ownership.
    ///
    /// - Parameters:
    ///   - startedAt: the process' start, for those who find the database held.
    ///   - fault: for tests.
    /// - Throws: `StoreError`, among others with the codes `lockedByOther`, `newerVersion`, `foreign`, `damaged`.
    public static func open(
        path: String, startedAt: Timestamp, fault: @escaping StoreFault = { _ in }
    ) throws -> Store {
        try WriteTarget.refuseNameBesideDatabase(path)
        let lock = try DatabaseLock(path, startedAt: startedAt)
        do {
            return try Store(path: path, lock: lock, startedAt: startedAt, fault: fault)
        } catch {
            lock.release()
            throw StoreError(error, path: path)
        }
    }

    private init(path: String, lock: DatabaseLock, startedAt: Timestamp, fault: @escaping StoreFault) throws {
        self.path = path
        self.lock = lock
        self.fault = fault
        try Connection.refuseCutOff(path, lock: lock)
        queue = try DatabaseQueue(path: path, configuration: Connection.writing)
        try queue.writeWithoutTransaction { db in
            try Connection.refuseStrangers(db, path: path)
            try Connection.setUpWriting(db)
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

    /// Keeps the database as it is beside it, before the schema changes: an older version cannot open it afterwards.
    /// - Parameter schema: the number of its schema, which names the copy.
    private static func keepCopy(
        of queue: DatabaseQueue, path: String, schema: String, startedAt: Timestamp
    ) throws {
        let partial = try PartialCopy(of: "\(File.resolved(path)).schema-\(schema)", startedAt: startedAt)
        do {
            try DatabaseCopy.make(of: queue, at: partial.path, check: .quick) { _, _ in }
            try partial.move()
            partial.release()
        } catch {
            partial.remove()
            throw error
        }
    }

    /// Writes the log back into the database, closes it and gives it up.
    ///
    /// The database is given up even when the writing back fails; nothing is lost by that, the next opening does it.
    public func close() throws {
        defer { lock.release() }
        try translated {
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { db in
                _ = try db.checkpoint(.truncate)
            }
        }
    }

    /// Everything a process needs to go on. Also to be read again after an ambiguous commit.
    public func load() throws -> LoadedState {
        try translated { try queue.read { try LoadedState(from: $0) } }
    }

    /// The same, with the ledger's entries handed over one by one in the order of their keys instead of kept.
    /// - Parameter visit: what it throws ends the reading and is thrown.
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

    /// How many entries each of the ledger's tables has.
    public func countsOfState() throws -> [UInt8: Int] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchAll(db, sql: "SELECT part, count(*) FROM state GROUP BY part")
                return Dictionary(uniqueKeysWithValues: rows.map { (UInt8(truncatingIfNeeded: $0[0] as Int64), $0[1]) })
            }
        }
    }

    /// How large the database is on disk, with its log.
    public var databaseBytes: Int64 {
        get throws {
            let database = try translated { try queue.read { try Connection.byteCount($0) } }
            return database + (try File.size(File.resolved(path) + "-wal") ?? 0)
        }
    }

    /// Which of these deliveries came before, in this process' life or an earlier one's.
    public func known(_ identities: [DeliveryIdentity]) throws -> [DeliveryIdentity: KnownDelivery] {
        try translated {
            try queue.unsafeRead { db in
                // One read transaction for all of them: each of its own would lock and unlock the log again.
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

    public func known(_ identity: DeliveryIdentity) throws -> KnownDelivery? {
        try known([identity])[identity]
    }

    /// Whether the disk takes writes: claims room for a small row, syncs, gives it back.
    ///
    /// What readiness asks after a failed commit, so that service comes back without a restart.
    public func probe() throws {
        try translated {
            try queue.writeWithoutTransaction { db in
                try fault(.probe)
                try db.execute(sql: "INSERT OR REPLACE INTO probe (id, filler) VALUES (1, zeroblob(65536))")
                try db.execute(sql: "DELETE FROM probe")
            }
        }
    }

    /// Runs `work` and turns whatever it throws into a `StoreError`.
    func translated<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch { throw StoreError(error, path: path) }
    }
}
