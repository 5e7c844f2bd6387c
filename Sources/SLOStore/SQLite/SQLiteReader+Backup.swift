import GRDB
public import SLOCore

extension SQLiteReader {
    /// Copies the database as of this moment into one file without a log, checks the copy, and only then moves it to
    /// `target`.
    ///
    /// A server may write meanwhile. What it commits is not in the copy, and its log is not checkpointed until the copy
    /// is complete.
    ///
    /// - Parameters:
    ///   - startedAt: the process's start, for another backup that finds this one running.
    ///   - overwriting: whether an existing file may be replaced.
    ///   - progress: receives pages copied and pages in total. What it throws ends the backup.
    /// - Throws: `StoreError`, with the code `exists` if the file exists; or what `progress` throws.
    public func backup(
        to target: String, startedAt: Timestamp, overwriting: Bool = false,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        try requireFree(target)
        try File.requireReplaceable(target)
        try WriteTarget.refuseContent(of: target)
        // Replaces the file that a link leads to, not the link.
        let target = File.resolved(target)
        // An empty file reserves the name, so that two backups cannot both use it.
        if !overwriting { try File.create(target) }
        do {
            try requireFree(target + ".partial")
            let partial = try PartialCopy(of: target, startedAt: startedAt)
            do {
                try DatabaseCopy.make(of: queue, at: partial.path, check: .quick, progress: progress)
                try partial.move()
                partial.release()
            } catch {
                partial.remove()
                throw error
            }
        } catch {
            if !overwriting { try? File.removeIfPresent(target) }
            throw error is DatabaseError ? StoreError(error, path: target) : error
        }
    }

    /// Refuses a target that is the database, belongs to it or to another database, or has a name that SQLite uses for
    /// such files.
    /// - Throws: `StoreError` with the code `exists`.
    public func requireFree(_ target: String) throws {
        try WriteTarget.refuse(target, ifOf: path)
        try WriteTarget.refuseNameBesideDatabase(target, open: path)
    }
}
