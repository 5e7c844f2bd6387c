import CXattr
import Glibc
import SLOCore
import Synchronization

/// The process that holds a database.
public struct LockHolder: Equatable, Sendable {
    public let processID: Int32
    public let host: String
    /// RFC 3339.
    public let startedAt: String
    /// The path by which the holder opened the database, with links resolved.
    public let path: String

    public init(processID: Int32, host: String, startedAt: String, path: String) {
        self.processID = processID
        self.host = host
        self.startedAt = startedAt
        self.path = path
    }
}

/// The lock of the one process that may write a database: a kernel lock on the database file.
///
/// It belongs to the file and not to a path, so a hard link, a symbolic link or a mount leads to the same lock. The
/// kernel releases it when the process ends, however it ends. An attribute of the file names the current or last
/// holder, where the file system supports attributes; only messages and `refuseOtherName` depend on it.
final class DatabaseLock: Sendable {
    /// Whether taking the lock created the file.
    let isNewFile: Bool
    let file: FileIdentity
    private let descriptor: Mutex<Int32?>

    /// Takes the lock. Creates the file if it does not exist.
    /// - Parameter name: the path to record, if it is not `path`.
    /// - Throws: `StoreError` with code `lockedByOther` and the holder, `readOnly` or `cannotOpen`.
    init(_ path: String, startedAt: Timestamp, name: String? = nil) throws {
        while true {
            let (descriptor, isNew) = try File.openOrCreate(path)
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw File.error(path, errno) }
            let file = FileIdentity(status)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let reason = errno
                OpenDatabases.close(descriptor, of: file)
                guard reason == EWOULDBLOCK else { throw File.error(path, reason) }
                throw Self.held(path, by: LockHolder(ofFileAt: path))
            }
            // Another file may have replaced this one since it was opened.
            guard try FileIdentity.of(path) == file else {
                OpenDatabases.close(descriptor, of: file)
                continue
            }
            do {
                try Self.refuseOtherName(name ?? path)
            } catch {
                OpenDatabases.close(descriptor, of: file)
                throw error
            }
            OpenDatabases.begin(file)
            self.file = file
            self.descriptor = Mutex(descriptor)
            isNewFile = isNew
            LockHolder(startedAt: startedAt, path: File.resolved(name ?? path)).note(on: descriptor)
            return
        }
    }

    /// Reads through the open descriptor, because closing another one would release SQLite's locks.
    func beginning(bytes count: Int) throws -> [UInt8] {
        try descriptor.withLock { descriptor in
            guard let descriptor else { return [] }
            return try File.beginning(of: descriptor, bytes: count)
        }
    }

    /// Releases the lock. A second call does nothing.
    func release() {
        descriptor.withLock { held in
            guard let descriptor = held else { return }
            held = nil
            flock(descriptor, LOCK_UN)
            OpenDatabases.close(descriptor, of: file)
            OpenDatabases.end(file)
        }
    }

    deinit {
        release()
    }

    /// Refuses a path if the log lies beside another path of the same file. SQLite looks for the log beside the path it
    /// is given, and would open the database without it.
    static func refuseOtherName(_ path: String) throws {
        let name = File.resolved(path)
        guard let last = LockHolder(ofFileAt: path), last.path != name,
            let file = try FileIdentity.of(path), (try? FileIdentity.of(last.path)) == file,
            let logBytes = try? File.size(last.path + "-wal"), logBytes > 0
        else { return }
        throw StoreError(
            code: .cannotOpen,
            message: "\(path) is another name of \(last.path), beside which the database's log lies: use that name")
    }

    private static func held(_ path: String, by holder: LockHolder?) -> StoreError {
        let name = holder.map { "process \($0.processID) on \($0.host), started \($0.startedAt)," } ?? "another process"
        return StoreError(
            code: .lockedByOther,
            message: "\(name) owns the database \(path): stop it first, or use another database", holder: holder)
    }
}

extension LockHolder {
    private static let attribute = "user.packit_slo.holder"
    private static let maxBytes = 8192

    /// This process.
    fileprivate init(startedAt: Timestamp, path: String) {
        self.init(processID: getpid(), host: Self.hostName, startedAt: startedAt.rfc3339, path: path)
    }

    /// The current or last holder of the file; `nil` if it is unknown.
    fileprivate init?(ofFileAt path: String) {
        let text = String(unsafeUninitializedCapacity: Self.maxBytes) { buffer in
            max(0, getxattr(path, Self.attribute, buffer.baseAddress, buffer.count))
        }
        let words = text.split(separator: " ", maxSplits: 3)
        guard words.count == 4, let processID = Int32(words[0]) else { return nil }
        self.init(processID: processID, host: String(words[1]), startedAt: String(words[2]), path: String(words[3]))
    }

    /// Failures are ignored: some file systems have no attributes, and a full one has no space for them.
    fileprivate func note(on descriptor: Int32) {
        let text = "\(processID) \(host) \(startedAt) \(path)"
        if fsetxattr(descriptor, Self.attribute, text, text.utf8.count, 0) != 0 {
            // Without this a failed write would leave the previous holder's name.
            fremovexattr(descriptor, Self.attribute)
        }
    }

    private static var hostName: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress, gethostname(start, 255) == 0 else { return "unknown" }
            buffer[255] = 0
            return buffer[0] == 0 ? "unknown" : String(cString: start)
        }
    }
}
