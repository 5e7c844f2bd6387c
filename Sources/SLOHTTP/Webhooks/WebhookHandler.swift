import NIOCore
import NIOHTTP1
import SLOCore
import SLOService
import SLOSources

/// Receives deliveries directly from a connection. Every other request goes on to the router.
///
/// Deliveries are nearly all of the traffic, so this path uses no task, no actor and no avoidable copy: the body is
/// collected on the event loop, passed to the receiver there, and responded to when the receiver calls back. Placed
/// behind a `HTTP1ConnectionHandler`, which provides one request at a time and discards the rest of a refused body.
final class WebhookHandler: ChannelInboundHandler {
    typealias InboundIn = RequestPart
    typealias InboundOut = RequestPart
    typealias OutboundOut = ResponsePart

    private enum State {
        /// The next part is a head.
        case between
        /// The request goes to the router, up to its end.
        case forwarding
        /// A delivery's body is being read.
        case gathering
        /// The receiver has the delivery.
        case responding
        /// The response was given before the request's end; the rest is discarded.
        case refused
        case closed
    }

    private let receiver: (any WebhookReceiver)?
    private let maxBodyBytes: Int
    private var context: ChannelHandlerContext?

    private var state = State.between
    private var delivery: Delivery?
    private var sequence: UInt64 = 0
    private var isStopping = false

    /// - Parameter receiver: `nil` if this address serves no webhooks; their paths then go to the router like all
    ///   others.
    init(receiver: (any WebhookReceiver)?, maxBodyBytes: Int) {
        self.receiver = receiver
        self.maxBodyBytes = maxBodyBytes
    }

    // MARK: Lifecycle

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.abandonDelivery()
        self.state = .closed
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.abandonDelivery()
        self.state = .closed
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The connection responds to what cannot be parsed.
        self.abandonDelivery()
        self.state = .refused
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let timeout as RequestTimedOut:
            guard self.state == .gathering, let source = self.delivery?.source else { return }
            self.refuse(timeout.isCrowded ? .overloaded : .tooSlow, of: source, context: context)
        case is ChannelShouldQuiesceEvent:
            self.isStopping = true
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.state == .forwarding {
            if case .end = self.unwrapInboundIn(data) { self.state = .between }
            context.fireChannelRead(data)
            return
        }
        switch (self.unwrapInboundIn(data), self.state) {
        case (.head(let head), .between):
            self.begin(head, data: data, context: context)
        case (.body(let part), .gathering):
            self.gather(part, context: context)
        case (.end, .gathering):
            self.handOver(context: context)
        case (.end, .refused):
            self.state = .between
        default:
            break
        }
    }

    private func begin(_ head: RequestHead, data: NIOAny, context: ChannelHandlerContext) {
        switch self.receiver == nil ? .elsewhere : WebhookRoute(head.head) {
        case .elsewhere where self.isStopping:
            self.state = .refused
            self.write(HTTPResponseBytes(Problem(.stopping)), context: context)
        case .elsewhere:
            self.state = .forwarding
            context.fireChannelRead(data)
        case .refused(let problem):
            self.state = .refused
            self.write(HTTPResponseBytes(problem), context: context)
        case .delivery(let source):
            self.beginDelivery(from: source, head: head, context: context)
        }
    }

    private func beginDelivery(from source: Source, head: RequestHead, context: ChannelHandlerContext) {
        let framing = head.framing
        let declaredBytes = framing.isChunked ? 0 : framing.declaredBytes ?? 0
        // Declared bytes are not sent yet: reserve what has arrived, and a little more.
        let room = min(framing.isChunked ? self.maxBodyBytes : declaredBytes, Self.firstReservation)
        if declaredBytes > self.maxBodyBytes {
            self.refuse(.tooLarge(limitBytes: self.maxBodyBytes), of: source, context: context)
        } else if self.receiver?.reserve(bytes: room, of: room) != true {
            self.refuse(.overloaded, of: source, context: context)
        } else {
            self.delivery = Delivery(source: source, head: head, reservedBytes: room)
            self.state = .gathering
            if framing.expectsContinue, framing.hasBody {
                context.write(self.wrapOutboundOut(.goAhead), promise: nil)
            }
        }
    }

    private func gather(_ part: ByteBuffer, context: ChannelHandlerContext) {
        // Nothing else may reference the delivery while a part is appended, or the whole body is copied.
        guard let source = self.delivery?.source, let received = self.delivery?.receivedBytes else { return }
        let size = received + part.readableBytes
        if size > self.maxBodyBytes {
            self.refuse(.tooLarge(limitBytes: self.maxBodyBytes), of: source, context: context)
        } else if !self.reserve(upTo: size) {
            self.refuse(.overloaded, of: source, context: context)
        } else {
            self.delivery?.append(part, allocator: context.channel.allocator)
        }
    }

    /// The reservation doubles, so that small bodies reserve little, and declared but unsent bytes nothing.
    private func reserve(upTo size: Int) -> Bool {
        guard let reserved = self.delivery?.reservedBytes, size > reserved else { return true }
        let total = max(min(2 * reserved, self.delivery?.declaredBytes ?? self.maxBodyBytes), size)
        guard self.receiver?.reserve(bytes: total - reserved, of: total) == true else { return false }
        self.delivery?.reservedBytes = total
        return true
    }

    private static let firstReservation = 64 * 1024

    /// Drops the delivery that is being read, if any, and returns its reservation.
    private func abandonDelivery() {
        guard let delivery = self.delivery else { return }
        self.delivery = nil
        self.receiver?.release(bytes: delivery.reservedBytes)
    }

    // MARK: Responding

    private func handOver(context: ChannelHandlerContext) {
        // Taken out first: the response, and with it the next delivery, may arrive before `receive` returns.
        guard let delivery = self.delivery.take() else { return }
        self.state = .responding
        self.sequence += 1
        let sequence = self.sequence
        let eventLoop = context.eventLoop
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let completion: @Sendable (DeliveryResponse) -> Void = { answer in
            if eventLoop.inEventLoop {
                handler.value.complete(sequence, with: answer)
            } else {
                eventLoop.execute { handler.value.complete(sequence, with: answer) }
            }
        }
        let body = delivery.body ?? ByteBuffer()
        body.withUnsafeReadableBytes { bytes in
            self.receiver?.receive(
                source: delivery.source, headers: delivery.headers, body: bytes, arrivedAt: delivery.arrivedAt,
                completion: completion
            )
        }
        self.receiver?.release(bytes: delivery.reservedBytes)
    }

    /// - Parameter sequence: numbers the deliveries of a connection, so that a late response cannot go to a later
    ///   request.
    private func complete(_ sequence: UInt64, with answer: DeliveryResponse) {
        guard sequence == self.sequence, self.state == .responding, let context = self.context else { return }
        self.state = .between
        self.write(.to(answer), context: context)
    }

    /// Responds to a delivery before its end.
    private func refuse(_ refusal: Refusal, of source: Source, context: ChannelHandlerContext) {
        self.abandonDelivery()
        self.receiver?.refuse(source: source, refusal)
        self.state = .refused
        self.write(HTTPResponseBytes(Problem(refusal)), context: context)
    }

    private func write(_ response: HTTPResponseBytes, context: ChannelHandlerContext) {
        context.write(self.wrapOutboundOut(.response(response)), promise: nil)
    }
}
