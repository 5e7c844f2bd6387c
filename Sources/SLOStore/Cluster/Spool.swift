import Glibc
public import SLOCore
import Synchronization

/// A file on a disk of the node's own, which takes its entries while the cluster's inbox does not: what is in
/// it may be acknowledged.
///
/// Records follow one another, each with a checksum. The file is cut to nothing once all of it is in the inbox.
public final class Spool: Sendable {
    /// What an earlier process left, or did not write to its end.
    public struct Damage: Sendable {
        /// Where they are kept as they were found; `nil` if there was no room.
        public let copy: String?
        public let bytes: Int64
    }

    private struct State {
        var end: Int64 = 0
        /// Before this, all is in the inbox.
        var forwarded: Int64 = 0
        var entries = 0
    }

    public let path: String
    private let maxBytes: Int64
    private let descriptor: Int32
    private let state: Mutex<State>
    /// What could not be read when it was opened; `nil` if it was whole.
    public let damage: Damage?

    /// An entry's most bytes: more is damage.
    private static let maxRecordBytes = 1 << 30

    /// Opens the file, or makes it. What an earlier process left is in it.
    /// - Throws: `StoreError`, with the code `lockedByOther` if another process has it.
    public init(path: String, maxBytes: Int64, at now: Timestamp) throws {
        self.path = path
        self.maxBytes = maxBytes
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.error(path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError(
                code: .lockedByOther,
                message: "another process uses the spool \(path): give each node a file of its own")
        }
        do {
            try File.adopt(path)
            try File.synchronize(File.folder(of: path))
            let (found, size) = try Self.survey(descriptor, path)
            damage = found.end < size ? Self.keep(path, descriptor, from: found.end, size: size, at: now) : nil
            state = Mutex(found)
            if damage != nil { try Self.cut(descriptor, to: found.end, path) }
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A child process that is being started has the descriptor for an instant, and would keep the lock with it.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The entries that are not in the inbox.
    public var count: Int { state.withLock { $0.entries } }

    // MARK: - Writing

    /// Adds entries, and returns once they are on disk.
    /// - Throws: `StoreError`: none of them is in it.
    public func append(_ entries: [InboxEntry]) throws {
        guard !entries.isEmpty else { return }
        let bytes = entries.flatMap(SpoolRecord.bytes(of:))
        try state.withLock { state in
            guard state.end + Int64(bytes.count) <= maxBytes else {
                throw StoreError(
                    code: .diskFull,
                    message:
                        "the spool \(path) is full (cluster.spool.max_bytes): the cluster's database must be back first"
                )
            }
            do {
                try Self.write(bytes, to: descriptor, at: state.end, path)
                guard fdatasync(descriptor) == 0 else { throw Self.error(path, errno) }
            } catch {
                // A record that is there in part would end what the next process reads.
                try? Self.cut(descriptor, to: state.end, path)
                throw error
            }
            state.end += Int64(bytes.count)
            state.entries += entries.count
        }
    }

    // MARK: - Forwarding

    /// The next entries of one stream, and where they end.
    public struct Batch: Sendable {
        public let entries: [InboxEntry]
        fileprivate let end: Int64
        /// Whether these are the last ones, and the last ones of their stream.
        public let isRest: Bool
        public let endsStream: Bool
    }

    /// - Throws: `StoreError`.
    public func next(atMost count: Int, bytes: Int) throws -> Batch? {
        try state.withLock { state in
            var (entries, place) = ([InboxEntry](), state.forwarded)
            while entries.count < count, place < state.end, Int(place - state.forwarded) < bytes {
                guard let (entry, end) = try Self.read(descriptor, at: place, before: state.end, path) else {
                    throw StoreError(code: .damaged, message: "the spool \(path) cannot be read: check its disk")
                }
                if let first = entries.first, first.place.stream != entry.place.stream { break }
                entries.append(entry)
                place = end
            }
            guard let first = entries.first else { return nil }
            let following = try Self.read(descriptor, at: place, before: state.end, path)?.0.place.stream
            return Batch(
                entries: entries, end: place, isRest: place == state.end, endsStream: following != first.place.stream)
        }
    }

    /// These are in the inbox.
    /// - Throws: `StoreError`: they are forwarded again, which changes nothing.
    public func didForward(_ batch: Batch) throws {
        try state.withLock { state in
            state.forwarded = batch.end
            state.entries -= batch.entries.count
            guard state.forwarded == state.end else { return }
            try Self.cut(descriptor, to: 0, path)
            state = State()
        }
    }

    // MARK: - The file

    private static func survey(_ descriptor: Int32, _ path: String) throws -> (State, size: Int64) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error(path, errno) }
        var state = State()
        while let (_, end) = try read(descriptor, at: state.end, before: Int64(status.st_size), path) {
            state.end = end
            state.entries += 1
        }
        return (state, Int64(status.st_size))
    }

