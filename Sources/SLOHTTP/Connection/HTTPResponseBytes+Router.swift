import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Synchronization

// Converts requests and responses for Hummingbird's router.

extension Request {
    /// `nil` for an unknown method.
    init?(_ head: HTTPRequestHead) {
        guard let method = HTTPRequest.Method(head.method.rawValue) else { return nil }
        var request = HTTPRequest(method: method, scheme: nil, authority: nil, path: head.uri)
        for (name, value) in head.headers {
            guard let name = HTTPField.Name(name) else { continue }
            request.headerFields.append(HTTPField(name: name, value: value))
        }
        self.init(head: request, body: RequestBody(buffer: ByteBuffer()))
    }
}

extension HTTPResponseBytes {
    /// The router's response. For HEAD the body is not rendered.
    convenience init(_ response: Response, isHEAD: Bool) async {
        let body = Body()
        if !isHEAD {
            do {
                try await response.body.write(body)
            } catch {
                self.init(.failed)
                return
            }
        }
        self.init(response, body: isHEAD ? nil : body.bytes.withLock { $0 })
    }

    /// - Parameter body: `nil` if it was not rendered; `Content-Length` stays.
    private convenience init(_ response: Response, body: ByteBuffer?) {
        let status = HTTPResponseStatus(statusCode: response.status.code, reasonPhrase: response.status.reasonPhrase)
        var fields = response.headers
        if !status.mayHaveResponseBody {
            fields[.contentLength] = nil
        } else if let body {
            fields[.contentLength] = "\(body.readableBytes)"
        }
        self.init(
            status, headers: fields.lazy.map { (name: $0.name.rawName, value: $0.value) },
            body: status.mayHaveResponseBody ? body ?? ByteBuffer() : ByteBuffer())
    }

    /// Collects what the router writes: every response here is written in one piece.
    private final class Body: ResponseBodyWriter, Sendable {
        let bytes = Mutex(ByteBuffer())

        func write(_ buffer: ByteBuffer) async throws {
            self.bytes.withLock { bytes in
                if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
            }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
