import NIOHTTP1

/// What a request's head says about its body and about the connection, read in one pass over the headers.
struct RequestFraming: Equatable {
    /// `Content-Length`. The parser has already refused what is not a number, and a second, different one.
    var declaredBytes: Int?
    var isChunked = false
    /// The sender waits for `100 Continue` before it sends the body.
    var expectsContinue = false
    /// The connection serves no further request: it was asked to end, speaks HTTP/1.0, or offers an upgrade, after
    /// which the parser reads no more.
    var isLast: Bool
    /// An HTTP/1.1 request names exactly one host.
    var lacksHost: Bool

    init(_ head: HTTPRequestHead) {
        self.isLast = !head.isKeepAlive || head.version != .http1_1 || head.method == .CONNECT
        var hosts = 0
        for (name, value) in head.headers {
            if name.isHeader("content-length") {
                self.declaredBytes = Int(value) ?? .max
            } else if name.isHeader("transfer-encoding") {
                self.isChunked = true
            } else if name.isHeader("host") {
                hosts += 1
            } else if name.isHeader("expect") {
                self.expectsContinue = value.isHeader("100-continue")
            } else if name.isHeader("upgrade") {
                self.isLast = true
            }
        }
        self.lacksHost = head.version == .http1_1 && hosts != 1
        self.expectsContinue = self.expectsContinue && head.version == .http1_1
    }

    var hasBody: Bool {
        self.isChunked || (self.declaredBytes ?? 0) > 0
    }
}

extension String {
    /// Whether the text is that header name or token, in whatever case. `lowercased` is lower-case ASCII.
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
