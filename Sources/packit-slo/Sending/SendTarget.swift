import SLOCore

/// The server to send to, as `http://host:port/prefix`.
struct SendTarget: Equatable {
    let isSecure: Bool
    let host: String
    let port: Int
    /// The path before `/webhooks/…`, without a slash at its end.
    let prefix: String

    static let expectation = "--to requires http://HOST:PORT/PREFIX or https://…, without user, password and query."

    init?(_ url: String) {
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard !path.contains(where: { "?# ".contains($0) }), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        self.isSecure = isSecure
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        prefix = String(path)
    }

    private static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        let afterNumber = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterNumber...].lastIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !host.contains("@") else { return nil }
        return (String(host), port)
    }

    func path(of source: Source) -> String {
        "\(prefix)/webhooks/\(source.rawValue)"
    }

    /// For the `Host` header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
