import Glibc

/// Files of which is told when they have become others, or have other content: replaced, written to, or reached by a
/// link that leads elsewhere now, as where a secret is mounted by Kubernetes.
struct WatchedFiles {
    /// Equal for as long as a path leads to the same content.
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
    /// What was there when a change was told last.
    private var told: [Version?]
    /// What was there at the last look.
    private var seen: [Version?]

    init(_ paths: [String]) {
        self.paths = paths
        told = paths.map(Self.version)
        seen = told
    }

    /// Looks at other files from now on, if they are others.
    mutating func watch(_ paths: [String]) {
        if paths != self.paths { self = WatchedFiles(paths) }
    }

    /// Whether there is a change since one was told last, and none since the last look: a file that is still being
    /// written is left alone.
    mutating func haveChanged() -> Bool {
        let now = paths.map(Self.version)
        defer { seen = now }
        guard now == seen, now != told else { return false }
        told = now
        return true
    }

    /// - Returns: `nil` where there is nothing to be seen.
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
