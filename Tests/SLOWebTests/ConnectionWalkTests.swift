import NIOCore
import NIOHTTP1
import Testing

@testable import SLOWeb
@testable import SLOHTTP

/// Random walks of a connection's state machine, between a sender, a decoder and handlers that do what they like.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionWalks {
    @Test("One response for one request, in order; nothing read while nothing can be written; always a way out")
    func anything() throws {
        for seed in UInt64(1)...400 {
            var walk = ModelRun(seed: seed, isFriendly: false)
            for _ in 0..<120 {
                try walk.step()
                try walk.expectWayOut()
            }
        }
    }

    @Test("Whoever sends requests, takes responses and has handlers that respond gets a response to every request")
    func responses() throws {
        for seed in UInt64(1)...400 {
            var walk = ModelRun(seed: seed, isFriendly: true)
            for _ in 0..<120 { try walk.step() }
            try walk.finish()
        }
    }
}

/// What surrounds the machine: a sender, the bytes and parts that are held, the decoder, the handlers behind.
private struct ModelRun {
    typealias Machine = HTTP1ConnectionStateMachine

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// What a sender's bytes become in the decoder.
    enum Atom {
        case head(RequestFraming, request: Int)
        case body(bytes: Int, isChunked: Bool)
        case end
        case nonsense

        /// As it is counted in front of the decoder.
        var bytes: Int {
            switch self {
            case .head, .nonsense: 20
            case .body(let bytes, _): bytes
            case .end: 0
            }
        }
    }

    /// Nothing times out, stops, breaks or gives its slot up.
    let isFriendly: Bool
    private let seed: UInt64
    private var random: SplitMix
    private var machine = Machine.opened()
    private var now = NIODeadline.start
    /// Sent and not read; in front of the decoder; behind it.
    private var sent: [Atom] = []
    private var held: [Atom] = []
    private var heldParts: [Atom] = []
    private var decoderHasFailed = false
    private var sentRequests = 0
    private var sentLast = false
    /// The request that the handlers behind have, and whether they still owe its response.
    private var inHand: (request: Int, isOwed: Bool, needsReading: Bool)?
    private var forwarded: [Int] = []
    private var responded: [Int] = []
    private var hasLastResponse = false
    private var isClosed = false
    private var queuedTurn = false
    private var queuedDrain = false
    private var lastResponseIsOnItsWay = false

    init(seed: UInt64, isFriendly: Bool) {
        self.seed = seed
        self.isFriendly = isFriendly
        self.random = SplitMix(state: seed)
    }

    private func fail(_ problem: String) -> Broken {
        Broken(description: "seed \(self.seed), \(self.isFriendly): \(problem), in \(self.machine.state)")
    }

    // MARK: What happens

    mutating func step() throws {
        switch Int.random(in: 0..<(self.isFriendly ? 9 : 16), using: &self.random) {
        case 0, 1: self.send()
        case 2, 3: self.machine.readRequested()
        case 4: try self.respond()
        case 5: self.machine.writabilityChanged(to: Bool.random(using: &self.random))
        case 6, 7: try self.queuesComeAround()
        case 8 where self.isFriendly: self.endInput()
        case 8: self.machine.slotWanted()
        case 9: self.pass(self.machine.deadline)
        case 10 where Int.random(in: 0..<8, using: &self.random) == 0: self.machine.stopRequested(at: self.now)
        case 11 where Int.random(in: 0..<4, using: &self.random) == 0: self.sent.append(.nonsense)
        case 12: self.endInput()
        case 13 where Int.random(in: 0..<8, using: &self.random) == 0: self.machine.connectionFailed()
        default: try self.respond()
        }
        try self.run()
    }

    /// All that was sent is read, all that is owed is given, all that is written is taken.
    mutating func finish() throws {
        for _ in 0..<10_000 {
            self.machine.writabilityChanged(to: true)
            try self.run()
            self.machine.readRequested()
            try self.run()
            try self.respond()
            try self.queuesComeAround()
            try self.run()
            let isIdle = self.sent.isEmpty && self.held.isEmpty && self.heldParts.isEmpty
            if self.isClosed || (isIdle && self.machine.state == .waiting) { break }
        }
        let expected = self.sentRequests
        if self.responded.count != expected {
            throw self.fail("\(self.responded.count) responses for \(expected) requests")
        }
    }

    /// By time alone, with nobody responding, the connection ends.
    func expectWayOut() throws {
        var walk = self
        var deadlines = 0
        while !walk.isClosed {
            guard walk.machine.deadline < .distantFuture, deadlines < 4 else { throw self.fail("no way out") }
            walk.pass(walk.machine.deadline)
            try walk.run()
            deadlines += 1
        }
    }

