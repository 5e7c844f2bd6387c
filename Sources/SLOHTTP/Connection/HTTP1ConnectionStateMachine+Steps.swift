import NIOCore
import NIOHTTP1

// Events other than parts of requests and responses, and the steps that follow from them.

extension HTTP1ConnectionStateMachine {
    mutating func opened(isCrowded: Bool, at now: NIODeadline) {
        self.isCrowded = isCrowded
        if isCrowded { self.limits = self.limits.crowded }
        self.expect(by: now + self.limits.idleTimeout, as: .waiting(since: now))
    }

    /// This many further bytes are held in front of the decoder.
    mutating func bytesArrived(_ bytes: Int) { self.heldBytes += bytes }

    /// This many of the held bytes went to the decoder.
    mutating func bytesDecoded(_ bytes: Int) { self.heldBytes -= bytes }

    mutating func parserFailed(_ error: HTTPParserError) {
        switch self.state {
        case .waiting, .reading, .responding, .responded:
            self.parserError = error
        case .leaving(var leaving) where leaving.rest != .none:
            leaving.rest = .endless
            self.state = .leaving(leaving)
        case .leaving, .closed:
            break
        }
    }

    /// The sender has closed its half, and all its bytes are decoded.
    mutating func inputClosed() { self.inputEnded = true }

    mutating func connectionFailed() { self.ending = .done }

    mutating func writabilityChanged(to isWritable: Bool) { self.isWritable = isWritable }

    mutating func stopRequested(at now: NIODeadline) {
        self.isStopping = true
        self.stopDeadline = now + self.limits.stopTimeout
        if case .waiting = self.state { self.expect(by: now + self.limits.stopGrace, as: self.occupation) }
    }

    mutating func deadlinePassed(at now: NIODeadline) {
        guard now >= self.deadline else { return }
        if now >= self.stopDeadline {
            self.ending = .stopped
            return
        }
        self.expect(by: .distantFuture, as: self.occupation)
        switch self.state {
        case .waiting, .responded, .leaving: self.ending = .done
        case .reading: self.bodyTimeout = .due
        case .responding: self.ending = .unanswered
        case .closed: break
        }
    }

    /// Another connection takes the slot, because this one was idle for long when that was decided.
    mutating func slotWanted() {
        switch self.state {
        case .waiting where !self.isWritable || (self.heldParts == 0 && self.heldBytes == 0): self.ending = .done
        case .responded: self.ending = .done
        case .reading: self.bodyTimeout = .due
        // Idle when its sender closed its half, and only sending since.
        case .leaving: if case .waiting = self.occupation { self.ending = .done }
        case .waiting, .responding, .closed: break
        }
    }

    /// More can be read.
    mutating func readRequested() { self.isReadWanted = true }

    /// The turn that `Step.queueTurn` asked for begins.
    mutating func turnCame() { self.turn.isQueued = false }

    /// The turn that `Step.queueDrain` asked for begins.
    mutating func drainTurnCame() { self.drain = .granted }

    /// `Step.queueDrain` is refused: too many connections wait for it.
    mutating func drainTurnDenied() {
        self.drain = .none
        if case .leaving = self.state { self.ending = .done }
    }

    mutating func closed() {
        self.state = .closed
        self.expect(by: .distantFuture, as: .working)
        self.stopDeadline = .distantFuture
        self.heldParts = 0
        self.needsFlush = false
    }
}

// MARK: - Steps

extension HTTP1ConnectionStateMachine {
    enum Step: Equatable {
        /// Take the oldest of the held parts.
        case takeHeldPart
        /// Pass a piece of the held bytes to the decoder: up to the end of a head, or what has arrived of one.
        case decodePiece
        /// Pass bytes of a body to the decoder, at most this many.
        case decodeBody(Int)
        /// Discard all held bytes.
        case discardInput
        /// Tell the handlers behind that the body of the current request took too long.
        case announceTimeout
        case refuse(Fault)
        case flush
        /// Nothing more follows: call `lastResponseSent` once everything written is sent.
        case finish
        /// Call `turnCame` after other connections had their turn.
        case queueTurn
        case read
        /// Call `drainTurnCame` when the connection may read input to discard.
        case queueDrain
        case close(Ending)
    }

