import NIOCore
import NIOHTTP1

/// An answer in the form in which the event loop writes it, made once where it can be.
struct HTTPAnswer {
    let status: HTTPResponseStatus
    /// All but `Date`.
    let headers: HTTPHeaders
    let body: ByteBuffer
    /// The whole answer as it goes over the wire, but for the value of `Date` in its middle.
    private let beforeDate: ByteBuffer
    private let afterDate: ByteBuffer

    init(_ status: HTTPResponseStatus, json: String, more: [(name: String, value: String)] = []) {
        self.init(status, contentType: "application/json", body: json, more: more)
    }

    init(_ problem: Problem, more: [(name: String, value: String)] = []) {
        self.init(problem.status, contentType: Problem.contentType, body: problem.json, more: problem.headers + more)
    }

    private init(
        _ status: HTTPResponseStatus, contentType: String, body: String, more: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.body = ByteBuffer(string: body)
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: contentType)
        headers.add(name: "Content-Length", value: "\(self.body.readableBytes)")
        headers.add(name: "X-Content-Type-Options", value: "nosniff")
        for (name, value) in more {
            headers.add(name: name, value: value)
        }
        self.headers = headers
        var before = ByteBuffer(string: "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (name, value) in headers {
            before.writeString("\(name): \(value)\r\n")
        }
        before.writeStaticString("Date: ")
        self.beforeDate = before
        var after = ByteBuffer(staticString: "\r\n\r\n")
        after.writeImmutableBuffer(self.body)
        self.afterDate = after
    }

    func head(date: String) -> HTTPResponseHead {
        var headers = self.headers
        headers.add(name: "Date", value: date)
        return HTTPResponseHead(version: .http1_1, status: self.status, headers: headers)
    }

    /// The whole answer in one piece, on a connection that stays open.
    func bytes(date: String, allocator: ByteBufferAllocator) -> ByteBuffer {
        let size = self.beforeDate.readableBytes + date.utf8.count + self.afterDate.readableBytes
        var bytes = allocator.buffer(capacity: size)
        bytes.writeImmutableBuffer(self.beforeDate)
        bytes.writeString(date)
        bytes.writeImmutableBuffer(self.afterDate)
        return bytes
    }
}
