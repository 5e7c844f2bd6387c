import SLOCore

/// The file beside a target in which a copy grows before it takes the target's place.
struct PartialCopy {
    let path: String
    private let target: String
    private let lock: DatabaseLock

    /// - Throws: `StoreError` with the code `lockedByOther` while another process is making a copy there.
    init(of target: String, startedAt: Timestamp) throws {
        self.target = target
        path = target + ".partial"
        // What a process left that was killed.
        if try File.status(path) != nil {
            try File.requireReplaceable(path)
            let left = try DatabaseLock(path, startedAt: startedAt)
            defer { left.release() }
            try File.removeIfPresent(path)
        }
        try File.create(path)
        lock = try DatabaseLock(path, startedAt: startedAt, name: target)
    }

    /// Puts the copy in the target's place. It stays locked until it is released.
    func move() throws {
        try File.synchronize(path)
        try File.move(path, to: target)
        try File.synchronize(File.folder(of: target))
    }

    func remove() {
        try? File.removeIfPresent(path)
        lock.release()
    }

    func release() {
        lock.release()
    }
}