    /// - Returns: `false` if a caller further up the stack is executing steps already.
    mutating func turnBegan() -> Bool {
        guard !self.turn.isOn else { return false }
        self.turn.isOn = true
        self.turn.pieces = 0
        return true
    }

    /// The next step; `nil` if there is none until the next event.
    mutating func nextStep() -> Step? {
        if let step = self.nextEnding() ?? self.nextOfRequests() ?? self.nextInput() ?? self.nextOutput() {
            return step
        }
        self.turn.isOn = false
        if self.drain == .granted { self.drain = .none }
        return nil
    }

    var takesInput: Bool { self.isWritable && self.heldParts == 0 && self.parserError == nil }

    private mutating func nextEnding() -> Step? {
        switch self.state {
        case .waiting where self.inputEnded && self.heldParts == 0 && self.parserError == nil:
            self.state = .leaving(Leaving(rest: .none))
            self.needsFlush = false
            return .finish
        case .leaving(let leaving) where leaving.isResponseSent:
            let isOver = leaving.rest == .none || leaving.thrownAwayBytes > self.limits.lingerBytes
            if isOver || self.inputEnded { self.ending = self.ending ?? .done }
        case .waiting, .reading, .responding, .responded, .leaving:
            break
        case .closed:
            self.ending = nil
        }
        guard self.ending != nil else { return nil }
        if let flush = self.nextFlush() { return flush }
        guard let ending = self.ending.take() else { return nil }
        self.closed()
        return .close(ending)
    }

    private mutating func nextOfRequests() -> Step? {
        if self.bodyTimeout != .none, case .reading = self.state {
            defer { self.bodyTimeout = self.bodyTimeout == .due ? .announced : .none }
            return self.bodyTimeout == .due ? .announceTimeout : .refuse(.bodyTimedOut)
        }
        switch self.state {
        case .waiting where self.isWritable, .reading where self.isWritable, .responded where self.isWritable:
            break
        case .leaving:
            break
        case .waiting, .reading, .responding, .responded, .closed:
            return nil
        }
        if self.heldParts > 0 {
            self.heldParts -= 1
            return .takeHeldPart
        }
        guard let error = self.parserError.take() else { return nil }
        switch self.state {
        case .waiting, .reading:
            return .refuse(.notHTTP(error))
        case .responded:
            self.ending = .done
            return self.nextEnding()
        case .responding, .leaving, .closed:
            return nil
        }
    }

    private mutating func nextInput() -> Step? {
        guard self.heldBytes > 0, !self.turn.isQueued else { return nil }
        let step: Step
        switch self.state {
        case .waiting where self.takesInput, .responded where self.takesInput:
            step = .decodePiece
        case .reading(let request) where self.takesInput:
            if case .bytes(let bytes) = request.rest { step = .decodeBody(bytes) } else { step = .decodePiece }
        case .leaving(let leaving) where leaving.rest == .chunked:
            step = .decodePiece
        case .leaving(let leaving) where leaving.rest != .none:
            return self.discardInput(leaving)
        case .closed:
            self.heldBytes = 0
            return .discardInput
        case .waiting, .reading, .responding, .responded, .leaving:
            return nil
        }
        if self.turn.pieces < Self.piecesPerTurn {
            self.turn.pieces += 1
            return step
        }
        // Flush the responses of this turn before the turn ends.
        if let flush = self.nextFlush() { return flush }
        self.turn.isQueued = true
        return .queueTurn
    }

    private mutating func discardInput(_ leaving: Leaving) -> Step {
        var leaving = leaving
        leaving.throwAway(bytes: self.heldBytes)
        self.state = .leaving(leaving)
        self.heldBytes = 0
        return .discardInput
    }

    private mutating func nextFlush() -> Step? {
        guard self.needsFlush else { return nil }
        self.needsFlush = false
        return .flush
    }

    private mutating func nextOutput() -> Step? {
        if let flush = self.nextFlush() { return flush }
        guard self.isReadWanted, self.heldBytes == 0, self.heldParts == 0 else { return nil }
        switch self.state {
        case .leaving(let leaving):
            if leaving.rest == .none || self.drain == .queued { return nil }
            if self.drain == .none {
                self.drain = .queued
                return .queueDrain
            }
            self.drain = .none
        case .waiting, .reading, .responding, .responded:
            guard self.isWritable else { return nil }
        case .closed:
            break
        }
        self.isReadWanted = false
        return .read
    }
}
