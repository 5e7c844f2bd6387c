import NIOCore
import NIOHTTP1
import SLOCore
import SLOService
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

    init(source: Source, head: HTTPRequestHead, framing: RequestFraming, reservedBytes: Int) {
        self.source = source
        self.headers = WebhookHeaders(head.headers)
        self.arrivedAt = .now
        self.declaredBytes = framing.isChunked ? nil : framing.declaredBytes ?? 0
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
        if self.isFirstPart { self.makeRoom(besides: part.readableBytes, allocator: allocator) }
        self.body?.writeImmutableBuffer(part)
    }

    /// Of its own, so that nothing here holds the first part, or the room, while the next one is written.
    private mutating func makeRoom(besides bytes: Int, allocator: ByteBufferAllocator) {
        guard let first = self.body.take() else { return }
        var whole = allocator.buffer(capacity: max(self.reservedBytes, first.readableBytes + bytes))
        whole.writeImmutableBuffer(first)
        self.body = whole
        self.isFirstPart = false
    }

    /// `body` is the slice that the connection read, not a buffer of its own yet.
    private var isFirstPart = true
}

extension WebhookHeaders {
    init(_ headers: HTTPHeaders) {
        self.init()
        for (name, value) in headers {
            if name.isHeader("content-type") {
                Self.note(value, in: &self.contentType)
            } else if name.isHeader("x-github-event") {
                Self.note(value, in: &self.event)
            } else if name.isHeader("x-github-delivery") {
                Self.note(value, in: &self.delivery)
            } else if name.isHeader("x-hub-signature-256") {
                Self.note(value, in: &self.signature)
            } else if name.isHeader("x-github-hook-installation-target-type") {
                Self.note(value, in: &self.hookTargetType)
            } else if name.isHeader("x-github-hook-installation-target-id") {
                Self.note(value, in: &self.hookTargetID)
            }
        }
    }

    /// Without the blanks behind it, which are none of the value. What comes twice is one value with a comma in it
    /// (RFC 9110, 5.3 and 5.5): nobody chooses which of two signatures counts.
    private static func note(_ value: String, in field: inout String?) {
        var value = value
        while value.utf8.last == UInt8(ascii: " ") || value.utf8.last == UInt8(ascii: "\t") { value.removeLast() }
        field = field.map { "\($0), \(value)" } ?? value
    }
}
