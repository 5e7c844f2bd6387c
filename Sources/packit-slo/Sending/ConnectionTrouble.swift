import NIOCore
import NIOPosix
import NIOSSL

extension LostConnection {
    /// In words for people. What a library says of itself, such as the file it failed in, helps none of them.
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
        case ChannelError.connectTimeout: "it does not answer"
        case is ChannelError: "the connection was closed"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            "TLS failed: either no TLS is spoken there, or its certificate is not one that this machine trusts"
        default: nil
        }
    }
}
