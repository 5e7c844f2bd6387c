import NIOCore

/// Holds what a connection has read in front of the HTTP decoder, until it is wanted.
///
/// The decoder cannot be stopped within what it is given, and turns 64 KiB into thousands of requests. So it gets one
/// request at a time. What is held is at most what one read gave: there is no further one before it is used up.
final class InputGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The longest piece that is decoded without knowing what is in it.
    static let pieceBytes = 4 * 1024

    private var context: ChannelHandlerContext?
    private var held = CircularBuffer<ByteBuffer>()
    private var arrivedBytes = 0
    /// The end of the input comes behind what is held.
    private var holdsEnd = false

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
        let bytes = self.unwrapInboundIn(data)
        self.arrivedBytes += bytes.readableBytes
        self.held.append(bytes)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event, !self.held.isEmpty else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        self.holdsEnd = true
        // Nobody else says that what came before is all.
        context.fireChannelReadComplete()
    }

    /// How many bytes have arrived since this was last asked.
    func takeArrivedBytes() -> Int {
        defer { self.arrivedBytes = 0 }
        return self.arrivedBytes
    }

    /// Takes a request's head, or what of it has come; of a chunked body, a part.
    func takePiece() -> ByteBuffer? {
        self.held.first.flatMap { self.take(atMost: Self.lengthOfPiece($0)) }
    }

    func take(atMost length: Int) -> ByteBuffer? {
        guard !self.held.isEmpty else { return nil }
        let first = self.held.startIndex
        let piece = self.held[first].readSlice(length: min(length, self.held[first].readableBytes))
        if self.held[first].readableBytes == 0 { self.held.removeFirst() }
        return piece
    }

    /// Hands to the decoder what was taken.
    func pass(_ piece: ByteBuffer) {
        self.context?.fireChannelRead(self.wrapInboundOut(piece))
        self.passEnd()
    }

    /// Throws all away that is held.
    func discard() {
        self.held.removeAll()
        self.passEnd()
    }

    private func passEnd() {
        guard self.holdsEnd, self.held.isEmpty else { return }
        self.holdsEnd = false
        self.context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
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
