public import SLOConfiguration

/// Where the server listens, and the bounds it keeps. Every bound has its overflow answer beside it.
public struct WebConfiguration: Sendable {
    /// Where webhooks and probes are served; everything else too, unless `operations` is set.
    public var listen: ListenAddress
    /// A second address for everything but webhooks, so that only webhooks and probes face the internet.
    public var operations: ListenAddress?
    /// The largest body that is read. Beyond it: 413.
    public var maxBodyBytes = Configuration.HTTP().maxBodyBytes
    /// Open connections per address. Beyond them the one that has sent nothing for longest gives its place to a new
    /// one; while all are at work, a new one is served once, and what does not come at once gets 503.
    public var maxConnections = Configuration.HTTP().maxConnections
    /// Open connections besides, for that. Beyond these new ones wait in the system's backlog.
    public var crowdedConnections: Int { max(16, self.maxConnections / 8) }
    /// Pages, API, badges: so many are made at once, on each address. `/metrics` has a share of its own.
    public var maxPagesAtWork: Int = 4
    /// So many more wait for their turn. Beyond them: 503.
    public var maxPagesWaiting: Int = 64
    /// How long one body may take from its head to its last byte, however steadily it trickles. Beyond it: 408.
    public var bodyTimeout: Duration = .seconds(10)
    /// How long a connection may wait for its next request to be complete up to its headers. Beyond it: closed.
    /// So is one whose sender takes none of its answers for as long.
    public var idleTimeout: Duration = .seconds(30)
    /// How long what a refused sender still sends is read and thrown away, so that it gets to see its answer.
    public var lingerTimeout: Duration = .seconds(5)
    /// How long a connection that came while all places were taken may take for each of these.
    public var crowdedTimeout: Duration = .milliseconds(500)
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
