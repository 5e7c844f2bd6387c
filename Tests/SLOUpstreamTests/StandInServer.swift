import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An upstream that answers as it is told, and notes what it was asked.
final class StandInServer: Sendable {
    enum Reply: Sendable {
        case answer(Int, headers: HTTPHeaders, body: String)
        /// Zeros until the connection is closed.
        case endless
        /// The head and a first byte of an answer, and nothing more.
        case stalls
        case silence
        case hangsUp

        static func json(_ body: String, status: Int = 200, _ headers: HTTPHeaders = [:]) -> Reply {
            var headers = headers
            headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            return .answer(status, headers: headers, body: body)
        }
    }

    private let channel: any Channel
    private let requests: Log

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var received: [HTTPRequestHead] { requests.heads.withLock { $0 } }

    /// - Parameter reply: what to answer to the nth request, from 0.
    static func start(_ reply: @escaping @Sendable (Int) -> Reply) async throws -> StandInServer {
        let log = Log(reply: reply)
        let channel = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answerer(log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StandInServer(channel: channel, requests: log)
    }

    private init(channel: any Channel, requests: Log) {
        self.channel = channel
        self.requests = requests
    }

    func stop() async throws {
        try await channel.close().get()
    }

    private final class Log: Sendable {
        let heads = Mutex<[HTTPRequestHead]>([])
        let reply: @Sendable (Int) -> Reply

        init(reply: @escaping @Sendable (Int) -> Reply) {
            self.reply = reply
        }

        func add(_ head: HTTPRequestHead) -> Reply {
            let number = heads.withLock { heads in
                heads.append(head)
                return heads.count - 1
            }
            return reply(number)
        }
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let log: Log
        private var head: HTTPRequestHead?

        init(log: Log) {
            self.log = log
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head else { return }
                switch log.add(head) {
                case .silence: break
                case .hangsUp: context.close(promise: nil)
                case .stalls:
                    start(context, 200, ["Content-Type": "application/json", "Content-Length": "10"], " ")
                case .endless:
                    start(context, 200, ["Content-Type": "application/json"], "")
                    pour(context)
                case .answer(let status, var headers, let body):
                    headers.add(name: "Content-Length", value: String(body.utf8.count))
                    start(context, status, headers, body)
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                }
            }
        }

        private func start(_ context: ChannelHandlerContext, _ status: Int, _ headers: HTTPHeaders, _ body: String) {
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        }

        private func pour(_ context: ChannelHandlerContext) {
            let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(repeating: 0x20, count: 64 * 1024)))
            let here = NIOLoopBound(context, eventLoop: context.eventLoop)
            let written = context.writeAndFlush(wrapOutboundOut(part))
            written.assumeIsolated().whenSuccess { self.pour(here.value) }
        }
    }
}
