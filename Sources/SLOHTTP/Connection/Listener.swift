import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOPosix
import SLOConfiguration
import ServiceLifecycle

/// Accepts the connections of one address and builds each one's pipeline, on event loops only, without tasks.
struct Listener {
    let pipeline: HTTPPipeline
    /// Further connections wait in the system's backlog.
    let maxConnections: Int
    let logger: Logger

    private static let backlog: Int32 = 1024
    /// The number of connections may exceed its limit by one less than this.
    private static let acceptedAtOnce: UInt = 32

    /// Returns once a stop has ended the last connection.
    func run(on endpoint: WebConfiguration.Endpoint, isListening: (ListenAddress) -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let stopped = group.any().makePromise(of: Void.self)
        let channel: any Channel
        do {
            let bootstrap = self.bootstrap(group, quiescing)
            channel =
                switch endpoint {
                case .address(let address): try await bootstrap.bind(host: address.host, port: address.port).get()
                case .socket(let socket): try await bootstrap.withBoundSocket(socket.descriptor).get()
                }
        } catch {
            stopped.succeed()
            throw error
        }
        let address = endpoint.address
        isListening(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await stopped.futureResult.get()
        } onCancelOrGracefulShutdown: {
            guard case .socket = endpoint else { return quiescing.initiateShutdown(promise: stopped) }
            Self.pause(channel, in: group).whenComplete { _ in quiescing.initiateShutdown(promise: stopped) }
        }
    }

    /// Accepts no more, and lets what was accepted become connections: if the listener closed before, they would be
    /// reset. What is not accepted waits for the next process.
    private static func pause(_ channel: any Channel, in group: any EventLoopGroup) -> EventLoopFuture<Void> {
        /// Completes when all that the event loops had to do is done.
        @Sendable func settled() -> EventLoopFuture<Void> {
            .andAllComplete(group.makeIterator().map { $0.submit {} }, on: channel.eventLoop)
        }
        return channel.setOption(.autoRead, value: false).flatMap(settled).flatMap(settled)
    }

    private func bootstrap(_ group: any EventLoopGroup, _ quiescing: ServerQuiescingHelper) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A busy event loop rarely polls the listening socket, so it accepts many connections at a time.
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
            .serverChannelInitializer { [maxConnections, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        AvailableConnectionsChannelHandler(
                            delegate: MaximumAvailableConnections(maxConnections, logger: logger)))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // One buffer per read: the rest stays in the kernel until it is wanted.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 1024, initial: 8192, maximum: ConnectionLimits.readBytes)
            )
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: ConnectionLimits.unsentBytes / 2, high: ConnectionLimits.unsentBytes)
            )
            .childChannelInitializer { [pipeline] channel in
                channel.eventLoop.makeCompletedFuture { try pipeline.setUp(channel) }
            }
    }
}
