import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Serves everything except deliveries: probes at once, the rest through the router, in a task and within the limits of
/// `RequestShare`.
///
/// Placed behind a `HTTP1ConnectionHandler`, which provides one request at a time.
final class OperationsHandler: ChannelInboundHandler {
    typealias InboundIn = RequestPart
    typealias OutboundOut = ResponsePart

    private enum State {
        /// The next part is a head.
        case between
        /// A body is being read and discarded: nothing here accepts one.
        case reading(HTTPRequestHead, bodyBytes: Int)
        /// Queued in the `RequestShare`.
        case waiting(HTTPRequestHead, RequestShare, ticket: UInt64)
        case responding
        /// The response was given before the request's end; the connection discards the rest.
        case refused
        case closed
    }

    /// A larger body is refused.
    static let maxBodyBytes = 64 * 1024

    private let probes: Probes
    private let shares: RequestShares
    private let responder: WebServer.Responder
    private var context: ChannelHandlerContext?
    private var state = State.between
    /// The whole current request has arrived.
    private var requestHasEnded = false
    /// Numbers the requests of a connection, so that a late response cannot go to a later request.
    private var sequence: UInt64 = 0

    init(probes: Probes, shares: RequestShares, responder: @escaping WebServer.Responder) {
        self.probes = probes
        self.shares = shares
        self.responder = responder
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
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.requestHasEnded = false
            guard case .between = self.state else { return }
            // The sender waits for `100 Continue` before it sends a body that nobody needs.
            if head.framing.expectsContinue {
                self.admit(head.head)
            } else {
                self.state = .reading(head.head, bodyBytes: 0)
            }
        case .body(let part):
            guard case .reading(let head, let before) = self.state else { return }
            let bytes = before + part.readableBytes
            self.state = .reading(head, bodyBytes: bytes)
            if bytes > Self.maxBodyBytes { self.respond(HTTPResponseBytes(.noBodyWanted)) }
        case .end:
            self.requestHasEnded = true
            switch self.state {
            case .reading(let head, _): self.admit(head)
            case .refused: self.state = .between
            case .between, .waiting, .responding, .closed: break
            }
        }
    }

    private func admit(_ head: HTTPRequestHead) {
        let path = WebhookRoute.path(of: head.uri)
        if head.method == .GET || head.method == .HEAD, let response = self.probes.response(to: path) {
            return self.respond(response)
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
        case .refused: self.respond(HTTPResponseBytes(.tooManyPages))
        }
    }

    private func begin(_ head: HTTPRequestHead, in share: RequestShare) {
        guard let context else { return share.finished() }
        self.state = .responding
        let (sequence, eventLoop, channel) = (self.sequence, context.eventLoop, context.channel)
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let responder = self.responder
        Task {
            let response: HTTPResponseBytes
            if let request = Request(head) {
                response = await HTTPResponseBytes(responder(request, channel), isHEAD: head.method == .HEAD)
            } else {
                response = HTTPResponseBytes(.unreadableRequest)
            }
            share.finished()
            eventLoop.execute { handler.value.finish(sequence, response) }
        }
    }

    private func finish(_ sequence: UInt64, _ response: HTTPResponseBytes) {
        guard case .responding = self.state, sequence == self.sequence else { return }
        self.respond(response)
    }

    private func respond(_ response: HTTPResponseBytes) {
        guard let context else { return }
        // Set first: the next request may arrive before `write` returns.
        self.state = self.requestHasEnded ? .between : .refused
        context.write(self.wrapOutboundOut(.response(response)), promise: nil)
    }
}

extension Problem {
    static let noBodyWanted = Problem(
        status: .payloadTooLarge,
        detail: "No resource here accepts a body of more than \(OperationsHandler.maxBodyBytes) bytes.")
    package static let failed = Problem(
        status: .internalServerError, detail: "The server failed to handle this request; its log says why.")
    static let tooManyPages = Problem(
        status: .serviceUnavailable, detail: "Too many pages are requested at the moment; try again later.",
        headers: [("Retry-After", "1")])
    static let unreadableRequest = Problem(
        status: .badRequest, detail: "The request's method or path cannot be read.")
}
