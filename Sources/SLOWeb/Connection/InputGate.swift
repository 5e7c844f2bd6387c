import NIOCore

/// Holds back what a connection has read until somebody wants it, in front of the HTTP decoder.
///
/// The decoder cannot be stopped within what it is given, and turns 64 KiB into thousands of requests. So it gets one
/// request at a time, as soon as the one before is read and answered, and nothing while nothing can be written. What is
/// held is at most what one read gave: there is no further one before it is used up (`RequestSequencer.read`).
final class InputGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What is wanted of the bytes that are held.
    enum Appetite {
        case nothing
        /// A request's head, or what of it has come; of a chunked body, a part.
        case piece
        /// Of a body, this many bytes at most.
        case body(Int)
        /// All of it, to be thrown away undecoded.
        case discard
    }

    /// The longest piece that is decoded without knowing what is in it.
    static let pieceBytes = 4 * 1024
    /// Pieces that a connection gets decoded before others have their turn.
    static let piecesPerTurn = 4

    weak var sequencer: RequestSequencer?
    private(set) var isPumping = false
    private let turns: TurnQueue
    private var context: ChannelHandlerContext?
    private var held = CircularBuffer<ByteBuffer>()
    /// The end of the input comes behind what is held.
    private var holdsEnd = false
    private var isWaitingForItsTurn = false

    init(turns: TurnQueue) {
        self.turns = turns
    }

    var isEmpty: Bool { self.held.isEmpty }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.held.removeAll()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.held.removeAll()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.held.append(self.unwrapInboundIn(data))
        if !self.isWaitingForItsTurn { self.pump() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, !self.held.isEmpty {
            self.holdsEnd = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Hands on what is wanted, after anything that may have changed that.
    func resume() {
        guard !self.isPumping, !self.isWaitingForItsTurn, !self.held.isEmpty else { return }
        self.pump()
        // The burst is over: nobody else says so.
        self.context?.fireChannelReadComplete()
    }

    /// The turn has come that `pump` asked for.
    func takeTurn() {
        self.isWaitingForItsTurn = false
        self.resume()
    }

    private func pump() {
        self.isPumping = true
        var pieces = 0
        while pieces < Self.piecesPerTurn {
            if let context = self.context, let piece = self.nextPiece() {
                context.fireChannelRead(self.wrapInboundOut(piece))
                pieces += 1
            } else if self.sequencer?.flushHeldBack() != true {
                break
            }
        }
        _ = self.sequencer?.flushHeldBack()
        self.isPumping = false
        if pieces == Self.piecesPerTurn, !self.held.isEmpty {
            self.isWaitingForItsTurn = true
            self.turns.add(self)
        } else if self.held.isEmpty, self.holdsEnd {
            self.holdsEnd = false
            self.context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        self.sequencer?.resumeReading()
    }

    private func nextPiece() -> ByteBuffer? {
        guard !self.held.isEmpty, let sequencer = self.sequencer else { return nil }
        switch sequencer.appetite {
        case .nothing: return nil
        case .piece: return self.take(Self.lengthOfPiece(self.held[self.held.startIndex]))
        case .body(let bytes): return self.take(bytes)
        case .discard:
            let bytes = self.held.reduce(0) { $0 + $1.readableBytes }
            self.held.removeAll()
            sequencer.discarded(bytes: bytes)
            return nil
        }
    }

    private func take(_ length: Int) -> ByteBuffer? {
        let first = self.held.startIndex
        guard let piece = self.held[first].readSlice(length: min(length, self.held[first].readableBytes)) else {
            return nil
        }
        if self.held[first].readableBytes == 0 { self.held.removeFirst() }
        return piece
    }

    /// To the end of the first head that ends within a piece.
    static func lengthOfPiece(_ buffer: ByteBuffer) -> Int {
        buffer.withUnsafeReadableBytes { bytes in
            let end = min(bytes.count, Self.pieceBytes)
            var place = 3
            while place < end {
                switch bytes[place] {
                case UInt8(ascii: "\n"):
                    let isEnd =
                        bytes[place - 1] == UInt8(ascii: "\r") && bytes[place - 2] == UInt8(ascii: "\n")
                        && bytes[place - 3] == UInt8(ascii: "\r")
                    if isEnd { return place + 1 }
                    place += 2
                case UInt8(ascii: "\r"): place += 1
                // No end has this byte in it.
                default: place += 4
                }
            }
            return end
        }
    }
}

/// Lets connections that have more to be worked off than fits into a turn go on one after the other, and lets the event
/// loop look at all its sockets in between: those who deliver do not wait for those who send requests by the thousand.
/// What is thrown away is read in turns, too: those who are refused take no time from those who are served.
///
/// One for each event loop, and used on it alone.
final class TurnQueue {
    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<InputGate>()
    private var isScheduled = false
    private var toDrain = CircularBuffer<RequestSequencer>()
    private var drainIsScheduled = false

    /// How long the queue works before it lets the event loop look.
    private static let share = TimeAmount.microseconds(500)
    /// What is scheduled for later than now is not run before the event loop has looked.
    private static let pause = TimeAmount.milliseconds(1)
    /// After that, one connection is read for nothing: with `ConnectionLimits.readBytes` each, 32 MB a second.
    private static let pauseOfDraining = TimeAmount.milliseconds(2)
    /// Beyond them the one that has waited longest is closed: it has had its answer for long enough to take it.
    private static let drainedAtOnce = 128

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ gate: InputGate) {
        self.waiting.append(gate)
        self.schedule()
    }

    /// Has a connection read once more for nothing, when there is time for that.
    func addToDrain(_ sequencer: RequestSequencer) {
        self.toDrain.append(sequencer)
        if self.toDrain.count > Self.drainedAtOnce { self.toDrain.popFirst()?.giveUpDraining() }
        self.scheduleDrain()
    }

    private func scheduleDrain() {
        guard !self.drainIsScheduled else { return }
        self.drainIsScheduled = true
        self.eventLoop.assumeIsolated().scheduleTask(in: Self.pauseOfDraining) {
            self.drainIsScheduled = false
            self.toDrain.popFirst()?.drain()
            if !self.toDrain.isEmpty { self.scheduleDrain() }
        }
    }

    private func schedule() {
        guard !self.isScheduled else { return }
        self.isScheduled = true
        self.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.run() }
    }

    private func run() {
        self.isScheduled = false
        let end = NIODeadline.now() + Self.share
        while let gate = self.waiting.popFirst() {
            gate.takeTurn()
            if NIODeadline.now() > end { break }
        }
        if !self.waiting.isEmpty { self.schedule() }
    }
}
