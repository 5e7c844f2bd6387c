import NIOCore
import SLOCore
import SLOSources

/// A delivery whose body is being read.
struct Delivery {
    let source: Source
    let headers: WebhookHeaders
    let arrivedAt: ContinuousClock.Instant
    /// `nil` for a chunked body, whose length shows only at its end.
    let declaredBytes: Int?
    /// The bytes that the receiver has reserved for this body.
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

    /// Appends a part. A body of one part is not copied; the second part allocates all that is reserved.
    mutating func append(_ part: ByteBuffer, allocator: ByteBufferAllocator) {
        guard self.body != nil else {
            self.body = part
            return
        }
        if self.isFirstPart { self.evict(besides: part.readableBytes, allocator: allocator) }
        self.body?.writeImmutableBuffer(part)
    }

    /// A function of its own, so that the caller holds no reference to the first part while the buffer is written.
    private mutating func evict(besides bytes: Int, allocator: ByteBufferAllocator) {
        guard let first = self.body.take() else { return }
        var whole = allocator.buffer(capacity: max(self.reservedBytes, first.readableBytes + bytes))
        whole.writeImmutableBuffer(first)
        self.body = whole
        self.isFirstPart = false
    }

    /// `body` is still a slice of the connection's buffer.
    private var isFirstPart = true
}
