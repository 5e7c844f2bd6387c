public import SLOConfiguration

/// The addresses of the server and its limits, each with what happens above it.
public struct WebConfiguration: Sendable {
    /// The address of webhooks and probes, and of everything else unless `operations` is set.
    public var listen: ListenAddress
    /// A second address for everything except webhooks, so that only webhooks and probes are reachable from the
    /// internet.
    public var operations: ListenAddress?
    /// Sockets to use instead of these addresses.
    public var sockets = PassedSockets()
    /// Where it listens for webhooks, and for everything else unless there is another endpoint for operations.
    var webhooksEndpoint: Endpoint { self.sockets.webhooks.map(Endpoint.socket) ?? .address(self.listen) }
    var operationsEndpoint: Endpoint? {
        self.sockets.operations.map(Endpoint.socket) ?? self.operations.map(Endpoint.address)
    }
    /// The largest accepted body. Above it: 413.
    public var maxBodyBytes = Configuration.HTTP().maxBodyBytes
    /// Open connections per address. Above it a new connection replaces the one that has been idle for longest. While
    /// all are at work, a new one is served one request; what does not arrive at once gets 503.
    public var maxConnections = Configuration.HTTP().maxConnections
    /// Further open connections for that. Above it new ones wait in the system's backlog.
    public var crowdedConnections: Int { max(16, self.maxConnections / 8) }
    /// How many pages, API resources and badges are rendered at once on each address. `/metrics` has a limit of its
    /// own.
    public var maxPagesAtWork: Int = 4
    /// How many more wait. Above it: 503.
    public var maxPagesWaiting: Int = 64
    /// The time from a request's head to the end of its body. Above it: 408.
    public var bodyTimeout: Duration = .seconds(10)
    /// The time until the next request's headers are complete, and the time in which a sender must read some of a
    /// response. Above it: closed.
    public var idleTimeout: Duration = .seconds(30)
    /// How long the rest of a refused request is read and discarded, so that its sender sees the response.
    public var lingerTimeout: Duration = .seconds(5)
    /// Replaces each of these times on a connection that was accepted while all slots were taken.
    public var crowdedTimeout: Duration = .milliseconds(500)
    /// How long idle connections stay open after a stop, so that a request on its way gets 503 and not a closed
    /// connection.
    public var stopGrace: Duration = .milliseconds(250)
    /// How long after a stop open requests may take. Above it: closed without a response.
    public var stopTimeout: Duration = .seconds(25)
    /// Serves TLS on both addresses if set.
    public var tls: TLSFiles?

    /// Where connections come from.
    enum Endpoint {
        /// To be bound.
        case address(ListenAddress)
        case socket(PassedSockets.Socket)

        var address: ListenAddress {
            switch self {
            case .address(let address): address
            case .socket(let socket): socket.address
            }
        }
    }

    /// PEM files. Read at the start and at each `WebServer.reloadCertificate()`.
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
