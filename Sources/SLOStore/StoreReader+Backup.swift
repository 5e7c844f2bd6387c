import GRDB
public import SLOCore

extension StoreReader {
    /// Copies the database as it is at this moment into one file that needs no log beside it, checks the copy, and
    /// puts it in place only then.
    ///
    /// A server may go on writing meanwhile. What it commits is not in the copy; its log is not written back until
    /// the copy is done.
    ///
    /// - Parameters:
    ///   - startedAt: the process' start, for another backup that finds this one at work.
    ///   - overwriting: whether a file that is already there may be replaced.
    ///   - progress: gets pages copied and pages in all. What it throws ends the backup.
    /// - Throws: `StoreError`, with the code `exists` when there is a file already; or what `progress` throws.
    public func backup(
        to target: String, startedAt: Timestamp, overwriting: Bool = false,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        try requireFree(target)
        try File.requireReplaceable(target)
        try WriteTarget.refuseContent(of: target)
        // A link to a file goes on leading there.
        let target = File.resolved(target)
        // An empty file keeps the name, so that two backups cannot both find it free.
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

    /// Refuses to write onto the database, onto a file that belongs to it or to another database, or under a name that
    /// SQLite would take for such a file.
    /// - Throws: `StoreError` with the code `exists`.
    public func requireFree(_ target: String) throws {
        try WriteTarget.refuse(target, ifOf: path)
        try WriteTarget.refuseNameBesideDatabase(target, open: path)
    }
}
