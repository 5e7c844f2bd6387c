import NIOCore
import NIOHTTP1
import NIOPosix
import SLOSources

// A channel handler that checks the signature and responds, without storing anything.

guard CommandLine.arguments.count == 3, let port = Int(CommandLine.arguments[1]) else { throw Usage() }
let secrets = try SecretSet([CommandLine.arguments[2]])

let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .serverChannelOption(.backlog, value: 256)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(SignatureHandler(secrets: secrets))
        }
    }
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .bind(host: "127.0.0.1", port: port).get()
try await server.closeFuture.get()

struct Usage: Error, CustomStringConvertible {
    var description: String { "usage: bare-nio PORT SECRET" }
}
