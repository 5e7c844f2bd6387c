import GRDB
public import SLOCore

extension SQLiteStore {
    /// Replaces a database that no server owns with a copy of a backup.
    ///
    /// The copy, including its indexes, is checked before anything else changes. This process holds the database
    /// meanwhile, so no server can start on it. A crash leaves the old database or the new one. If it leaves the old
    /// one without its log, repeat the restore.
    ///
    /// - Parameters:
    ///   - backup: a file of this or an older version; it is only read.
    ///   - startedAt: the process's start, for those who find the database locked.
    ///   - overwriting: whether an existing database may be replaced.
    ///   - progress: receives pages copied and pages in total. What it throws ends the restore.
    /// - Returns: the last heartbeat of the server that was backed up.
    /// - Throws: `StoreError`, among others with the codes `lockedByOther`, `exists`, `damaged`, `foreign`,
    ///   `newerVersion`; or what `progress` throws.
    public static func restore(
        from backup: String, to path: String, startedAt: Timestamp, overwriting: Bool = false,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> Timestamp? {
        let target = File.resolved(path)
        if let file = try FileIdentity.of(backup), try FileIdentity.of(target) == file {
            throw StoreError(code: .exists, message: "\(backup) is the database itself: name another file")
        }
        try File.requireReplaceable(target)
        try WriteTarget.refuseNameBesideDatabase(path)
        let lock = try DatabaseLock(target, startedAt: startedAt)
        defer { lock.release() }
        do {
            try refuse(lock, path, overwriting: overwriting)
            return try replace(target, by: backup, startedAt: startedAt, progress: progress)
        } catch {
            // Nobody can be using the new file: it is locked.
            if lock.isNewFile, try FileIdentity.of(target) == lock.file { try File.removeIfPresent(target) }
            throw error
        }
    }

    private static func refuse(_ lock: DatabaseLock, _ path: String, overwriting: Bool) throws {
        if lock.isNewFile { return }
        guard overwriting else {
            throw StoreError(
                code: .exists, message: "there is a database \(path) already: move it away or ask to overwrite it")
        }
        switch DatabaseFileKind(try lock.beginning(bytes: Connection.headerBytes)) {
        case .log: throw StoreError(code: .exists, message: "\(path) is a database's log: name another file")
        case .database(.foreign): throw Connection.refusal(.foreign, path: path)
        // A file that is no database may be a damaged one.
        case .database(.server), .database(.backup), nil: break
        }
    }

    private static func replace(
        _ target: String, by backup: String, startedAt: Timestamp, progress: (Int, Int) throws -> Void
    ) throws -> Timestamp? {
        let partial = try PartialCopy(of: target, startedAt: startedAt)
        do {
            let heartbeat = try copy(backup, to: partial.path, progress: progress)
            try File.adopt(partial.path)
            // SQLite would apply the old database's log to the new one.
            for suffix in ["-wal", "-shm"] { try File.removeIfPresent(target + suffix) }
            try partial.move()
            partial.release()
            return heartbeat
        } catch {
            partial.remove()
            throw error
        }
    }

    private static func copy(
        _ backup: String, to partial: String, progress: (Int, Int) throws -> Void
    ) throws -> Timestamp? {
        do {
            let source = try DatabaseQueue(path: backup, configuration: Connection.reading)
            defer { try? source.close() }
            let heartbeat = try source.read { db in
                try Connection.refuseForeign(db, path: backup)
                guard try db.tableExists("owner") else { throw Connection.refusal(.notADatabase, path: backup) }
                let row = try Row.fetchOne(db, sql: "SELECT heartbeat_at FROM owner WHERE id = 1")
                return Timestamp(stored: row?[0])
            }
            try DatabaseCopy.make(of: source, at: partial, check: .full, progress: progress)
            return heartbeat
        } catch let error as DatabaseError {
            throw describing(StoreError(error, path: backup), backup)
        } catch let error as StoreError {
            throw describing(error, backup)
        }
    }

    /// The usual advice for a damaged database is to restore a backup, which does not help here.
    private static func describing(_ error: StoreError, _ backup: String) -> StoreError {
        switch error.code {
        case .damaged:
            StoreError(code: .damaged, message: "the backup \(backup) is damaged: use another one", cause: error.cause)
        case .notADatabase:
            StoreError(code: .notADatabase, message: "\(backup) is not a backup: check the path", cause: error.cause)
        default: error
        }
    }
}
