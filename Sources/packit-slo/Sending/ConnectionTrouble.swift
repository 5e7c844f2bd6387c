import NIOCore
import NIOPosix
import NIOSSL

extension LostConnection {
    /// Describes the error for people, without a library's internals.
    /// - Returns: `nil` for an error that is not a connection's.
    init?(explaining error: any Error) {
        guard let words = Self.words(for: error) else { return nil }
        description = words
    }

    private static func words(for error: any Error) -> String? {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words(for: $0.error) ?? "\($0.error)" }
                ?? "the host name cannot be resolved"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "it does not respond"
        case is ChannelError: "the connection was closed"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            "TLS failed: the server does not use TLS, or this machine does not trust its certificate"
        default: nil
        }
    }
}
