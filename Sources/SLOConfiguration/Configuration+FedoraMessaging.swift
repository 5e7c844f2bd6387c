public import SLOCore

extension Configuration {
    /// Copr's messages from Fedora's broker, without a relay. Off without a URL.
    public struct FedoraMessaging: Equatable, Sendable {
        /// A configuration file of Fedora Messaging, for the settings that are not set here.
        public var configFile: String?
        public var url: BrokerURL?
        public var queue: String?
        public var isQueueDurable = false
        public var exchange = "amq.topic"
        /// Without `copr.chroot.start`, which repeats `copr.build.start`.
        public var topics = ["org.fedoraproject.prod.copr.build.start", "org.fedoraproject.prod.copr.build.end"]
        public var heartbeat = TimeSpan.seconds(10)
        public var tls = TLS()

        public struct TLS: Equatable, Sendable {
            /// PEM: the certificates that must have signed the broker's. `nil`: the system's.
            public var caFile: String?
            /// PEM files; both or neither.
            public var certificateFile: String?
            public var privateKeyFile: String?

            public init() {}
        }

        public init() {}
    }
}
