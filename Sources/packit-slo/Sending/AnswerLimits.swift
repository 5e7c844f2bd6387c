import NIOCore
import NIOHTTP1

/// What came is no answer, and to ask again would not help.
struct BadAnswer: Error, CustomStringConvertible {
    let description: String
}

/// Ends a connection whose answer has no end, before the answer is looked at: head, body and whatever else.
final class AnswerLimit: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Far more than a sentence and its head.
    static let maxBytes = 256 << 10

    private var received = 0

    /// Each request has an answer of its own: there is one at a time.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        received = 0
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let before = received
        received = before.addingReportingOverflow(unwrapInboundIn(data).readableBytes).partialValue
        guard received > Self.maxBytes else { return context.fireChannelRead(data) }
        guard before <= Self.maxBytes else { return }
        context.fireErrorCaught(BadAnswer(description: "answers with more than \(Self.maxBytes >> 10) KiB"))
        context.close(promise: nil)
    }
}

/// Ends a connection on which a request, with its answer, takes too long, however much comes meanwhile.
final class AnswerTimer: ChannelDuplexHandler {
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
            context.fireErrorCaught(BadAnswer(description: "did not answer within \(seconds) s"))
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
