import NIOCore
import SLOCore
import SLOSources

/// One delivery while its body is being read.
struct Delivery {
    let source: Source
    let headers: WebhookHeaders
    let arrivedAt: ContinuousClock.Instant
    /// `nil`: chunked, the length shows only at the end.
    let declaredBytes: Int?
    /// What the receiver holds for this body.
    var reservedBytes: Int
    private(set) var body: ByteBuffer?

    init(source: Source, head: RequestHead, reservedBytes: Int) {
        self.source = source
        self.headers = head.webhook
        self.arrivedAt = .now
        self.declaredBytes = head.framing.isChunked ? nil : head.framing.declaredBytes ?? 0
        self.reservedBytes = reservedBytes
    }

    var receivedBytes: Int {
        self.body?.readableBytes ?? 0
    }

    /// Takes the next part. A body that comes in one part is not copied; for any other, room for all that is reserved
    /// is made at the second.
    mutating func append(_ part: ByteBuffer, allocator: ByteBufferAllocator) {
        guard self.body != nil else {
            self.body = part
            return
        }
        if self.isFirstPart { self.evict(besides: part.readableBytes, allocator: allocator) }
        self.body?.writeImmutableBuffer(part)
    }

    /// Of its own, so that nothing here holds the first part, or the room, while the next one is written.
    private mutating func evict(besides bytes: Int, allocator: ByteBufferAllocator) {
        guard let first = self.body.take() else { return }
        var whole = allocator.buffer(capacity: max(self.reservedBytes, first.readableBytes + bytes))
        whole.writeImmutableBuffer(first)
        self.body = whole
        self.isFirstPart = false
    }

    /// `body` is the slice that the connection read, not a buffer of its own yet.
    private var isFirstPart = true
}