    /// - Returns: `nil` where there is no whole record.
    private static func read(
        _ descriptor: Int32, at place: Int64, before end: Int64, _ path: String
    ) throws -> (InboxEntry, end: Int64)? {
        let fields = place + Int64(SpoolRecord.headBytes)
        guard fields <= end,
            let head = SpoolRecord.head(try bytes(SpoolRecord.headBytes, of: descriptor, at: place, path)[...]),
            head.count <= maxRecordBytes, fields + Int64(head.count) <= end
        else { return nil }
        let found = try bytes(head.count, of: descriptor, at: fields, path)
        do {
            return try SpoolRecord.entry(found, checksum: head.checksum).map { ($0, fields + Int64(head.count)) }
        } catch {
            throw StoreError(
                code: .newerVersion,
                message: "another version of packit-slo wrote the spool \(path): start that version until it is empty",
                cause: error.message)
        }
    }

    private static func bytes(_ count: Int, of descriptor: Int32, at place: Int64, _ path: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(place) + filled)
                if result < 0, errno == EINTR { continue }
                guard result >= 0 else { throw error(path, errno) }
                guard result > 0 else { return }
                filled += result
            }
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, at place: Int64, _ path: String) throws {
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let result = pwrite(
                    descriptor, buffer.baseAddress! + written, buffer.count - written, off_t(place) + written)
                if result < 0, errno == EINTR { continue }
                guard result >= 0 else { throw error(path, errno) }
                written += result
            }
        }
    }

    private static func cut(_ descriptor: Int32, to end: Int64, _ path: String) throws {
        guard ftruncate(descriptor, off_t(end)) == 0, fdatasync(descriptor) == 0 else { throw error(path, errno) }
    }

    /// Keeps a copy of what cannot be read. A process that is killed amid a write leaves such an end, and nothing of it
    /// was acknowledged; but a damaged disk may, too. No room for a copy is no reason not to start.
    private static func keep(
        _ path: String, _ descriptor: Int32, from end: Int64, size: Int64, at now: Timestamp
    ) -> Damage {
        let copy = "\(path).damaged-\(now.milliseconds)"
        let target = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard target >= 0 else { return Damage(copy: nil, bytes: size - end) }
        defer { close(target) }
        do {
            var place = end
            while place < size {
                let part = try bytes(Int(min(1 << 20, size - place)), of: descriptor, at: place, path)
                guard !part.isEmpty else { break }
                try write(part, to: target, at: place - end, copy)
                place += Int64(part.count)
            }
            guard fsync(target) == 0 else { throw error(copy, errno) }
            return Damage(copy: copy, bytes: size - end)
        } catch {
            unlink(copy)
            return Damage(copy: nil, bytes: size - end)
        }
    }

    private static func error(_ path: String, _ number: Int32) -> StoreError {
        let cause = String(cString: strerror(number))
        let code: StoreError.Code = [ENOSPC, EDQUOT, EFBIG].contains(number) ? .diskFull : .inputOutput
        return StoreError(
            code: code, message: "the spool \(path) cannot be used: check its path, permissions and disk", cause: cause)
    }
}
