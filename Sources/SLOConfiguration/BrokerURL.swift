import FoundationEssentials

/// `amqps://USER:PASSWORD@HOST:PORT/VHOST`, parsed. Its password is never shown.
public struct BrokerURL: Equatable, Sendable, CustomStringConvertible {
    public var usesTLS: Bool
    public var host: String
    public var port: Int
    public var user: String
    public var password: Secret
    /// `/` if none is named.
    public var virtualHost: String

    /// `nil` for text that is not such a URL, or has further parts.
    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["amqp", "amqps"].contains(scheme), var host = parts.host, !host.isEmpty,
            parts.query == nil, parts.fragment == nil
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        usesTLS = scheme == "amqps"
        self.host = host
        port = parts.port ?? (usesTLS ? 5671 : 5672)
        user = parts.user ?? "guest"
        password = Secret(parts.password ?? (parts.user == nil ? "guest" : ""))
        // One segment: a slash in the name of a virtual host is written %2F.
        guard !parts.percentEncodedPath.dropFirst().contains("/") else { return nil }
        virtualHost = parts.path.count > 1 ? String(parts.path.dropFirst()) : "/"
        let texts = [host, user, password.text, virtualHost]
        guard (1...65535).contains(port), !texts.contains(where: { $0.contains("\0") }) else { return nil }
    }

    public var description: String {
        let host = host.contains(":") ? "[\(host)]" : host
        let password = password.bytes.isEmpty ? "" : ":\(password)"
        return "\(usesTLS ? "amqps" : "amqp")://\(Self.encoded(user))\(password)@\(host):\(port)/"
            + Self.encoded(virtualHost)
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                String(UnicodeScalar(byte))
            default:
                "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

extension ValueFormat where Value == BrokerURL? {
    static var brokerURL: ValueFormat {
        var format = ValueFormat<BrokerURL>.word("url", write: \.description) { text throws(Mismatch) in
            // The text may contain a password, so it is not repeated.
            guard let url = BrokerURL(text) else { throw Mismatch(BrokerURL.expected) }
            return url
        }
        // Its user is shown, as the broker's log shows it.
        format.masksItself = true
        return format.optional
    }
}

extension BrokerURL {
    static let expected =
        "is not the address of a broker; write amqps://USER:PASSWORD@HOST:PORT/VHOST, with %2F for a slash in VHOST"
}