    private mutating func pass(_ deadline: NIODeadline) {
        guard deadline < .distantFuture else { return }
        self.now = max(self.now, deadline)
        self.machine.deadlinePassed(at: self.now)
    }

    private mutating func send() {
        guard !self.sentLast else { return }
        for _ in 0..<Int.random(in: 1...6, using: &self.random) {
            var framing = RequestFraming()
            switch Int.random(in: 0..<6, using: &self.random) {
            case 0: framing.isChunked = true
            case 1, 2: framing.declaredBytes = Int.random(in: 1...100, using: &self.random)
            case 3: framing.isHEAD = true
            default: break
            }
            framing.lacksHost = !self.isFriendly && Int.random(in: 0..<30, using: &self.random) == 0
            framing.isLast = Int.random(in: 0..<30, using: &self.random) == 0
            self.sent.append(.head(framing, request: self.sentRequests))
            self.sentRequests += 1
            for _ in 0..<(framing.isChunked ? Int.random(in: 0...4, using: &self.random) : 0) {
                self.sent.append(.body(bytes: 10, isChunked: true))
            }
            if let bytes = framing.declaredBytes { self.sent.append(.body(bytes: bytes, isChunked: false)) }
            self.sent.append(.end)
            if framing.isLast {
                self.sentLast = true
                return
            }
        }
    }

    /// The sender closes its half, now and then.
    private mutating func endInput() {
        guard self.sent.isEmpty, self.held.isEmpty, Int.random(in: 0..<4, using: &self.random) == 0 else { return }
        self.sentLast = true
        self.machine.inputClosed()
    }

    private mutating func queuesComeAround() throws {
        if self.queuedTurn {
            self.queuedTurn = false
            self.machine.turnCame()
            try self.run()
        }
        if self.queuedDrain {
            self.queuedDrain = false
            if !self.isFriendly, Int.random(in: 0..<4, using: &self.random) == 0 {
                self.machine.drainTurnDenied()
            } else {
                self.machine.drainTurnCame()
            }
            try self.run()
        }
        if self.lastResponseIsOnItsWay, self.machine.isWritable {
            self.lastResponseIsOnItsWay = false
            self.machine.lastResponseSent()
        }
    }

    // MARK: Steps

    private mutating func run() throws {
        guard self.machine.turnBegan() else { throw self.fail("a turn that never ended") }
        var steps = 0
        var pieces = 0
        while let step = self.machine.nextStep() {
            steps += 1
            if steps > 1000 { throw self.fail("no end of steps: \(step)") }
            switch step {
            case .decodePiece, .decodeBody: pieces += 1
            default: break
            }
            if pieces > Machine.piecesPerTurn { throw self.fail("more pieces than a turn has") }
            try self.perform(step)
        }
        let heldBytes = self.held.reduce(0) { $0 + $1.bytes }
        if !self.isClosed, self.machine.heldBytes != heldBytes { throw self.fail("\(heldBytes) bytes are held") }
        if !self.isClosed, self.machine.heldParts != self.heldParts.count { throw self.fail("parts are held") }
    }

    private mutating func perform(_ step: Machine.Step) throws {
        let isLeaving = if case .leaving = self.machine.state { true } else { self.isClosed }
        switch step {
        case .decodePiece, .decodeBody:
            if !isLeaving, !self.machine.isWritable { throw self.fail("decodes while blocked") }
            if !self.heldParts.isEmpty, !isLeaving { throw self.fail("decodes in front of held parts") }
            try self.decode(step)
        case .takeHeldPart:
            if !isLeaving, !self.machine.isWritable { throw self.fail("hands on while blocked") }
            if self.heldParts.isEmpty { throw self.fail("no part is held") }
            try self.take(self.heldParts.removeFirst())
        case .discardInput:
            if !isLeaving { throw self.fail("discards input of a request") }
            self.held.removeAll()
        case .announceTimeout:
            if Bool.random(using: &self.random) { try self.respond() }
        case .refuse(let fault):
            try self.write(self.machine.refusalGiven(fault, at: self.now), to: nil)
        case .flush:
            break
        case .finish:
            self.hasLastResponse = true
            self.lastResponseIsOnItsWay = true
        case .queueTurn:
            if self.queuedTurn { throw self.fail("queues for two turns") }
            self.queuedTurn = true
        case .queueDrain:
            if self.queuedDrain { throw self.fail("queues for two drains") }
            self.queuedDrain = true
        case .read:
            if !isLeaving, !self.machine.isWritable { throw self.fail("reads while blocked") }
            if !self.held.isEmpty || !self.heldParts.isEmpty { throw self.fail("reads while it holds input") }
            self.read()
        case .close:
            self.isClosed = true
            self.held.removeAll()
            self.heldParts.removeAll()
            self.machine.closed()
        }
    }

