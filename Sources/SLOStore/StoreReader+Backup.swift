import GRDB

extension StoreReader {
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
        try File.requireReplaceable(target)
        // A link to a file goes on leading there.
        let target = File.resolved(target)
        let partial = target + ".partial"
        // An empty file keeps the name, so that two backups cannot both find it free.
        if !overwriting { try File.create(target) }
        do {
            try File.removeIfPresent(partial)
            try File.create(partial)
            try DatabaseCopy.make(of: queue, at: partial, check: .quick, progress: progress)
            try File.synchronize(partial)
            try File.move(partial, to: target)
        } catch {
            try? File.removeIfPresent(partial)
            if !overwriting { try? File.removeIfPresent(target) }
            throw error is DatabaseError ? StoreError(error, path: target) : error
        }
        try File.synchronize(File.folder(of: target))
    }
}
