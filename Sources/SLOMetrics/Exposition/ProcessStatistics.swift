#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
public import SLOCore

/// The system's data about this process. Unavailable values are `nil`, and absent from the exposition.
public struct ProcessStatistics: Equatable, Sendable {
    public var cpuMilliseconds: Int64?
    public var residentBytes: Int64?
    public var virtualBytes: Int64?
    public var openFiles: Int64?
    public var maxFiles: Int64?
    public var startedAt: Timestamp?

    public init() {}
}

#if os(Linux)
extension ProcessStatistics {
    /// Reads `/proc`.
    public static func current() -> ProcessStatistics {
        var statistics = ProcessStatistics()
        statistics.take(stat: contents(of: "/proc/self/stat"), bootedAt: bootTime)
        statistics.openFiles = openFileCount()
        statistics.maxFiles = limit("Max open files", in: contents(of: "/proc/self/limits"))
        return statistics
    }

    /// Constant for the life of a process.
    private static let bootTime: Int64? = contents(of: "/proc/stat")
        .split(separator: "\n").first { $0.hasPrefix("btime ") }
        .flatMap { Int64($0.dropFirst("btime ".count)) }

    /// Reads the fields of `/proc/self/stat`. The second, the program's name, is in parentheses and may contain
    /// anything.
    private mutating func take(stat: String, bootedAt: Int64?) {
        guard let nameEnd = stat.lastIndex(of: ")") else { return }
        // Field 3 of proc(5) is the first of these.
        let fields = stat[nameEnd...].dropFirst().split(separator: " ").map { Int64($0) }
        func field(_ number: Int) -> Int64? { fields.indices.contains(number - 3) ? fields[number - 3] : nil }
        let ticksPerSecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
        let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))
        guard ticksPerSecond > 0, pageSize > 0 else { return }
        if let user = field(14), let system = field(15) {
            cpuMilliseconds = (user + system) * 1000 / ticksPerSecond
        }
        if let started = field(22), let bootedAt {
            startedAt = Timestamp(milliseconds: bootedAt * 1000 + started * 1000 / ticksPerSecond)
        }
        virtualBytes = field(23)
        residentBytes = field(24).map { $0 * pageSize }
    }

    private static func openFileCount() -> Int64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries: Int64 = 0
        while readdir(directory) != nil { entries += 1 }
        // Not counted: the entries `.` and `..`, and the descriptor that reads them.
        return max(0, entries - 3)
    }

    /// The soft limit in the line with that name; `nil` if it is unlimited.
    private static func limit(_ name: String, in limits: String) -> Int64? {
        limits.split(separator: "\n").first { $0.hasPrefix(name) }
            .flatMap { $0.dropFirst(name.count).split(separator: " ").first }
            .flatMap { Int64($0) }
    }

    /// A small file of `/proc`; empty if it cannot be read.
    private static func contents(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#else
extension ProcessStatistics {
    /// On a system without `/proc` nothing is known.
    public static func current() -> ProcessStatistics { ProcessStatistics() }
}
#endif
