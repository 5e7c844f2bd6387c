#if FedoraMessaging

/// The source of Copr's messages.
public struct FedoraMessagingSettings: Sendable, Equatable {
    public var host: String
    public var port: Int
    public var usesTLS: Bool
    public var user: String
    /// Empty if a certificate is used: the broker takes the user from it.
    public var password: String
    public var virtualHost: String
    /// The observer's own queue: messages that another consumer takes are lost to this one.
    public var queue: String
    /// Whether the queue is created so that it survives a restart of the broker.
    public var isQueueDurable: Bool
    public var exchange: String
    /// The routing keys of the bindings; AMQP's wildcards are allowed.
    public var topics: [String]
    /// The certificates (PEM) that must have signed the broker's.
    public var caFile: String
    public var certificateFile: String?
    public var privateKeyFile: String?
    /// After twice this time without traffic the connection is closed.
    public var heartbeatSeconds: Int
    /// A larger message is refused.
    public var maxBodyBytes: Int
    /// The program's version, which the broker shows to its administrators.
    public var version: String

    public init(
        host: String, port: Int, usesTLS: Bool, user: String, password: String, virtualHost: String, queue: String,
        isQueueDurable: Bool, exchange: String, topics: [String], caFile: String?, certificateFile: String?,
        privateKeyFile: String?, heartbeatSeconds: Int, maxBodyBytes: Int, version: String
    ) {
        self.host = host
        self.port = port
        self.usesTLS = usesTLS
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
        self.queue = queue
        self.isQueueDurable = isQueueDurable
        self.exchange = exchange
        self.topics = topics
        self.caFile = caFile ?? "/etc/ssl/certs/ca-certificates.crt"
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.heartbeatSeconds = heartbeatSeconds
        self.maxBodyBytes = maxBodyBytes
        self.version = version
    }

    /// The limit of messages that are being stored at once.
    static let prefetch: UInt16 = 64

    /// Without secrets.
    var address: String { "\(host):\(port)" }
}

#endif
