import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers what is no delivery: probes at once, everything else by the router, in a task of its own and within the
/// share that such requests have.
///
/// Stands behind a `RequestSequencer` and relies on it: one request at a time.
final class OperationsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// The next part is a head.
        case between
        /// A body is being read, and thrown away: nothing here takes one.
        case reading(HTTPRequestHead, bodyBytes: Int)
        /// Its turn has not come yet.
        case waiting(HTTPRequestHead, RequestShare, ticket: UInt64)
        case answering
        /// Answered before the end of its body, which the sequencer throws away.
        case refused
        case closed
    }

    /// Whoever sends more to a page is refused.
    static let maxBodyBytes = 64 * 1024

    private let probes: Probes
    private let shares: RequestShares
    private let responder: FrontDoor.Responder
    private let sequencer: RequestSequencer
    private var context: ChannelHandlerContext?
    private var state = State.between
    /// Numbers the requests of a connection, so that an answer can only ever meet its own.
    private var sequence: UInt64 = 0
    private var date = HTTPDate()

    init(
        probes: Probes, shares: RequestShares, responder: @escaping FrontDoor.Responder, sequencer: RequestSequencer
    ) {
        self.probes = probes
        self.shares = shares
        self.responder = responder
        self.sequencer = sequencer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
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
        if case .waiting(_, let share, let ticket) = self.state { share.withdraw(ticket: ticket) }
        self.state = .closed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (self.unwrapInboundIn(data), self.state) {
        case (.head(let head), .between):
            // Who waits to be told to go on with a body is told here that nobody wants it.
            if self.sequencer.framing?.expectsContinue == true {
                self.admit(head)
            } else {
                self.state = .reading(head, bodyBytes: 0)
            }
        case (.body(let part), .reading(let head, let before)):
            let bytes = before + part.readableBytes
            self.state = .reading(head, bodyBytes: bytes)
            if bytes > Self.maxBodyBytes { self.refuse(.noBodyWanted, isHEAD: head.method == .HEAD) }
        case (.end, .reading(let head, _)):
            self.admit(head)
        case (.end, .refused):
            self.state = .between
        default:
            break
        }
    }

    private func admit(_ head: HTTPRequestHead) {
        let path = WebhookRoute.path(of: head.uri)
        let isHEAD = head.method == .HEAD
        if head.method == .GET || isHEAD, let answer = self.probes.answer(to: path) {
            return self.write(answer, isHEAD: isHEAD)
        }
        guard let context else { return }
        self.sequence += 1
        let share = self.shares.share(of: path)
        let (sequence, eventLoop) = (self.sequence, context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let admission = share.admit {
            eventLoop.execute {
                guard case .waiting(let head, _, _) = handler.value.state, handler.value.sequence == sequence else {
                    return share.finished()
                }
                handler.value.begin(head, in: share)
            }
        }
        switch admission {
        case .begins: self.begin(head, in: share)
        case .waits(let ticket): self.state = .waiting(head, share, ticket: ticket)
        case .refused: self.refuse(.tooManyPages, isHEAD: isHEAD)
        }
    }

    private func begin(_ head: HTTPRequestHead, in share: RequestShare) {
        guard let context else { return share.finished() }
        self.state = .answering
        let (sequence, eventLoop, channel) = (self.sequence, context.eventLoop, context.channel)
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let (responder, isHEAD) = (self.responder, head.method == .HEAD)
        Task {
            let answer: PageAnswer
            if let request = Request(head) {
                answer = await PageAnswer(of: responder(request, channel), isHEAD: isHEAD)
            } else {
                answer = PageAnswer(HTTPAnswer(.unreadableRequest))
            }
            share.finished()
            eventLoop.execute { handler.value.finish(sequence, answer) }
        }
    }

    private func finish(_ sequence: UInt64, _ answer: PageAnswer) {
        guard case .answering = self.state, sequence == self.sequence, let context else { return }
        self.state = self.sequencer.requestHasEnded ? .between : .refused
        var head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
        head.headers.add(name: "Date", value: self.date.now())
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if let body = answer.body, body.readableBytes > 0 {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func refuse(_ problem: Problem, isHEAD: Bool) {
        self.write(HTTPAnswer(problem), isHEAD: isHEAD)
    }

    private func write(_ answer: HTTPAnswer, isHEAD: Bool) {
        guard let context else { return }
        // Set first: the next request may come before the writing returns.
        self.state = self.sequencer.requestHasEnded ? .between : .refused
        if !isHEAD, self.sequencer.writeInOnePiece(answer, date: self.date.now()) { return }
        context.write(self.wrapOutboundOut(.head(answer.head(date: self.date.now()))), promise: nil)
        if !isHEAD {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}

extension Problem {
    static let noBodyWanted = Problem(
        status: .payloadTooLarge,
        detail: "Nothing here takes a body of more than \(OperationsHandler.maxBodyBytes) bytes.")
    static let failed = Problem(
        status: .internalServerError, detail: "The server failed on this request.")
    static let tooManyPages = Problem(
        status: .serviceUnavailable, detail: "Too many pages are asked for at the moment.",
        headers: [("Retry-After", "1")])
    static let unreadableRequest = Problem(
        status: .badRequest, detail: "The request's method or path cannot be read.")
}

extension Request {
    /// `nil` for what is no method.
    fileprivate init?(_ head: HTTPRequestHead) {
        guard let method = HTTPRequest.Method(head.method.rawValue) else { return nil }
        var request = HTTPRequest(method: method, scheme: nil, authority: nil, path: head.uri)
        for (name, value) in head.headers {
            guard let name = HTTPField.Name(name) else { continue }
            request.headerFields.append(HTTPField(name: name, value: value))
        }
        self.init(head: request, body: RequestBody(buffer: ByteBuffer()))
    }
}

/// What the router said, in the form in which the event loop writes it.
struct PageAnswer: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    /// `nil`: none is written, whatever its length is said to be.
    let body: ByteBuffer?

    init(_ answer: HTTPAnswer) {
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.body
    }

    private init(_ response: Response, body: ByteBuffer?) {
        var headers = HTTPHeaders()
        for field in response.headers { headers.add(name: field.name.rawName, value: field.value) }
        self.status = HTTPResponseStatus(statusCode: response.status.code, reasonPhrase: response.status.reasonPhrase)
        self.headers = headers
        self.body = body
    }

    init(of response: Response, isHEAD: Bool) async {
        if isHEAD {
            self.init(response, body: nil)
            return
        }
        let body = Body()
        do {
            try await response.body.write(body)
            self.init(response, body: body.bytes.withLock { $0 })
        } catch {
            self.init(HTTPAnswer(.failed))
        }
    }

    /// Gathers what the router writes: every answer here is made in one piece.
    private final class Body: ResponseBodyWriter, Sendable {
        let bytes = Mutex(ByteBuffer())

        func write(_ buffer: ByteBuffer) async throws {
            self.bytes.withLock { bytes in
                if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
            }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
