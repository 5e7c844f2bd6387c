import GRDB
public import SLOCore

extension Store {
    /// Puts a copy of a backup in the place of a database that no server owns.
    ///
    /// The copy is checked before anything else is touched, indexes and all. The database is this process' meanwhile,
    /// so that no server can start on it. A crash leaves the old database or the new one; the old one without its log
    /// in the moment between, so the restoring is to be repeated then.
    ///
    /// - Parameters:
    ///   - backup: a file of this or an older version; it is only read.
    ///   - startedAt: the process' start, for the lock file.
    ///   - overwriting: whether a database that is already there may be replaced.
    ///   - progress: gets pages copied and pages in all. What it throws ends the restoring.
    /// - Returns: when the server whose backup it is last noted that it was alive.
    /// - Throws: `StoreError`, among others with the codes `lockedByOther`, `exists`, `damaged`, `foreign`,
    ///   `newerVersion`; or what `progress` throws.
    public static func restore(
        from backup: String, to path: String, startedAt: Timestamp, overwriting: Bool = false,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> Timestamp? {
        let target = File.resolved(path)
        guard File.resolved(backup) != target else {
            throw StoreError(code: .exists, message: "\(backup) is the database itself: name another file")
        }
        try File.requireReplaceable(target)
        let lock = try LockFile(besideDatabase: path, startedAt: startedAt.rfc3339)
        defer { lock.release() }
        try File.adopt(target + ".lock")
        guard overwriting || !File.exists(target) else {
            throw StoreError(
                code: .exists, message: "there is a database \(path) already: move it away or ask to overwrite it")
        }
        let partial = target + ".partial"
        do {
            try File.removeIfPresent(partial)
            try File.create(partial)
            let heartbeat = try copy(backup, to: partial, progress: progress)
            try File.adopt(partial)
            try File.synchronize(partial)
            // The old database's log would be taken for the new one's.
            for suffix in ["-wal", "-shm"] { try File.removeIfPresent(target + suffix) }
            try File.move(partial, to: target)
            try File.synchronize(File.folder(of: target))
            return heartbeat
        } catch {
            try? File.removeIfPresent(partial)
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
                try Connection.refuseStrangers(db, path: backup)
                guard try db.tableExists("owner") else { throw Connection.refusal(.notADatabase, path: backup) }
                let row = try Row.fetchOne(db, sql: "SELECT heartbeat_at FROM owner WHERE id = 1")
                return Timestamp(stored: row?[0])
            }
            try DatabaseCopy.make(of: source, at: partial, check: .full, progress: progress)
            return heartbeat
        } catch let error as DatabaseError {
            throw inSentence(StoreError(error, path: backup), backup)
        } catch let error as StoreError {
            throw inSentence(error, backup)
        }
    }

    /// What is wrong with a backup is not mended by restoring a backup.
    private static func inSentence(_ error: StoreError, _ backup: String) -> StoreError {
        switch error.code {
        case .damaged:
            StoreError(code: .damaged, message: "the backup \(backup) is damaged: use another one", cause: error.cause)
        case .notADatabase:
            StoreError(code: .notADatabase, message: "\(backup) is not a backup: check the path", cause: error.cause)
        default: error
        }
    }
}
