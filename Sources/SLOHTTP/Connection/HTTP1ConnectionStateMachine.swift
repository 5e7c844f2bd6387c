import NIOCore
import NIOHTTP1

/// One HTTP/1 connection as a value: events go in, actions come out. It reads no clock, holds no bytes and knows no
/// channel; `HTTP1ConnectionHandler` executes its actions.
///
/// A part of a request or response returns its action at once. Every other event only changes the state; `nextStep`
/// then returns the actions, one by one, until there is none. Therefore thousands of pipelined requests do not deepen
/// the stack.
///
/// - `waiting`: between two requests.
/// - `reading`: a request is being read; it has no response yet.
/// - `responding`: a request is read to its end; it has no response yet.
/// - `responded`: a request without a body has its response; its end is about to arrive.
/// - `leaving`: the last response is given. Further input is discarded, so that the sender sees the response.
/// - `closed`: the connection is closed, or being closed.
///
/// In the first four states the connection may also be *blocked*, while the sender does not read what is written.
/// Nothing is then read, decoded or forwarded; parts that are decoded already are held.
///
/// The table lists every transition with its actions, for a connection that holds input if it is blocked and none
/// otherwise. *Forward* passes a part to the handlers behind, *drop* does not. *Leaving, all read* has read the whole
/// request. Parts and events that are not listed for a state change nothing in it, and responses are rejected.
///
/// | state | event | done | next state |
/// |---|---|---|---|
/// | waiting | head | forward | reading |
/// | waiting | head without a host | refuse | leaving, all read |
/// | waiting | bytes | decode a piece | waiting |
/// | waiting | read possible | read | waiting |
/// | waiting | parser error | refuse | leaving |
/// | waiting | input closed | send the rest | leaving, all read |
/// | waiting | not writable | – | waiting, blocked |
/// | waiting | deadline, slot wanted, connection failed | close | closed |
/// | waiting, blocked | head, head without a host, part of a body, end | hold | waiting, blocked |
/// | waiting, blocked | input closed | send the rest | leaving, all read |
/// | waiting, blocked | writable | decode a piece | waiting |
/// | waiting, blocked | deadline, slot wanted, connection failed | close; discard | closed |
/// | reading | part of a body | forward | reading |
/// | reading | end | forward | responding |
/// | reading | response | write, as the last | leaving |
/// | reading | bytes | decode the body | reading |
/// | reading | read possible | read | reading |
/// | reading | parser error | refuse | leaving |
/// | reading | not writable | – | reading, blocked |
/// | reading | deadline, slot wanted | announce the timeout; refuse | leaving |
/// | reading | connection failed | close | closed |
/// | reading, blocked | head, head without a host, part of a body, end | hold | reading, blocked |
/// | reading, blocked | response | write, as the last; discard | leaving |
/// | reading, blocked | writable | decode the body | reading |
/// | reading, blocked | deadline, slot wanted | announce the timeout; refuse; discard | leaving |
/// | reading, blocked | connection failed | close; discard | closed |
/// | responding | head, head without a host, part of a body, end | hold | responding |
/// | responding | response | write | waiting |
/// | responding | read possible | read | responding |
/// | responding | not writable | – | responding, blocked |
/// | responding | deadline | warn and close | closed |
/// | responding | connection failed | close | closed |
/// | responding, blocked | head, head without a host, part of a body, end | hold | responding, blocked |
/// | responding, blocked | response | write | waiting, blocked |
/// | responding, blocked | writable | – | responding |
/// | responding, blocked | deadline | warn and close; discard | closed |
/// | responding, blocked | connection failed | close; discard | closed |
/// | responded | end | forward | waiting |
/// | responded | bytes | decode a piece | responded |
/// | responded | read possible | read | responded |
/// | responded | parser error, deadline, slot wanted, connection failed | close | closed |
/// | responded | not writable | – | responded, blocked |
/// | responded, blocked | head, head without a host, part of a body, end | hold | responded, blocked |
/// | responded, blocked | writable | decode a piece | responded |
/// | responded, blocked | deadline, slot wanted, connection failed | close; discard | closed |
/// | leaving | end | drop | leaving, all read |
/// | leaving | bytes | discard | leaving |
/// | leaving | read possible | queue for draining | leaving |
/// | leaving | deadline, connection failed | close | closed |
/// | leaving, all read | last response sent, deadline, connection failed | close | closed |
/// | closed | bytes | discard | closed |
/// | closed | read possible | read | closed |
struct HTTP1ConnectionStateMachine {
    enum State: Equatable {
        case waiting
        case reading(Request)
        case responding(Request)
        case responded(Request)
        case leaving(Leaving)
        case closed
    }

    /// The current request.
    struct Request: Equatable {
        let framing: RequestFraming
        var bodyBytes = 0

        /// The part of its body that has not arrived yet.
        var rest: Rest {
            if self.framing.isChunked { return .chunked }
            let declared = self.framing.declaredBytes ?? 0
            return declared > self.bodyBytes ? .bytes(declared - self.bodyBytes) : .none
        }
    }

