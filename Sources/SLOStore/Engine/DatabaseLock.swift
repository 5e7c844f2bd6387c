import CXattr
import Glibc
import SLOCore
import Synchronization

/// Who holds a database.
public struct LockHolder: Equatable, Sendable {
    public let processID: Int32
    public let host: String
    /// RFC 3339.
    public let startedAt: String
    /// The name by which the holder opened the database, links resolved.
    public let path: String

    public init(processID: Int32, host: String, startedAt: String, path: String) {
        self.processID = processID
        self.host = host
        self.startedAt = startedAt
        self.path = path
    }
}

/// The lock of the one process that writes a database: the kernel's, on the database's own file.
///
/// It is the file's and not a name's, so that a hard link, a symbolic link or a mount leads to the same lock. It ends
/// with the process, however that ends. Who has it, or had it last, stands in an attribute of the file, where the file
/// system keeps such; nothing depends on that but messages and `refuseOtherName`.
final class DatabaseLock: Sendable {
    /// Whether the file was made by taking the lock.
    let isNewFile: Bool
    let file: FileIdentity
    private let descriptor: Mutex<Int32?>

    /// Takes the lock, and makes the file where there is none.
    /// - Parameter name: what to note as the file's name, if it is not `path`.
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
            // Another file may have been put in this one's place meanwhile.
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

    /// Reads the file without opening it again.
    func beginning(bytes count: Int) throws -> [UInt8] {
        try descriptor.withLock { descriptor in
            guard let descriptor else { return [] }
            return try File.beginning(of: descriptor, bytes: count)
        }
    }

    /// Gives the database up. Harmless when done before.
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

    /// Refuses a name of a database whose log lies beside another name of the same file: SQLite looks for the log
    /// beside the name that it is given, and would take the database for whole without it.
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

    /// Who has the file, or had it last. `nil` where that is not known.
    fileprivate init?(ofFileAt path: String) {
        let text = String(unsafeUninitializedCapacity: Self.maxBytes) { buffer in
            max(0, getxattr(path, Self.attribute, buffer.baseAddress, buffer.count))
        }
        let words = text.split(separator: " ", maxSplits: 3)
        guard words.count == 4, let processID = Int32(words[0]) else { return nil }
        self.init(processID: processID, host: String(words[1]), startedAt: String(words[2]), path: String(words[3]))
    }

    /// Not every file system keeps attributes, and a full one has no room for them.
    fileprivate func note(on descriptor: Int32) {
        let text = "\(processID) \(host) \(startedAt) \(path)"
        if fsetxattr(descriptor, Self.attribute, text, text.utf8.count, 0) != 0 {
            // A former holder's name would be a wrong one.
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
