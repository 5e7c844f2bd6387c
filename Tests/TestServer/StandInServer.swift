import NIOCore
public import NIOHTTP1
import NIOPosix
import Synchronization

/// Somebody else's server: answers as it is told, and notes what it was sent.
public final class StandInServer: Sendable {
    public struct Request: Sendable {
        public let head: HTTPRequestHead
        public fileprivate(set) var body: [UInt8]
    }

    /// How to answer one request.
    public enum Reply: Sendable {
        case answer(Int, headers: HTTPHeaders = [:], body: String = "")
        /// Zeros until the connection is closed.
        case endless
        /// The head and a first byte of an answer, and nothing more.
        case stalls
        case silence
        case hangsUp

        public static func json(_ body: String, status: Int = 200, _ headers: HTTPHeaders = [:]) -> Reply {
            var headers = headers
            headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            return .answer(status, headers: headers, body: body)
        }
    }

    private let channel: any Channel
    private let log: Log

    public var port: Int { channel.localAddress?.port ?? 0 }
    public var url: String { "http://127.0.0.1:\(port)" }
    /// All requests, in the order in which they ended.
    public var received: [Request] { log.requests.withLock { $0 } }

    /// - Parameter reply: what to answer to the nth request, from 0.
    public static func start(_ reply: @escaping @Sendable (Int) -> Reply) async throws -> StandInServer {
        let log = Log(reply: reply)
        let channel = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answerer(log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StandInServer(channel: channel, log: log)
    }

    private init(channel: any Channel, log: Log) {
        self.channel = channel
        self.log = log
    }

    public func stop() async throws {
        try await channel.close().get()
    }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
        let reply: @Sendable (Int) -> Reply

        init(reply: @escaping @Sendable (Int) -> Reply) {
            self.reply = reply
        }

        func add(_ request: Request) -> Reply {
            let number = requests.withLock { requests in
                requests.append(request)
                return requests.count - 1
            }
            return reply(number)
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