    /// The part of a request that has not arrived yet.
    enum Rest: Equatable {
        case none
        case bytes(Int)
        /// Only the decoder finds its end.
        case chunked
        /// Not HTTP: it ends with the input, a limit or a deadline.
        case endless
    }

    struct Leaving: Equatable {
        var rest: Rest
        var thrownAwayBytes = 0
        var isResponseSent = false

        mutating func throwAway(bytes: Int) {
            self.thrownAwayBytes += bytes
            if case .bytes(let rest) = self.rest { self.rest = rest > bytes ? .bytes(rest - bytes) : .none }
        }
    }

    /// Why the connection itself responds to a request.
    enum Fault: Equatable {
        case notHTTP(HTTPParserError)
        /// An HTTP/1.1 request must name exactly one host.
        case noHost
        case bodyTimedOut
    }

    /// Why the connection is closed.
    enum Ending: Equatable {
        case done
        /// A request got no response in time.
        case unanswered
        /// The server stops, and the time for that is over.
        case stopped
    }

    enum BodyTimeout { case none, due, announced }

    /// Permission to read input in order to discard it.
    enum Drain { case none, queued, granted }

    /// What this connection decodes before other connections have their turn.
    struct Turn {
        var isOn = false
        var pieces = 0
        /// Continues with `turnCame`.
        var isQueued = false
    }

    static let piecesPerTurn = 4

    var state = State.waiting
    /// The connection's state for the limiter.
    private(set) var occupation = ConnectionSlot.Occupation.working
    private var stateDeadline = NIODeadline.distantFuture
    var stopDeadline = NIODeadline.distantFuture
    /// Bytes in front of the decoder, at most one read's.
    var heldBytes = 0
    /// Parts behind the decoder, at most one piece's.
    var heldParts = 0
    var limits: ConnectionLimits
    var isCrowded = false
    var isWritable = true
    var isStopping = false
    var inputEnded = false
    /// Kept until the requests before it have their responses.
    var parserError: HTTPParserError?
    var bodyTimeout = BodyTimeout.none
    var ending: Ending?
    var turn = Turn()
    var drain = Drain.none
    var needsFlush = false
    var isReadWanted = false

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// When to call `deadlinePassed`.
    var deadline: NIODeadline { min(self.stateDeadline, self.stopDeadline) }

    mutating func expect(by deadline: NIODeadline, as occupation: ConnectionSlot.Occupation) {
        self.stateDeadline = deadline
        self.occupation = occupation
    }
}

// MARK: - Parts of requests

extension HTTP1ConnectionStateMachine {
    /// A part as the decoder outputs it.
    enum Part: Equatable {
        case head
        case body(bytes: Int)
        case end
    }

    enum PartAction: Equatable {
        /// Pass it on: call `headTaken`, `bodyTaken` or `endTaken`.
        case take
        /// Keep it until `Step.takeHeldPart`.
        case hold
        case drop
    }

    mutating func partArrived(_ part: Part) -> PartAction {
        switch self.state {
        case .waiting where self.takesInput, .reading where self.takesInput, .responded where self.takesInput:
            return .take
        case .leaving:
            self.threwAway(part)
            return .drop
        case .waiting, .reading, .responding, .responded:
            self.heldParts += 1
            return .hold
        case .closed:
            return .drop
        }
    }

    enum HeadAction: Equatable {
        case forward
        case refuse(Fault)
        case drop
    }

    mutating func headTaken(_ framing: RequestFraming, at now: NIODeadline) -> HeadAction {
        guard case .waiting = self.state else { return .drop }
        self.state = .reading(Request(framing: framing))
        self.bodyTimeout = .none
        self.expect(by: now + self.limits.bodyTimeout, as: .reading(since: now))
        return framing.lacksHost ? .refuse(.noHost) : .forward
    }

    /// - Returns: whether to forward it.
    mutating func bodyTaken(bytes: Int) -> Bool {
        switch self.state {
        case .reading(var request):
            request.bodyBytes += bytes
            self.state = .reading(request)
            return true
        case .leaving:
            self.threwAway(.body(bytes: bytes))
            return false
        // In `waiting`: the parser's remaining output for a request whose head it could not read.
        case .waiting, .responding, .responded, .closed:
            return false
        }
    }

    /// - Returns: whether to forward it.
    mutating func endTaken(at now: NIODeadline) -> Bool {
        switch self.state {
        case .reading(let request):
            self.state = .responding(request)
            self.expect(by: now + self.limits.responseTimeout, as: .working)
            return true
        case .responded:
            self.wait(at: now)
            return true
        case .leaving:
            self.threwAway(.end)
            return false
        case .waiting, .responding, .closed:
            return false
        }
    }

    private mutating func threwAway(_ part: Part) {
        guard case .leaving(var leaving) = self.state else { return }
        switch part {
        case .head: return
        case .body(let bytes): leaving.throwAway(bytes: bytes)
        case .end: leaving.rest = .none
        }
        self.state = .leaving(leaving)
    }

    /// Waits for the next request.
    mutating func wait(at now: NIODeadline) {
        self.state = .waiting
        let timeout = self.isStopping ? self.limits.stopGrace : self.limits.idleTimeout
        self.expect(by: now + timeout, as: .waiting(since: now))
    }
}
