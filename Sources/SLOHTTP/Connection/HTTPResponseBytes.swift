import NIOCore
import NIOHTTP1

/// What the handlers behind a connection write: one complete response to each request.
enum ResponsePart {
    /// `100 Continue`: the sender may send the body.
    case goAhead
    case response(HTTPResponseBytes)
}

/// A response as sent, except for `Date` and `Connection`. Constant responses are built once, and each passes the
/// pipeline in one piece.
final class HTTPResponseBytes: Sendable {
    let status: HTTPResponseStatus
    /// Everything up to the value of `Date`, which is the last header except for `Connection`.
    private let head: ByteBuffer
    private let body: ByteBuffer

    /// - Parameter headers: all except `Date` and `Connection`.
    init(_ status: HTTPResponseStatus, headers: some Sequence<(name: String, value: String)>, body: ByteBuffer) {
        var head = ByteBuffer()
        head.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (name, value) in headers { head.writeString("\(name): \(value)\r\n") }
        head.writeStaticString("Date: ")
        self.status = status
        self.head = head
        self.body = body
    }

    convenience init(
        _ status: HTTPResponseStatus, contentType: String = "application/json", body: String,
        more: [(name: String, value: String)] = []
    ) {
        let headers = [
            ("Content-Type", contentType), ("Content-Length", "\(body.utf8.count)"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        self.init(status, headers: headers.map { (name: $0, value: $1) } + more, body: ByteBuffer(string: body))
    }

    convenience init(_ problem: Problem, more: [(name: String, value: String)] = []) {
        self.init(problem.status, contentType: Problem.contentType, body: problem.json, more: problem.headers + more)
    }

    /// The head and the body; a long body is left out.
    func bytes(
        date: String, shape: HTTP1ConnectionStateMachine.ResponseShape, allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        let end: StaticString = shape.isLast ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n"
        let body = shape.isHEAD || self.longBody != nil ? nil : self.body
        let size = self.head.readableBytes + date.utf8.count + end.utf8CodeUnitCount + (body?.readableBytes ?? 0)
        var bytes = allocator.buffer(capacity: size)
        bytes.writeImmutableBuffer(self.head)
        bytes.writeString(date)
        bytes.writeStaticString(end)
        if let body { bytes.writeImmutableBuffer(body) }
        return bytes
    }

    /// A body that is cheaper to write separately than to copy.
    var longBody: ByteBuffer? { self.body.readableBytes > Self.copiedBytes ? self.body : nil }

    private static let copiedBytes = 4 * 1024

    static let goAhead = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
}
