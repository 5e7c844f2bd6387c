public import SLOCore

/// A database that is filled under another name, and gets its own once it is complete: whoever sees it sees all of it.
///
/// Its commits are not synced one by one. What is on disk after a crash is no database that anyone opens.
public final class NewDatabase {
    public let store: SQLiteStore
    private let partial: PartialCopy

    /// - Throws: `StoreError`, among others with the codes `exists` and `lockedByOther`.
    public init(at path: String, startedAt: Timestamp) throws {
        try WriteTarget.refuseNameBesideDatabase(path)
        guard try File.size(path) == nil else {
            throw StoreError(code: .exists, message: "\(path) already exists: name a new file as the database")
        }
        let partial = try PartialCopy(of: File.resolved(path), startedAt: startedAt)
        do {
            store = try SQLiteStore(path: partial.path, lock: partial.lock, startedAt: startedAt, syncs: false)
        } catch {
            partial.remove()
            throw StoreError(error, path: partial.path)
        }
        self.partial = partial
    }

    /// Where it is until then.
    public var path: String { partial.path }

    /// Closes it and gives it its name.
    public func complete() throws {
        try store.close()
        try partial.move()
    }

    /// Removes it.
    public func discard() {
        try? store.close()
        partial.remove()
    }
}
