import NIOCore

// Responses of the handlers behind, and of the connection itself.

extension HTTP1ConnectionStateMachine {
    enum ResponseAction: Equatable {
        /// No request waits for it.
        case reject
        case write(ResponseShape)
    }

    struct ResponseShape: Equatable {
        /// Add `Connection: close`, and call `lastResponseSent` once it is sent.
        var isLast = false
        /// Leave out the body.
        var isHEAD = false
        /// Send it at once, and not with the other responses of this turn.
        var flushes = true
    }

    /// Whether `100 Continue` may be written.
    var takesInterimResponse: Bool {
        if case .reading = self.state { true } else { false }
    }

    /// A handler behind has the complete response to the current request.
    mutating func responseGiven(at now: NIODeadline) -> ResponseAction {
        switch self.state {
        case .reading(let request) where self.isLast(request) || request.framing.hasBody:
            return self.leave(request.rest, isHEAD: request.framing.isHEAD, at: now)
        case .responding(let request) where self.isLast(request):
            return self.leave(.none, isHEAD: request.framing.isHEAD, at: now)
        case .reading(let request):
            self.state = .responded(request)
            return self.write(isHEAD: request.framing.isHEAD)
        case .responding(let request):
            self.wait(at: now)
            return self.write(isHEAD: request.framing.isHEAD)
        case .waiting, .responded, .leaving, .closed:
            return .reject
        }
    }

    /// The connection itself responds to a request that it cannot serve.
    mutating func refusalGiven(_ fault: Fault, at now: NIODeadline) -> ResponseAction {
        let isHTTP = if case .notHTTP = fault { false } else { true }
        switch self.state {
        case .waiting:
            return self.leave(.endless, isHEAD: false, at: now)
        case .reading(let request):
            return self.leave(isHTTP ? request.rest : .endless, isHEAD: request.framing.isHEAD, at: now)
        case .responding, .responded, .leaving, .closed:
            return .reject
        }
    }

    /// All of the last response has been sent.
    mutating func lastResponseSent() {
        guard case .leaving(var leaving) = self.state else { return }
        leaving.isResponseSent = true
        self.state = .leaving(leaving)
    }

    private func isLast(_ request: Request) -> Bool {
        let nothingFollows = self.inputEnded && self.heldParts == 0 && self.parserError == nil
        return request.framing.isLast || self.isStopping || self.isCrowded || nothingFollows
    }

    private mutating func write(isHEAD: Bool) -> ResponseAction {
        self.needsFlush = self.turn.isOn
        return .write(ResponseShape(isHEAD: isHEAD, flushes: !self.needsFlush))
    }

    private mutating func leave(_ rest: Rest, isHEAD: Bool, at now: NIODeadline) -> ResponseAction {
        self.state = .leaving(Leaving(rest: rest))
        let timeout = rest == .none ? self.limits.idleTimeout : self.limits.lingerTimeout
        self.expect(by: now + timeout, as: .working)
        self.needsFlush = false
        return .write(ResponseShape(isLast: true, isHEAD: isHEAD))
    }
}
