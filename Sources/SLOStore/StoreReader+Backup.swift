import GRDB

extension StoreReader {
    /// Pages copied between two calls of the progress callback: 4 MiB.
    private static let backupStepPages: CInt = 256

    /// Copies the database as it is at this moment into one file that needs no log beside it, checks the copy, and
    /// puts it in place only then.
    ///
    /// A server may go on writing meanwhile. What it commits is not in the copy; its log is not written back until
    /// the copy is done.
    ///
    /// - Parameters:
    ///   - overwriting: whether a file that is already there may be replaced.
    ///   - progress: gets pages copied and pages in all. What it throws ends the backup.
    /// - Throws: `StoreError`, with the code `exists` when there is a file already; or what `progress` throws.
    public func backup(
        to target: String, overwriting: Bool = false, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        guard File.resolved(target) != File.resolved(path) else {
            throw StoreError(code: .exists, message: "\(target) is the database itself: choose another name")
        }
        let partial = target + ".partial"
        // An empty file keeps the name, so that two backups cannot both find it free.
        if !overwriting { try File.create(target) }
        do {
            try File.removeIfPresent(partial)
            try File.create(partial)
            try copy(to: partial, progress: progress)
            try File.synchronize(partial)
            try File.move(partial, to: target)
        } catch {
            try? File.removeIfPresent(partial)
            if !overwriting { try? File.removeIfPresent(target) }
            throw error is DatabaseError ? StoreError(error, path: target) : error
        }
        try File.synchronize(File.folder(of: target))
    }

    private func copy(to partial: String, progress: (Int, Int) throws -> Void) throws {
        let copy = try DatabaseQueue(path: partial)
        defer { try? copy.close() }
        try queue.unsafeRead { source in
            // One read transaction over all steps: the copy is of one moment, however much is written meanwhile.
            try source.beginTransaction(.deferred)
            defer { try? source.rollback() }
            _ = try Int.fetchOne(source, sql: "SELECT count(*) FROM sqlite_master")
            try withoutActuallyEscaping(progress) { progress in
                try copy.writeWithoutTransaction { target in
                    try source.backup(to: target, pagesPerStep: Self.backupStepPages) { step in
                        try progress(step.completedPageCount, step.totalPageCount)
                    }
                }
            }
        }
        try copy.writeWithoutTransaction { db in
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no result"
            guard finding == "ok" else {
                throw StoreError(
                    code: .damaged, message: "the copy of \(path) is damaged, and so may be the database itself",
                    cause: finding)
            }
        }
    }
}
