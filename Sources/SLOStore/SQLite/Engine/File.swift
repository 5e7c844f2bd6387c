import Glibc

/// File system calls besides SQLite's, with errors that name the file.
enum File {
    /// Not readable by others: bodies may come from private repositories.
    private static let permissions: mode_t = 0o640

    /// The space that an unprivileged process can still use on a file's file system; `nil` if that cannot be told.
    static func freeBytes(besides path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// Creates an empty file. Fails if it exists.
    static func create(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw error(path, errno) }
        close(descriptor)
    }

    /// Opens a file for reading and writing. Creates it if it does not exist.
    static func openOrCreate(_ path: String) throws -> (descriptor: Int32, isNew: Bool) {
        while true {
            let descriptor = open(path, O_RDWR | O_CLOEXEC)
            if descriptor >= 0 { return (descriptor, false) }
            guard errno == ENOENT else { throw error(path, errno) }
            let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
            if made >= 0 { return (made, true) }
            // Another process created it first, or a symbolic link leads to a missing file.
            guard errno == EEXIST, try status(path) != nil else { throw error(path, errno) }
        }
    }

    /// - Returns: `nil` if there is no file.
    static func status(_ path: String) throws -> stat? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw error(path, errno)
        }
        return status
    }

    static func isRegular(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFREG
    }

    /// - Returns: `nil` if there is no file.
    static func size(_ path: String) throws -> Int64? {
        try status(path).map { Int64($0.st_size) }
    }

    /// Refuses to replace a device, a pipe or a folder. A missing file is accepted.
    static func requireReplaceable(_ path: String) throws {
        guard let status = try status(path), !isRegular(status) else { return }
        throw StoreError(code: .exists, message: "\(path) is not a file and is not replaced: name another one")
    }

    /// The first bytes of a file, or all if it has fewer. Do not use it on an open database: see `OpenDatabases`.
    static func beginning(of path: String, bytes count: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(path, errno) }
        defer { close(descriptor) }
        return try beginning(of: descriptor, bytes: count)
    }

    static func beginning(of descriptor: Int32, bytes count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let result = pread(descriptor, buffer.baseAddress, count, 0)
            guard result >= 0 else { throw error("the file", errno) }
            filled = result
        }
    }

    /// The path of the file with all links resolved; the path itself if there is no file.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Waits until a file, or a folder's list of files, is on disk.
    static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error(path, errno) }
    }

    static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw error(target, errno) }
    }

    static func removeIfPresent(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw error(path, errno) }
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Gives a file that root created to its folder's owner, as SQLite does with its logs, so that a server without
    /// root privileges can open it.
    static func adopt(_ path: String) throws {
        guard geteuid() == 0 else { return }
        var owner = stat()
        guard stat(folder(of: path), &owner) == 0, chown(path, owner.st_uid, owner.st_gid) == 0 else {
            throw error(path, errno)
        }
    }

    static func error(_ path: String, _ reason: Int32) -> StoreError {
        let cause = String(cString: strerror(reason))
        return switch reason {
        case EEXIST:
            StoreError(code: .exists, message: "\(path) already exists: choose another name or ask to overwrite it")
        case ENOSPC, EDQUOT:
            StoreError(code: .diskFull, message: "no space is left for \(path): free space on its disk", cause: cause)
        case EROFS, EACCES, EPERM:
            StoreError(
                code: .readOnly,
                message: "\(path) cannot be written: check its permissions and how its disk is mounted",
                cause: cause)
        case EIO:
            StoreError(
                code: .inputOutput, message: "the disk of \(path) fails: check the system log", cause: cause)
        default:
            StoreError(
                code: .cannotOpen, message: "\(path) cannot be opened: check that its folder exists", cause: cause)
        }
    }
}
