import NIOCore
import NIOPosix
import SLOConfiguration

extension WebServer {
    /// Finds out whether this process may listen where it is told to, before anything else is started: a start that
    /// fails must not have taken the database, nor have noted that it observed.
    /// - Throws: `WebServerError.cannotListen`
    public static func requireFree(_ configuration: WebConfiguration) async throws {
        // Held together, since two of them may stand for one.
        var held: [any Channel] = []
        do {
            for address in [configuration.listen] + [configuration.operations].compactMap({ $0 }) {
                held.append(try await bound(to: address))
            }
        } catch {
            for channel in held { try? await channel.close() }
            throw error
        }
        for channel in held { try? await channel.close() }
    }

    private static func bound(to address: ListenAddress) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port).get()
        } catch {
            throw WebServerError(listeningOn: address, error)
        }
    }
}

extension WebServerError {
    init(listeningOn address: ListenAddress, _ error: any Error) {
        self = .cannotListen(address, reason: Self.reason(error))
    }

    static func isOfAddress(_ error: any Error) -> Bool {
        error is IOError || error is SocketAddressError || error is SocketAddressError.UnknownHost
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case EADDRINUSE: "another program listens there; stop it, or choose another port"
            case EADDRNOTAVAIL: "this machine has no such address"
            case EACCES: "ports below 1024 take a privilege (CAP_NET_BIND_SERVICE); choose a higher one"
            default: String(cString: strerror(error.errnoCode))
            }
        case is SocketAddressError.UnknownHost: "no host of that name is known"
        default: "\(error)"
        }
    }
}