    private mutating func read() {
        var count = min(self.sent.count, Int.random(in: 1...12, using: &self.random))
        // An end has no bytes of its own: it comes with what is before it.
        while count < self.sent.count, case .end = self.sent[count] { count += 1 }
        let atoms = Array(self.sent.prefix(count))
        self.sent.removeFirst(count)
        self.held += atoms
        self.machine.bytesArrived(atoms.reduce(0) { $0 + $1.bytes })
    }

    private mutating func decode(_ step: Machine.Step) throws {
        var piece: [Atom] = []
        if case .decodeBody(let most) = step, case .body(let bytes, false)? = self.held.first {
            if bytes > most { throw self.fail("\(bytes) of a body that has \(most) left") }
            piece.append(self.held.removeFirst())
        } else if !self.held.isEmpty {
            // A head ends a piece; of a chunked body nobody knows what follows it.
            repeat {
                piece.append(self.held.removeFirst())
                if case .head = piece[piece.count - 1] { break }
            } while !self.held.isEmpty && piece.count < 8
        }
        while case .end? = self.held.first { piece.append(self.held.removeFirst()) }
        self.machine.bytesDecoded(piece.reduce(0) { $0 + $1.bytes })
        for atom in piece where !self.decoderHasFailed { try self.arrive(atom) }
    }

    private mutating func arrive(_ atom: Atom) throws {
        let part: Machine.Part
        switch atom {
        case .head: part = .head
        case .body(let bytes, _): part = .body(bytes: bytes)
        case .end: part = .end
        case .nonsense:
            self.decoderHasFailed = true
            self.machine.parserFailed(.unknown)
            return
        }
        switch self.machine.partArrived(part) {
        case .take:
            if !self.machine.isWritable { throw self.fail("takes while blocked") }
            try self.take(atom)
        case .hold: self.heldParts.append(atom)
        case .drop: break
        }
    }

    private mutating func take(_ atom: Atom) throws {
        switch atom {
        case .head(let framing, let request):
            switch self.machine.headTaken(framing, at: self.now) {
            case .forward:
                if let inHand, inHand.isOwed {
                    throw self.fail("request \(request) before the response to the one in hand")
                }
                self.forwarded.append(request)
                self.inHand = (request, true, framing.hasBody)
                if Int.random(in: 0..<6, using: &self.random) == 0 { try self.respond() }
            case .refuse(let fault): try self.write(self.machine.refusalGiven(fault, at: self.now), to: nil)
            case .drop: break
            }
        case .body(let bytes, _):
            if self.machine.bodyTaken(bytes: bytes), Int.random(in: 0..<10, using: &self.random) == 0 {
                try self.respond()
            }
        case .end:
            guard self.machine.endTaken(at: self.now) else { return }
            self.inHand?.needsReading = false
            if Bool.random(using: &self.random) { try self.respond() }
        case .nonsense:
            throw self.fail("nonsense is no part")
        }
    }

    // MARK: Responses

    private mutating func respond() throws {
        guard let inHand, inHand.isOwed, !self.isClosed else { return }
        // Whoever responds before the end of a body ends the connection.
        if self.isFriendly, inHand.needsReading { return }
        self.inHand?.isOwed = false
        try self.write(self.machine.responseGiven(at: self.now), to: inHand.request)
    }

    /// - Parameter request: `nil`: the connection itself responds.
    private mutating func write(_ action: Machine.ResponseAction, to request: Int?) throws {
        guard case .write(let shape) = action else {
            if request == nil { throw self.fail("a refusal that is rejected") }
            if !self.hasLastResponse, !self.isClosed { throw self.fail("a response that is rejected") }
            return
        }
        if self.hasLastResponse { throw self.fail("a response behind the last") }
        if let request, request != self.forwarded.last { throw self.fail("a response to \(request)") }
        if request == nil { self.inHand?.isOwed = false }
        self.responded.append(request ?? -1)
        self.hasLastResponse = shape.isLast
        self.lastResponseIsOnItsWay = shape.isLast
        if Int.random(in: 0..<8, using: &self.random) == 0 { self.machine.writabilityChanged(to: false) }
    }
}

/// Repeats itself for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var bits = self.state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
