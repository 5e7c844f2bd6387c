import NIOCore

/// Holds a connection's input in front of the HTTP decoder.
///
/// The decoder cannot be stopped within its input, and turns 64 KiB into thousands of requests. It is therefore given
/// one request at a time. The gate holds one read's bytes at most, because the next read follows only when they are
/// used up.
final class InputGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The longest piece that is decoded in one step.
    static let pieceBytes = 4 * 1024

    private var context: ChannelHandlerContext?
    private var held = CircularBuffer<ByteBuffer>()
    private var arrivedBytes = 0
    /// The input ended after the held bytes.
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
        // The decoder does not report the end of a read by itself.
        context.fireChannelReadComplete()
    }

    /// How many bytes have arrived since the last call.
    func takeArrivedBytes() -> Int {
        defer { self.arrivedBytes = 0 }
        return self.arrivedBytes
    }

    /// Takes a request's head, or what has arrived of it; of a chunked body, a part.
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

    /// Passes a taken piece to the decoder.
    func pass(_ piece: ByteBuffer) {
        self.context?.fireChannelRead(self.wrapInboundOut(piece))
        self.passEnd()
    }

    /// Discards all held bytes.
    func discard() {
        self.held.removeAll()
        self.passEnd()
    }

    private func passEnd() {
        guard self.holdsEnd, self.held.isEmpty else { return }
        self.holdsEnd = false
        self.context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// The length up to the end of the first head; without one the longest piece.
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
                // A head cannot end at this byte.
                default: place += 4
                }
            }
            return end
        }
    }
}
