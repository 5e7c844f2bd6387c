import NIOHTTP1
import NIOCore
import SLOSources

/// What the handlers behind a connection read: one request after the other.
enum RequestPart {
    case head(RequestHead)
    case body(ByteBuffer)
    case end
}

/// A request's head, with its headers about the body, the connection and the delivery, read in one pass.
final class RequestHead: Sendable {
    let head: HTTPRequestHead
    let framing: RequestFraming
    let webhook: WebhookHeaders

    init(_ head: HTTPRequestHead) {
        var framing = RequestFraming(isHEAD: head.method == .HEAD)
        framing.isLast = !head.isKeepAlive || head.version != .http1_1 || head.method == .CONNECT
        var webhook = WebhookHeaders()
        var hosts = 0
        for (name, value) in head.headers {
            // Compares lengths first: nearly every header is none of these.
            switch name.utf8.count {
            case 4 where name.isHeader("host"): hosts += 1
            case 6 where name.isHeader("expect"): framing.expectsContinue = value.isHeader("100-continue")
            case 7 where name.isHeader("upgrade"): framing.isLast = true
            case 14 where name.isHeader("content-length"): framing.declaredBytes = Int(value) ?? .max
            case 17 where name.isHeader("transfer-encoding"): framing.isChunked = true
            case 12...: webhook.note(name, value)
            default: break
            }
        }
        framing.lacksHost = head.version == .http1_1 && hosts != 1
        framing.expectsContinue = framing.expectsContinue && head.version == .http1_1
        self.head = head
        self.framing = framing
        self.webhook = webhook
    }
}

/// What a request's head says about its body and the connection.
struct RequestFraming: Equatable {
    /// `Content-Length`. The parser has already refused values that are not numbers, and a second, different value.
    var declaredBytes: Int?
    var isChunked = false
    /// The sender waits for `100 Continue` before it sends the body.
    var expectsContinue = false
    /// The connection serves no further request: the sender asked to close it, speaks HTTP/1.0, or offers an upgrade,
    /// after which the parser reads no more.
    var isLast = false
    /// Whether it is an HTTP/1.1 request that does not name exactly one host.
    var lacksHost = false
    /// The response has no body, whatever its headers say.
    var isHEAD = false

    var hasBody: Bool {
        self.isChunked || (self.declaredBytes ?? 0) > 0
    }
}

extension WebhookHeaders {
    fileprivate mutating func note(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 12 where name.isHeader("content-type"): Self.note(value, in: &self.contentType)
        case 14 where name.isHeader("x-github-event"): Self.note(value, in: &self.event)
        case 17 where name.isHeader("x-github-delivery"): Self.note(value, in: &self.delivery)
        case 19 where name.isHeader("x-hub-signature-256"): Self.note(value, in: &self.signature)
        case 36 where name.isHeader("x-github-hook-installation-target-id"): Self.note(value, in: &self.hookTargetID)
        case 38 where name.isHeader("x-github-hook-installation-target-type"):
            Self.note(value, in: &self.hookTargetType)
        default: break
        }
    }

    /// Trims trailing white space, which is not part of the value. A repeated header becomes one value with a comma
    /// (RFC 9110, 5.3 and 5.5), so that nobody can choose which of two signatures counts.
    private static func note(_ value: String, in field: inout String?) {
        var value = value
        while value.utf8.last == UInt8(ascii: " ") || value.utf8.last == UInt8(ascii: "\t") { value.removeLast() }
        field = field.map { "\($0), \(value)" } ?? value
    }
}

extension String {
    /// Whether the text is this header name or token, in any case. `lowercased` is lower-case ASCII.
    @inline(__always)
    func isHeader(_ lowercased: StaticString) -> Bool {
        // Nearly every comparison ends at the length.
        self.utf8.count == lowercased.utf8CodeUnitCount && self.equalsIgnoringCase(lowercased)
    }

    private func equalsIgnoringCase(_ lowercased: StaticString) -> Bool {
        var expected = lowercased.utf8Start
        for byte in self.utf8 {
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard (isUpper ? byte | 0x20 : byte) == expected.pointee else { return false }
            expected += 1
        }
        return true
    }
}
