#if FedoraMessaging

/// Where Copr's messages come from.
public struct FedoraMessagingSettings: Sendable, Equatable {
    public var host: String
    public var port: Int
    public var usesTLS: Bool
    public var user: String
    /// Empty together with a certificate: the broker takes the user from the certificate.
    public var password: String
    public var virtualHost: String
    /// The observer's own: what somebody else takes from it never comes here.
    public var queue: String
    /// Whether the queue, if it is not there yet, is made to outlive a restart of the broker.
    public var isQueueDurable: Bool
    public var exchange: String
    /// What the queue is bound to; AMQP's wildcards are allowed.
    public var topics: [String]
    /// Certificates (PEM) that the broker's must lead to.
    public var caFile: String
    public var certificateFile: String?
    public var privateKeyFile: String?
    /// A broker that is not heard of for twice as long is gone.
    public var heartbeatSeconds: Int
    /// A larger message is not taken.
    public var maxBodyBytes: Int
    /// Of this program; the broker shows it to its administrators.
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

    /// How many messages may be on their way to disk at once.
    static let prefetch: UInt16 = 64

    /// Without anything secret.
    var address: String { "\(host):\(port)" }
}

#endif
