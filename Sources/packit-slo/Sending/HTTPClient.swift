import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SLORecordings

/// The server's response to one request.
struct ServerResponse: Equatable, Sendable {
    /// More of a body is dropped: it is only shown to people.
    static let maxBodyBytes = 1024

    var status: Int
    /// In seconds. `nil` also for an unreasonably long time.
    var retryAfter: Int?
    var closesConnection = false
    var body = ""
}

/// The connection failed or ended before the response was complete.
struct LostConnection: Error, CustomStringConvertible {
    let description: String
}

/// Opens HTTP/1.1 connections to one server.
struct HTTPClient: Sendable {
    typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>>

    /// The limit for sending a request and receiving its response.
    static let patience = TimeAmount.seconds(30)

    let target: SendTarget
    private let security: NIOSSLContext?

    init(target: SendTarget) throws {
        self.target = target
        security = target.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
    }

    /// Opens a connection for the duration of the closure.
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
                try await use(HTTPConnection(target: target, responses: ResponseReader(inbound), requests: outbound))
            }
        } catch let error as HTTPParserError {
            throw InvalidResponse(description: "\(target.authority) does not speak HTTP: \(error)")
        } catch let error as InvalidResponse {
            throw InvalidResponse(description: "the server at \(target.authority) \(error)")
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
                        // SNI does not allow IP addresses.
                        let isNumber = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: security, serverHostname: isNumber ? nil : target.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(ResponseLimit())
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandlers(ResponseTimer(), RequestWrapper())
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
    }
}

/// The request encoder also accepts files as bodies, which are not Sendable. This handler accepts buffers only.
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

/// A connection for one request at a time.
struct HTTPConnection: ~Copyable {
    private let target: SendTarget
    private let responses: ResponseReader
    private let requests: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPRequestHead, ByteBuffer>>

    fileprivate init(
        target: SendTarget, responses: ResponseReader,
        requests: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPRequestHead, ByteBuffer>>
    ) {
        self.target = target
        self.responses = responses
        self.requests = requests
    }

    /// Posts a delivery to its source's webhook URL.
    /// - Throws: `LostConnection`
    func post(_ delivery: RecordedDelivery) async throws -> ServerResponse {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: target.path(of: delivery.source))
        for field in delivery.headers where !Self.ofConnection.contains(field.name.lowercased()) {
            head.headers.add(name: field.name, value: field.value)
        }
        head.headers.add(name: "Host", value: target.authority)
        head.headers.add(name: "Content-Length", value: String(delivery.body.count))
        try await requests.write(
            contentsOf: [.head(head), .body(ByteBuffer(bytes: delivery.body)), .end(nil)])
        return try await responses.next()
    }

    /// Sends a request without a body.
    /// - Parameter path: below the target's, with its query.
    /// - Throws: `LostConnection`
    func send(_ method: HTTPMethod, _ path: String, token: String) async throws -> ServerResponse {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: target.prefix + path)
        head.headers.add(name: "Host", value: target.authority)
        head.headers.add(name: "Authorization", value: "Bearer \(token)")
        head.headers.add(name: "Content-Length", value: "0")
        try await requests.write(contentsOf: [.head(head), .end(nil)])
        return try await responses.next()
    }

    /// Headers that belong to the recorded request's connection.
    private static let ofConnection: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "upgrade", "te", "trailer",
        "x-hub-signature",
    ]
}

/// Assembles responses from their parts.
private final class ResponseReader {
    private var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

    init(_ stream: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) {
        parts = stream.makeAsyncIterator()
    }

    func next() async throws -> ServerResponse {
        var response: ServerResponse?
        while let part = try await parts.next(isolation: #isolation) {
            switch part {
            case .head(let head):
                response = ServerResponse(
                    status: Int(head.status.code),
                    retryAfter: head.headers.first(name: "Retry-After").flatMap { UInt16($0) }.map(Int.init),
                    closesConnection: !head.isKeepAlive)
            case .body(let bytes):
                let room = ServerResponse.maxBodyBytes - (response?.body.utf8.count ?? 0)
                response?.body += String(decoding: bytes.readableBytesView.prefix(max(0, room)), as: UTF8.self)
            case .end:
                if let response { return response }
            }
        }
        throw LostConnection(description: "it closed the connection")
    }
}
