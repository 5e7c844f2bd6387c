import Logging
import NIOCore
import NIOHTTP1
import SLOService

/// Keeps one connection's HTTP/1 in order, for whatever handlers come behind it.
///
/// They see one request at a time: the next is held back until the answer to the one before is written. They may
/// answer at any moment, also before the body is read; this handler then says `Connection: close`, throws away what
/// still arrives, within bounds, so that the sender gets to see its answer, and closes. It owns the connection's
/// deadlines (next request, body, stop), answers what is not HTTP, and serves senders that closed their half.
///
/// While the sender does not take its answers, nothing of it is read, decoded or answered: what a connection holds is
/// bounded in both directions (docs/reliability.md).
final class RequestSequencer: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Told to the handlers behind when the body of the request in hand has taken too long. If none of them begins an
    /// answer at once, this handler does.
    struct BodyDeadlinePassed {}

    private enum Phase {
        /// Between two requests. Goes to: exchange, leaving (what came is not HTTP), closed.
        case waiting
        /// A request is being read, answered, or both. Goes to: waiting, leaving, closed.
        case exchange
        /// The connection's last answer is written; input is thrown away. Goes to: closed.
        case leaving
        case closed
    }

    /// One request and its answer.
    private struct Exchange {
        var framing: RequestFraming?
        var bodyBytes = 0
        var requestEnded = false
        var responseStarted = false
        var responseEnded = false
        /// The answer says `Connection: close`.
        var isLast = false
    }

    /// The connection came while all places were taken. It has little time for one request.
    private(set) var isCrowded = false

    private var limits: ConnectionLimits
    private let doorkeeper: Doorkeeper
    private var place: Place?
    private let log: LimitedLog
    private let gate: InputGate
    private let turns: TurnQueue
    /// Where bytes enter the pipeline that need no encoding any more.
    private let encoder: ChannelHandlerContext
    private var context: ChannelHandlerContext?
    private var alarm: Alarm?
    private var stopTask: Scheduled<Void>?

    private var phase = Phase.waiting
    private var exchange = Exchange()
    /// Parts of the requests behind the one in hand. Bounded by what the gate lets be decoded in one piece: while there
    /// are any, it is asked for nothing more.
    private var backlog = CircularBuffer<HTTPServerRequestPart>()
    private var isDeliveringBacklog = false
    private var holdsRead = false
    private var isWaitingToBeDrained = false
    private var holdsFlush = false
    /// The channel's, kept here because every request asks.
    private var isWritable = true
    private var hasParserFailed = false
    private var inputEnded = false
    private var isStopping = false
    private var pendingParserError: HTTPParserError?
    private var answerIsWritten = false
    private var thrownAwayBytes = 0

    /// - Parameters:
    ///   - gate: of bytes, in front of the HTTP decoder.
    ///   - turns: of the connection's event loop.
    ///   - encoder: of HTTP responses, in front of this handler.
    init(
        limits: ConnectionLimits, doorkeeper: Doorkeeper, gate: InputGate, turns: TurnQueue,
        encoder: ChannelHandlerContext, log: LimitedLog
    ) {
        self.limits = limits
        self.doorkeeper = doorkeeper
        self.gate = gate
        self.turns = turns
        self.encoder = encoder
        self.log = log
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.takePlace(context.eventLoop)
        let alarm = Alarm(on: context.eventLoop) { [weak self] in self?.deadlinePassed() }
        alarm.set(in: self.limits.idleTimeout)
        self.alarm = alarm
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    private func takePlace(_ eventLoop: any EventLoop) {
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let place = Place { eventLoop.execute { handler.value.giveUpPlace() } }
        self.place = place
        guard !self.doorkeeper.admit(place) else { return }
        self.isCrowded = true
        self.limits = self.limits.crowded
    }

    /// Somebody else wants the place, and nothing was done with it when that was asked.
    private func giveUpPlace() {
        switch self.phase {
        case .waiting where !self.isWritable || (self.backlog.isEmpty && self.gate.isEmpty): self.close()
        case .exchange where !self.exchange.requestEnded: self.deadlinePassed()
        case .waiting, .exchange, .leaving, .closed: break
        }
    }

    private func end() {
        if let place = self.place.take() { self.doorkeeper.leave(place) }
        self.phase = .closed
        self.backlog.removeAll()
        self.alarm?.cancel()
        self.stopTask?.cancel()
    }

    private func close() {
        self.context?.close(promise: nil)
    }

    // MARK: Requests

    /// What of the bytes that have come is wanted now.
    var appetite: InputGate.Appetite {
        switch self.phase {
        case .waiting: self.isWritable && self.backlog.isEmpty ? .piece : .nothing
        case .exchange:
            self.isWritable && self.backlog.isEmpty && !self.exchange.requestEnded ? self.restOfRequest : .nothing
        case .leaving where self.exchange.requestEnded: .nothing
        // Only a chunked body has to be decoded to know its end.
        case .leaving where !self.hasParserFailed && self.exchange.framing?.isChunked == true: .piece
        case .leaving, .closed: .discard
        }
    }

    private var restOfRequest: InputGate.Appetite {
        guard let framing = self.exchange.framing, !framing.isChunked, let declared = framing.declaredBytes,
            declared > self.exchange.bodyBytes
        else { return .piece }
        return .body(declared - self.exchange.bodyBytes)
    }

    /// The gate threw bytes away, as it was told to.
    func discarded(bytes: Int) {
        self.thrownAwayBytes += bytes
        self.exchange.bodyBytes += bytes
        if !self.hasParserFailed, let declared = self.exchange.framing?.declaredBytes {
            self.exchange.requestEnded = self.exchange.bodyBytes >= declared
        }
        self.closeIfDone()
    }

    /// One read is bound by the buffer that it is given, and there is no other before that is used up.
    private var mayRead: Bool {
        guard self.gate.isEmpty, self.backlog.isEmpty else { return false }
        switch self.phase {
        case .waiting, .exchange: return self.isWritable
        case .leaving: return !self.exchange.requestEnded
        case .closed: return true
        }
    }

    func read(context: ChannelHandlerContext) {
        self.holdsRead = true
        self.resumeReading()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isWritable = context.channel.isWritable
        if self.isWritable { self.goOn() }
        context.fireChannelWritabilityChanged()
    }

    /// Takes up what was held back.
    private func goOn() {
        self.deliverBacklog()
        self.gate.resume()
        self.resumeReading()
    }

    /// Writes what waits for the end of a burst. The sender may then have taken enough to go on.
    /// - Returns: whether there was anything.
    func flushHeldBack() -> Bool {
        guard self.holdsFlush else { return false }
        self.holdsFlush = false
        self.encoder.flush()
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        switch self.phase {
        case .waiting where self.isWritable && self.backlog.isEmpty:
            self.deliver(part, context: context)
        case .exchange where self.isWritable && self.backlog.isEmpty && !self.exchange.requestEnded:
            self.deliver(part, context: context)
        case .waiting, .exchange:
            self.backlog.append(part)
        case .leaving:
            self.throwAway(part)
        case .closed:
            break
        }
    }

    private func deliver(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .body where self.phase == .waiting, .end where self.phase == .waiting:
            // What the parser still gives of a request whose head it could not read.
            break
        case .head(let head):
            let framing = RequestFraming(head)
            self.exchange = Exchange(framing: framing)
            self.phase = .exchange
            self.set(self.limits.bodyTimeout) { .reading(since: $0) }
            if framing.lacksHost {
                self.refuse(Problem(status: .badRequest, detail: "An HTTP/1.1 request names one Host."))
            } else {
                context.fireChannelRead(self.wrapInboundOut(part))
            }
        case .body(let bytes):
            self.exchange.bodyBytes += bytes.readableBytes
            context.fireChannelRead(self.wrapInboundOut(part))
        case .end:
            self.exchange.requestEnded = true
            self.set(self.limits.answerTimeout) { _ in .working }
            context.fireChannelRead(self.wrapInboundOut(part))
            self.finishExchange()
        }
    }

    /// Goes on to the next request once this one is both read and answered.
    private func finishExchange() {
        guard self.phase == .exchange, self.exchange.requestEnded, self.exchange.responseEnded else { return }
        self.phase = .waiting
        self.exchange = Exchange()
        self.set(self.isStopping ? self.limits.stopGrace : self.limits.idleTimeout) { .waiting(since: $0) }
        self.goOn()
    }

    private func set(_ timeout: TimeAmount, occupation: (NIODeadline) -> Place.Occupation) {
        guard let now = self.alarm?.set(in: timeout) else { return }
        self.place?.occupation = occupation(now)
    }

    private func deliverBacklog() {
        // An answer given while a part is delivered leads back here; the loop below then goes on, one level deep.
        guard !self.isDeliveringBacklog, let context = self.context else { return }
        self.isDeliveringBacklog = true
        let isDue = !self.backlog.isEmpty
        while self.isWritable,
            self.phase == .waiting || (self.phase == .exchange && !self.exchange.requestEnded),
            let part = self.backlog.popFirst()
        {
            self.deliver(part, context: context)
        }
        self.isDeliveringBacklog = false
        if isDue { context.fireChannelReadComplete() }
        guard self.backlog.isEmpty else { return }
        if let error = self.pendingParserError, !(self.phase == .exchange && self.exchange.requestEnded) {
            self.pendingParserError = nil
            self.errorCaught(context: context, error: error)
        } else if self.phase == .waiting, self.inputEnded {
            self.close()
        }
    }

    func resumeReading() {
        guard self.holdsRead, self.mayRead else { return }
        guard self.phase == .leaving else { return self.readHeldBack() }
        guard !self.isWaitingToBeDrained else { return }
        self.isWaitingToBeDrained = true
        self.turns.addToDrain(self)
    }

    /// The turn has come to read what is thrown away.
    func drain() {
        self.isWaitingToBeDrained = false
        guard self.holdsRead, self.mayRead else { return }
        self.readHeldBack()
    }

    /// Too many others wait to be drained, too.
    func giveUpDraining() {
        self.isWaitingToBeDrained = false
        if self.phase == .leaving { self.close() }
    }

    private func readHeldBack() {
        self.holdsRead = false
        self.context?.read()
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.phase == .exchange, !self.exchange.responseEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            context.write(data, promise: promise)
        case .head(let head):
            self.exchange.responseStarted = true
            self.writeHead(head, context: context, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            self.exchange.responseEnded = true
            if self.exchange.isLast || self.isStopping || self.nothingFollows {
                self.leave(after: data, promise: promise, context: context)
            } else {
                context.write(data, promise: promise)
                self.finishExchange()
            }
        }
    }

    /// Whether all of the request in hand has come.
    var requestHasEnded: Bool { self.exchange.requestEnded }

    /// What the head of the request in hand says of its body and of the connection.
    var framing: RequestFraming? { self.exchange.framing }

    /// Writes the whole answer to the request in hand in one piece, past the encoder: of three parts each would pass
    /// the pipeline on its own, and their headers would be put together anew for every one.
    /// - Returns: whether it did. An answer after which the connection ends goes the ordinary way.
    func writeInOnePiece(_ answer: HTTPAnswer, date: String) -> Bool {
        guard let context = self.context, self.phase == .exchange, self.exchange.requestEnded,
            !self.exchange.responseStarted, self.exchange.framing?.isLast == false, !self.isStopping,
            !self.isCrowded, !self.nothingFollows
        else { return false }
        self.exchange.responseStarted = true
        self.exchange.responseEnded = true
        let bytes = answer.bytes(date: date, allocator: context.channel.allocator)
        self.encoder.write(NIOAny(bytes), promise: nil)
        self.flush(context: context)
        self.finishExchange()
        return true
    }

    /// Answers to requests that came together leave together.
    func flush(context: ChannelHandlerContext) {
        if self.gate.isPumping {
            self.holdsFlush = true
        } else {
            context.flush()
        }
    }

    /// The sender has closed its half, and all requests before that have had their turn.
    private var nothingFollows: Bool {
        self.inputEnded && self.backlog.isEmpty && self.gate.isEmpty && self.pendingParserError == nil
    }

    private func writeHead(
        _ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        let framing = self.exchange.framing
        let bodyIsUnread = framing?.hasBody == true && !self.exchange.requestEnded
        self.exchange.isLast =
            framing?.isLast != false || bodyIsUnread || self.isStopping || self.isCrowded || self.nothingFollows
        var head = head
        if self.exchange.isLast {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.write(self.wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Answers in place of the handlers behind, and ends the connection.
    private func refuse(_ problem: Problem) {
        guard let context = self.context, !self.exchange.responseStarted else {
            self.close()
            return
        }
        self.exchange.responseStarted = true
        self.exchange.framing?.isLast = true
        var date = HTTPDate()
        let answer = HTTPAnswer(problem)
        self.writeHead(answer.head(date: date.now()), context: context, promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        self.leave(after: self.wrapOutboundOut(.end(nil)), promise: nil, context: context)
    }

    private func leave(after data: NIOAny, promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
        self.phase = .leaving
        self.backlog.removeAll()
        self.set(self.exchange.requestEnded ? self.limits.idleTimeout : self.limits.lingerTimeout) { _ in .working }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.answerIsWritten = true
            self.closeIfDone()
        }
        context.writeAndFlush(data, promise: written)
        self.gate.resume()
        self.resumeReading()
    }

    private func throwAway(_ part: HTTPServerRequestPart) {
        switch part {
        case .head: break
        case .body(let bytes):
            self.exchange.bodyBytes += bytes.readableBytes
            self.thrownAwayBytes += bytes.readableBytes
        case .end: self.exchange.requestEnded = true
        }
        self.closeIfDone()
    }

    private func closeIfDone() {
        guard self.phase == .leaving, self.answerIsWritten else { return }
        if self.exchange.requestEnded || self.inputEnded || self.thrownAwayBytes > self.limits.lingerBytes {
            self.close()
        }
    }

    // MARK: Events

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // Not passed on: the handlers behind would take it for the end of the connection, and it may still be
            // waiting for an answer.
            self.inputEnded = true
            // The burst that brought the end is not reported as over by anyone else.
            context.fireChannelReadComplete()
            if self.phase == .waiting, self.backlog.isEmpty { self.close() }
            self.closeIfDone()
        case is ChannelShouldQuiesceEvent:
            self.isStopping = true
            let stopTask = context.eventLoop.assumeIsolated().scheduleTask(in: self.limits.stopTimeout) {
                self.log.warning("A request was still unanswered when the time to stop ran out.")
                self.close()
            }
            self.stopTask = stopTask
            if self.phase == .waiting { self.alarm?.set(in: self.limits.stopGrace) }
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func deadlinePassed() {
        switch self.phase {
        case .waiting, .leaving:
            self.close()
        case .exchange where self.exchange.requestEnded:
            self.log.warning("A request was not answered in time; its connection is closed.")
            self.close()
        case .exchange:
            self.context?.fireUserInboundEventTriggered(BodyDeadlinePassed())
            if self.phase == .exchange { self.refuse(.tooSlow) }
        case .closed:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            self.log.debug("A connection failed.", metadata: ["error": "\(error)"])
            self.close()
            return
        }
        self.hasParserFailed = true
        switch self.phase {
        case .waiting where self.backlog.isEmpty:
            self.refuse(Problem(error))
        case .exchange where self.backlog.isEmpty && !self.exchange.requestEnded:
            context.fireErrorCaught(error)
            self.refuse(Problem(error))
        case .waiting, .exchange:
            // The requests before the broken one get their answers first.
            self.pendingParserError = error
        case .leaving, .closed:
            break
        }
    }
}
