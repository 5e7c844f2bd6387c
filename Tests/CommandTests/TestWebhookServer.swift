import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that notes what it is sent and answers as it is told.
final class TestWebhookServer: Sendable {
    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: [UInt8]
    }

    /// How to answer one request.
    enum Reply: Sendable {
        case answer(HTTPResponseStatus, headers: HTTPHeaders = [:], body: String = "")
        /// Closes the connection instead.
        case hangUp
    }


    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    /// - Parameter reply: what to answer to the nth request, from 0.
    static func start(_ reply: @escaping @Sendable (Int, Request) -> Reply) async throws -> TestWebhookServer {
        let log = Log(reply: reply)
        let channel = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answerer(log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestWebhookServer(channel: channel, log: log)
    }

    private let log: Log

    private init(channel: any Channel, log: Log) {
        self.channel = channel
        self.log = log
    }

    var received: [Request] { log.requests.withLock { $0 } }

    func stop() async throws {
        try await channel.close().get()
    }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
        let reply: @Sendable (Int, Request) -> Reply

        init(reply: @escaping @Sendable (Int, Request) -> Reply) {
            self.reply = reply
        }

        func add(_ request: Request) -> Reply {
            let number = requests.withLock { requests in
                requests.append(request)
                return requests.count - 1
            }
            return reply(number, request)
        }
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let log: Log
        private var request: Request?

        init(log: Log) {
            self.log = log
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): request = Request(head: head, body: [])
            case .body(let bytes): request?.body += Array(bytes.readableBytesView)
            case .end:
                guard let request else { return }
                switch log.add(request) {
                case .hangUp: context.close(promise: nil)
                case .answer(let status, var headers, let body):
                    headers.add(name: "Content-Length", value: String(body.utf8.count))
                    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
                    context.write(wrapOutboundOut(.head(head)), promise: nil)
                    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                }
            }
        }
    }
}
