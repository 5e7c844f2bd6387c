import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SLORecordings

/// The server's answer to one request.
struct HTTPAnswer: Equatable, Sendable {
    /// More of a body than this is not kept: it is only shown to people.
    static let maxBodyBytes = 1024

    var status: Int
    /// In seconds. `nil` also for what is no time to wait for, such as years.
    var retryAfter: Int?
    var closesConnection = false
    var body = ""
}

/// The connection ended, or could not be made, before the answer was there.
struct LostConnection: Error, CustomStringConvertible {
    let description: String
}

/// Opens HTTP/1.1 connections to one server.
struct HTTPClient: Sendable {
    typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>>

    /// How long a request may take to go out, and its answer to come.
    static let patience = TimeAmount.seconds(30)

    let target: SendTarget
    private let security: NIOSSLContext?

    init(target: SendTarget) throws {
        self.target = target
        security = target.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
    }

    /// Opens a connection for the time of the closure.
    /// - Throws: `LostConnection`, or what the closure throws.
    func withConnection<Result: Sendable>(
        _ use: (borrowing HTTPConnection) async throws -> Result
    ) async throws -> Result {
        let channel: Channel
        do {
            channel = try await connect()
        } catch {
            throw LostConnection(explaining: error) ?? LostConnection(description: "\(error)")
        }
        do {
            return try await channel.executeThenClose { inbound, outbound in
                try await use(HTTPConnection(target: target, answers: AnswerReader(inbound), requests: outbound))
            }
        } catch let error as HTTPParserError {
            throw BadAnswer(description: "what answers at \(target.authority) does not speak HTTP: \(error)")
        } catch let error as BadAnswer {
            throw BadAnswer(description: "the server at \(target.authority) \(error)")
        } catch {
            throw LostConnection(explaining: error) ?? error
        }
    }

    private func connect() async throws -> Channel {
        try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(10))
            .connect(host: target.host, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security {
                        // Numbers are no names that could be asked for.
                        let isNumber = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: security, serverHostname: isNumber ? nil : target.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(AnswerLimit())
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandlers(AnswerTimer(), RequestWrapper())
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
    }
}

/// The encoder of requests wants bodies that could be files too, which may not cross threads.
private final class RequestWrapper: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPRequestHead, ByteBuffer>
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPClientRequestPart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let bytes): .body(.byteBuffer(bytes))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}

/// A connection that takes one request after the other.
struct HTTPConnection: ~Copyable {
    private let target: SendTarget
    private let answers: AnswerReader
    private let requests: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPRequestHead, ByteBuffer>>

    fileprivate init(
        target: SendTarget, answers: AnswerReader,
        requests: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPRequestHead, ByteBuffer>>
    ) {
        self.target = target
        self.answers = answers
        self.requests = requests
    }

    /// Posts a delivery to its source's address.
    /// - Throws: `LostConnection`
    func post(_ delivery: RecordedDelivery) async throws -> HTTPAnswer {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: target.path(of: delivery.source))
        for field in delivery.headers where !Self.ofConnection.contains(field.name.lowercased()) {
            head.headers.add(name: field.name, value: field.value)
        }
        head.headers.add(name: "Host", value: target.authority)
        head.headers.add(name: "Content-Length", value: String(delivery.body.count))
        try await requests.write(
            contentsOf: [.head(head), .body(ByteBuffer(bytes: delivery.body)), .end(nil)])
        return try await answers.next()
    }

    /// What the recorded request's own connection needed.
    private static let ofConnection: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "upgrade", "te", "trailer",
        "x-hub-signature",
    ]
}

/// Puts the parts of answers together.
private final class AnswerReader {
    private var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

    init(_ stream: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) {
        parts = stream.makeAsyncIterator()
    }

    func next() async throws -> HTTPAnswer {
        var answer: HTTPAnswer?
        while let part = try await parts.next(isolation: #isolation) {
            switch part {
            case .head(let head):
                answer = HTTPAnswer(
                    status: Int(head.status.code),
                    retryAfter: head.headers.first(name: "Retry-After").flatMap { UInt16($0) }.map(Int.init),
                    closesConnection: !head.isKeepAlive)
            case .body(let bytes):
                let room = HTTPAnswer.maxBodyBytes - (answer?.body.utf8.count ?? 0)
                answer?.body += String(decoding: bytes.readableBytesView.prefix(max(0, room)), as: UTF8.self)
            case .end:
                if let answer { return answer }
            }
        }
        throw LostConnection(description: "it closed the connection")
    }
}
