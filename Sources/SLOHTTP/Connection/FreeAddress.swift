import NIOCore
import NIOPosix
import SLOConfiguration

extension WebServer {
    /// Checks that the configured addresses without a passed socket are free, before anything else starts: a start that
    /// fails must not have taken the database or journalled that it observed.
    /// - Throws: `WebServerError.cannotListen`
    public static func requireFree(_ configuration: WebConfiguration) async throws {
        // All stay bound until the end of the check, because two of them may be the same address.
        var held: [any Channel] = []
        do {
            for case .address(let address)? in [configuration.webhooksEndpoint, configuration.operationsEndpoint] {
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
                // Nobody would answer a connection that is accepted here. One that is not is reset when this closes.
                .serverChannelOption(.autoRead, value: false)
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
            case EADDRINUSE: "another program uses this port; stop it, or choose another port"
            case EADDRNOTAVAIL: "this machine has no such address"
            case EACCES: "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher port"
            default: String(cString: strerror(error.errnoCode))
            }
        case is SocketAddressError.UnknownHost: "the host name cannot be resolved"
        default: "\(error)"
        }
    }
}
