import Logging
import NIOCore
import NIOHTTP1
import SLOService

/// Executes what its `HTTP1ConnectionStateMachine` decides. The handlers behind it see one whole request after the
/// other, in parts, and may respond to each at any time.
///
/// Placed behind the HTTP decoder; owns the `InputGate` in front of it.
final class HTTP1ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = RequestPart
    typealias OutboundIn = ResponsePart
    typealias OutboundOut = ByteBuffer

    private var machine: HTTP1ConnectionStateMachine
    private let gate: InputGate
    private let turns: TurnQueue
    private let limiter: ConnectionLimiter
    private let log: LimitedLog
    private var slot: ConnectionSlot?
    private var timer: DeadlineTimer?
    private var context: ChannelHandlerContext?
    private var heldParts = CircularBuffer<HTTPServerRequestPart>()
    private var date = HTTPDate()

    /// - Parameters:
    ///   - gate: the gate for bytes in front of the HTTP decoder.
    ///   - turns: the queue of the connection's event loop.
    init(limits: ConnectionLimits, limiter: ConnectionLimiter, gate: InputGate, turns: TurnQueue, log: LimitedLog) {
        self.machine = HTTP1ConnectionStateMachine(limits: limits)
        self.limiter = limiter
        self.gate = gate
        self.turns = turns
        self.log = log
    }

    // MARK: Lifecycle

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let eventLoop = context.eventLoop
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let slot = ConnectionSlot { eventLoop.execute { handler.value.slotWanted() } }
        self.slot = slot
        self.timer = DeadlineTimer(on: eventLoop) { [weak self] in self?.deadlinePassed() }
        self.machine.opened(isCrowded: !self.limiter.admit(slot), at: .now())
        self.run()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    private func end() {
        self.machine.closed()
        self.heldParts.removeAll()
        if let slot = self.slot.take() { self.limiter.leave(slot) }
        self.timer?.cancel()
    }

    // MARK: Events

    /// All that the gate received counts as one arrival, into however many pieces TLS split it.
    func channelReadComplete(context: ChannelHandlerContext) {
        self.machine.bytesArrived(self.gate.takeArrivedBytes())
        self.run()
        context.fireChannelReadComplete()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        switch self.machine.partArrived(HTTP1ConnectionStateMachine.Part(part)) {
        case .take: self.take(part, context: context)
        case .hold: self.heldParts.append(part)
        case .drop: break
        }
        self.run()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            self.machine.parserFailed(error)
        } else {
            self.log.debug("connection failed", metadata: ["error": "\(error)"])
            self.machine.connectionFailed()
        }
        self.run()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // Not passed on to the handlers behind: they would take it for the end of the connection, which still has a
            // response to send.
            self.machine.inputClosed()
        case is ChannelShouldQuiesceEvent:
            self.machine.stopRequested(at: .now())
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
        self.run()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.machine.writabilityChanged(to: context.channel.isWritable)
        self.run()
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        self.machine.readRequested()
        self.run()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .goAhead where self.machine.takesInterimResponse:
            context.writeAndFlush(self.wrapOutboundOut(HTTPResponseBytes.goAhead), promise: promise)
        case .goAhead:
            promise?.fail(ChannelError.ioOnClosedChannel)
        case .response(let response):
            self.write(response, as: self.machine.responseGiven(at: .now()), context: context, promise: promise)
            self.run()
        }
    }

    private func deadlinePassed() {
        self.machine.deadlinePassed(at: .now())
        self.run()
    }

    private func slotWanted() {
        self.machine.slotWanted()
        self.run()
    }

    /// Called by the `TurnQueue` after other connections had their turn.
    func turnCame() {
        self.machine.turnCame()
        self.run()
    }

    /// Called by the `TurnQueue` when the connection may read input to discard.
    func drainTurnCame() {
        self.machine.drainTurnCame()
        self.run()
    }

    /// Called by the `TurnQueue` when too many connections wait to do so.
    func drainTurnDenied() {
        self.machine.drainTurnDenied()
        self.run()
    }

    // MARK: Steps

    /// Executes all steps that are due. Call it after every event.
    private func run() {
        guard let context = self.context, self.machine.turnBegan() else { return }
        while let step = self.machine.nextStep() { self.perform(step, context: context) }
        self.timer?.set(self.machine.deadline)
        self.slot?.occupation = self.machine.occupation
    }

    private func perform(_ step: HTTP1ConnectionStateMachine.Step, context: ChannelHandlerContext) {
        switch step {
        case .takeHeldPart:
            if let part = self.heldParts.popFirst() { self.take(part, context: context) }
        case .decodePiece:
            self.decode(self.gate.takePiece())
        case .decodeBody(let bytes):
            self.decode(self.gate.take(atMost: bytes))
        case .discardInput:
            self.gate.discard()
        case .announceTimeout:
            context.fireUserInboundEventTriggered(RequestTimedOut(isCrowded: self.machine.isCrowded))
        case .refuse(let fault):
            self.refuse(fault, context: context)
        case .flush:
            context.flush()
        case .finish:
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: self.lastPromise(nil, context: context))
        case .queueTurn:
            self.turns.add(self)
        case .read:
            context.read()
        case .queueDrain:
            self.turns.addToDrain(self)
        case .close(let ending):
            self.close(ending, context: context)
        }
    }

    private func decode(_ bytes: ByteBuffer?) {
        guard let bytes else { return }
        self.machine.bytesDecoded(bytes.readableBytes)
        self.gate.pass(bytes)
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            let head = RequestHead(head)
            switch self.machine.headTaken(head.framing, at: .now()) {
            case .forward: context.fireChannelRead(self.wrapInboundOut(.head(head)))
            case .refuse(let fault): self.refuse(fault, context: context)
            case .drop: break
            }
        case .body(let bytes):
            if self.machine.bodyTaken(bytes: bytes.readableBytes) {
                context.fireChannelRead(self.wrapInboundOut(.body(bytes)))
            }
        case .end:
            if self.machine.endTaken(at: .now()) { context.fireChannelRead(self.wrapInboundOut(.end)) }
        }
    }

    private func refuse(_ fault: HTTP1ConnectionStateMachine.Fault, context: ChannelHandlerContext) {
        // Makes the handler that reads the request drop it.
        if case .notHTTP(let error) = fault { context.fireErrorCaught(error) }
        let action = self.machine.refusalGiven(fault, at: .now())
        self.write(HTTPResponseBytes(Problem(fault)), as: action, context: context, promise: nil)
    }

    private func write(
        _ response: HTTPResponseBytes, as action: HTTP1ConnectionStateMachine.ResponseAction,
        context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        guard case .write(let shape) = action else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let written = shape.isLast ? self.lastPromise(promise, context: context) : promise
        let date = self.date.now()
        let bytes = response.bytes(date: date, shape: shape, allocator: context.channel.allocator)
        if let body = response.longBody, !shape.isHEAD {
            context.write(self.wrapOutboundOut(bytes), promise: nil)
            context.write(self.wrapOutboundOut(body), promise: written)
        } else {
            context.write(self.wrapOutboundOut(bytes), promise: written)
        }
        if shape.flushes { context.flush() }
    }

    /// Reports to the state machine when the last response is sent.
    private func lastPromise(
        _ promise: EventLoopPromise<Void>?, context: ChannelHandlerContext
    ) -> EventLoopPromise<Void> {
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.machine.lastResponseSent()
            self.run()
        }
        return promise
    }

    private func close(_ ending: HTTP1ConnectionStateMachine.Ending, context: ChannelHandlerContext) {
        self.heldParts.removeAll()
        switch ending {
        case .done: break
        case .unanswered: self.log.warning("request got no response in time; its connection is closed")
        case .stopped: self.log.warning("request got no response before the server stopped; its connection is closed")
        }
        context.close(promise: nil)
    }
}

/// Tells the handlers behind that the body of the current request took too long. If none of them responds at once, the
/// connection does.
struct RequestTimedOut {
    /// The connection was accepted while all slots were taken, so its limits are short.
    let isCrowded: Bool
}

extension HTTP1ConnectionStateMachine.Part {
    init(_ part: HTTPServerRequestPart) {
        switch part {
        case .head: self = .head
        case .body(let bytes): self = .body(bytes: bytes.readableBytes)
        case .end: self = .end
        }
    }
}
