import SLOCore

/// The temporary file beside a target that a copy is written to before it replaces the target.
struct PartialCopy {
    let path: String
    private let target: String
    let lock: DatabaseLock

    /// - Throws: `StoreError` with the code `lockedByOther` while another process copies to the same target.
    init(of target: String, startedAt: Timestamp) throws {
        self.target = target
        path = target + ".partial"
        // The remains of a process that was killed.
        if try File.status(path) != nil {
            try File.requireReplaceable(path)
            let left = try DatabaseLock(path, startedAt: startedAt)
            defer { left.release() }
            try File.removeIfPresent(path)
        }
        try File.create(path)
        lock = try DatabaseLock(path, startedAt: startedAt, name: target)
    }

    /// Replaces the target with the copy, which stays locked until it is released.
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
