import Glibc

/// Detects changed files: replaced, written to, or reached by a link that leads elsewhere, as with secrets that
/// Kubernetes mounts.
struct WatchedFiles {
    /// Equal while a path leads to the same content.
    private struct Version: Equatable {
        var device: dev_t = 0
        var inode: ino_t = 0
        var size: off_t = 0
        var modified = timespec()
        var changed = timespec()

        static func == (left: Version, right: Version) -> Bool {
            left.device == right.device && left.inode == right.inode && left.size == right.size
                && left.modified == right.modified && left.changed == right.changed
        }
    }

    private var paths: [String]
    /// The versions when the last change was reported.
    private var told: [Version?]
    /// The versions at the last check.
    private var seen: [Version?]

    init(_ paths: [String]) {
        self.paths = paths
        told = paths.map(Self.version)
        seen = told
    }

    /// Watches these files from now on, if they differ.
    mutating func watch(_ paths: [String]) {
        if paths != self.paths { self = WatchedFiles(paths) }
    }

    /// Whether a file has changed since the last report and not since the last check: a file that is still being
    /// written is not reported.
    mutating func haveChanged() -> Bool {
        let now = paths.map(Self.version)
        defer { seen = now }
        guard now == seen, now != told else { return false }
        told = now
        return true
    }

    /// - Returns: `nil` if there is no such file.
    private static func version(of path: String) -> Version? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Version(
            device: status.st_dev, inode: status.st_ino, size: status.st_size, modified: status.st_mtim,
            changed: status.st_ctim)
    }
}

private func == (left: timespec, right: timespec) -> Bool {
    left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec
}
