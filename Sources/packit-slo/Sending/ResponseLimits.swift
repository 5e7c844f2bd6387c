import NIOCore
import NIOHTTP1

/// The response is unusable, and repeating the request would not help.
struct InvalidResponse: Error, CustomStringConvertible {
    let description: String
}

/// Closes a connection whose response is too large, before the response is parsed.
final class ResponseLimit: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Far more than a response to a delivery needs.
    static let maxBytes = 256 << 10

    private var received = 0

    /// One request at a time, each with one response.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        received = 0
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let before = received
        received = before.addingReportingOverflow(unwrapInboundIn(data).readableBytes).partialValue
        guard received > Self.maxBytes else { return context.fireChannelRead(data) }
        guard before <= Self.maxBytes else { return }
        context.fireErrorCaught(InvalidResponse(description: "responds with more than \(Self.maxBytes >> 10) KiB"))
        context.close(promise: nil)
    }
}

/// Closes a connection when a request with its response takes too long, however much data arrives.
final class ResponseTimer: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private var timer: Scheduled<Void>?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { start(context) }
        context.write(data, promise: promise)
    }

    private func start(_ context: ChannelHandlerContext) {
        stop()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: HTTPClient.patience) {
            let seconds = HTTPClient.patience.nanoseconds / 1_000_000_000
            context.fireErrorCaught(InvalidResponse(description: "did not respond within \(seconds) s"))
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { stop() }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }
}
