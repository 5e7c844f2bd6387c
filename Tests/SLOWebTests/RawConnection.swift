import NIOCore
import NIOPosix
import NIOSSL

/// A client that sends exactly the bytes it is told to and reads what comes back, answer by answer.
final class RawConnection {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// One answer, as it came.
    struct Response {
        let status: Int
        let headers: [String: String]
        let body: String

        /// By lower-case name.
        subscript(_ name: String) -> String? { self.headers[name] }
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var unread = ByteBuffer()

    private init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Connects, and closes at the end.
    static func open<Value: Sendable>(
        _ port: Int, tls: NIOSSLContext? = nil, _ body: (RawConnection) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawConnection(inbound, outbound))
        }
    }

    func send(_ text: String) async throws {
        try await self.outbound.write(ByteBuffer(string: text))
    }

    /// Closes the sending half.
    func finishSending() {
        self.outbound.finish()
    }

    /// The next answer. `hasBody`: not to a HEAD request.
    func response(hasBody: Bool = true) async throws -> Response {
        var head: String?
        while head == nil {
            head = self.takeHead()
            if head == nil { try await self.readMore() }
        }
        let lines = (head ?? "").split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1)
            headers[field[0].lowercased()] = field.count == 2 ? String(field[1].drop { $0 == " " }) : ""
        }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        while self.unread.readableBytes < length { try await self.readMore() }
        return Response(status: status, headers: headers, body: self.unread.readString(length: length) ?? "")
    }

    /// Returns when the server has closed the connection, and with what was not read before.
    func rest() async throws -> String {
        do {
            while let more = try await self.inbound.next(isolation: #isolation) {
                self.unread.writeImmutableBuffer(more)
            }
        } catch is IOError {
            // A reset ends a connection, too.
        }
        return self.unread.readString(length: self.unread.readableBytes) ?? ""
    }

    private func takeHead() -> String? {
        let view = self.unread.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = self.unread.readString(length: end.lowerBound - view.startIndex)
        self.unread.moveReaderIndex(forwardBy: 4)
        return head
    }

    private func readMore() async throws {
        guard let more = try await self.inbound.next(isolation: #isolation) else {
            throw Failure(description: "closed after \(String(buffer: self.unread))")
        }
        self.unread.writeImmutableBuffer(more)
    }
}
