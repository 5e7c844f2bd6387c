import Glibc
import Synchronization

/// Who holds a database.
public struct LockHolder: Equatable, Sendable {
    public let processID: Int32
    public let host: String
    /// RFC 3339.
    public let startedAt: String

    public init(processID: Int32, host: String, startedAt: String) {
        self.processID = processID
        self.host = host
        self.startedAt = startedAt
    }
}

/// The file beside a database that names the process which owns it.
///
/// The lock is the kernel's and ends with the process, however that ends: a file left behind by a dead process says
/// nothing. It is never deleted, because a third process could lock the deleted file while a second locks a new one.
final class LockFile: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `StoreError` with code `lockedByOther` and the holder, `readOnly` or `cannotOpen`.
    init(besideDatabase path: String, startedAt: String) throws {
        // Two names of one file must lead to one lock.
        let lockPath = File.resolved(path) + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw File.error(lockPath, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.readHolder(descriptor)
            Glibc.close(descriptor)
            guard reason == EWOULDBLOCK else { throw File.error(lockPath, reason) }
            throw Self.held(path, by: holder)
        }
        self.descriptor = Mutex(descriptor)
        let text = "\(getpid()) \(Self.hostName) \(startedAt)\n"
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
            throw File.error(lockPath, errno)
        }
    }

    /// Gives the database up. Harmless when done before.
    func release() {
        descriptor.withLock { held in
            guard let open = held else { return }
            held = nil
            _ = ftruncate(open, 0)
            Glibc.close(open)
        }
    }

    deinit {
        release()
    }

    private static func readHolder(_ descriptor: Int32) -> LockHolder? {
        let text = String(unsafeUninitializedCapacity: 512) { buffer in
            max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let processID = Int32(words[0]) else { return nil }
        return LockHolder(processID: processID, host: String(words[1]), startedAt: String(words[2]))
    }

    private static func held(_ path: String, by holder: LockHolder?) -> StoreError {
        let name = holder.map { "process \($0.processID) on \($0.host), started \($0.startedAt)," } ?? "another process"
        return StoreError(
            code: .lockedByOther,
            message: "\(name) owns the database \(path): stop it first, or use another database", holder: holder)
    }

    private static var hostName: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress, gethostname(start, 255) == 0 else { return "unknown" }
            buffer[255] = 0
            return buffer[0] == 0 ? "unknown" : String(cString: start)
        }
    }
}
