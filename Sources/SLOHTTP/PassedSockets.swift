import Foundation
public import SLOConfiguration

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Listening sockets that the service manager passed to the process (sd_listen_fds(3)). They stay open while the
/// process restarts, so connections wait in them and none is refused.
public struct PassedSockets: Sendable {
    public struct Socket: Sendable, Equatable {
        let descriptor: Int32
        /// As bound.
        public let address: ListenAddress
        /// The same for as long as the socket is open, whichever process has it; `nil` if the system does not tell.
        public let identity: UInt64?
    }

    /// The names in `FileDescriptorName=` of the socket units.
    private enum Name: String, CaseIterable {
        case webhooks = "http"
        case operations
    }

    /// For webhooks, and for everything else unless there is another address for operations.
    public let webhooks: Socket?
    public let operations: Socket?

    /// None.
    public init() { (webhooks, operations) = (nil, nil) }

    /// Takes those of this process. Call it once: child processes must not inherit them.
    /// - Throws: `PassedSocketError`
    public static func take() throws -> PassedSockets {
        let environment = ProcessInfo.processInfo.environment
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        guard environment["LISTEN_PID"].flatMap(Int32.init) == getpid(),
            let count = environment["LISTEN_FDS"].flatMap(Int32.init), count > 0
        else { return PassedSockets() }
        return try PassedSockets(
            count: count, names: (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":").map(String.init))
    }

    /// By sd_listen_fds(3) the first has this number.
    private static let first: Int32 = 3

    private init(count: Int32, names: [String]) throws {
        var found: [Name: Socket] = [:]
        for number in 0..<count {
            let text = names.indices.contains(Int(number)) ? names[Int(number)] : "unknown"
            guard let name = Name(rawValue: text) else { throw PassedSocketError.unknownName(text) }
            guard found[name] == nil else { throw PassedSocketError.twice(text) }
            found[name] = try Socket(Self.first + number, name: text)
        }
        (webhooks, operations) = (found[.webhooks], found[.operations])
    }
}

/// Why passed sockets cannot be used.
public enum PassedSocketError: Error, Equatable, CustomStringConvertible {
    case unknownName(String)
    case twice(String)
    case notListening(String)

    public var description: String {
        switch self {
        case .unknownName(let name):
            "systemd passed a socket with the name \(name). Set FileDescriptorName= of its unit to http, for webhooks, "
                + "or to operations"
        case .twice(let name):
            "systemd passed two sockets with the name \(name): set one ListenStream= in its unit"
        case .notListening(let name):
            "the socket with the name \(name) that systemd passed does not listen for TCP connections: set "
                + "ListenStream= to an address with a port, and Accept=no"
        }
    }
}

extension PassedSockets.Socket {
    fileprivate init(_ descriptor: Int32, name: String) throws {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0,
            let address = ListenAddress(boundTo: descriptor)
        else { throw PassedSocketError.notListening(name) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.init(descriptor: descriptor, address: address, identity: Self.inode(of: descriptor))
    }

    /// Linux names a socket by its inode: `socket:[4026]`.
    private static func inode(of descriptor: Int32) -> UInt64? {
        let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
        return name.flatMap { UInt64($0.filter(\.isNumber)) }
    }
}

extension ListenAddress {
    /// `nil` unless it is one of IP.
    fileprivate init?(boundTo descriptor: Int32) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let isKnown = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &size) == 0,
                    [AF_INET, AF_INET6].contains(Int32(address.pointee.sa_family))
                else { return false }
                return getnameinfo(
                    address, size, &host, socklen_t(host.count), &port, socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0
            }
        }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        guard isKnown, let number = Int(text(port)) else { return nil }
        self.init(host: text(host), port: number)
    }
}
