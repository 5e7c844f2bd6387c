/// Where the server listens, and the bounds it keeps. Every bound has its overflow answer beside it.
public struct WebConfiguration: Sendable {
    /// Where webhooks and probes are served; everything else too, unless `operations` is set.
    public var listen: ListenAddress
    /// A second address for everything but webhooks, so that only webhooks and probes face the internet.
    public var operations: ListenAddress?
    /// The largest body that is read. Beyond it: 413.
    public var maxBodyBytes: Int = 26_214_400
    /// Open connections per address. Beyond them new ones wait in the system's backlog.
    public var maxConnections: Int = 1024
    /// How long one body may take from its head to its last byte, however steadily it trickles. Beyond it: 408.
    public var bodyTimeout: Duration = .seconds(10)
    /// How long a connection may wait for its next request to be complete up to its headers. Beyond it: closed.
    public var idleTimeout: Duration = .seconds(30)
    /// How long what a refused sender still sends is read and thrown away, so that it gets to see its answer.
    public var lingerTimeout: Duration = .seconds(5)
    /// How long, after a stop, an idle connection is left open: a request that is already on its way is then told
    /// 503 instead of finding the connection gone.
    public var stopGrace: Duration = .milliseconds(250)
    /// When a stop ends what is still in flight. Beyond it: closed unanswered.
    public var stopTimeout: Duration = .seconds(25)
    /// Serves TLS on both addresses when set.
    public var tls: TLSFiles?

    /// PEM files. Both are read when the server is made and again at each `WebServer.reloadCertificate()`.
    public struct TLSFiles: Sendable, Equatable {
        /// The certificate, then its chain.
        public var certificate: String
        public var privateKey: String

        public init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }
    }

    public init(listen: ListenAddress, operations: ListenAddress? = nil, tls: TLSFiles? = nil) {
        self.listen = listen
        self.operations = operations
        self.tls = tls
    }
}

/// A host and a port, written `127.0.0.1:8080`, `localhost:8080` or `[::1]:8080`. Port 0 lets the system choose.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `nil` for what is not a host and a port.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    public var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }
}
