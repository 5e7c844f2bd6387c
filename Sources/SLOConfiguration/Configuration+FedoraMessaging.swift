public import SLOCore

extension Configuration {
    /// Copr's messages from Fedora's broker, without a relay. Off without a url.
    public struct FedoraMessaging: Equatable, Sendable {
        /// A configuration of Fedora Messaging's own, which says what is not said here.
        public var configFile: String?
        public var url: BrokerURL?
        public var queue: String?
        public var isQueueDurable = false
        public var exchange = "amq.topic"
        /// Not `copr.chroot.start`, which says again what `copr.build.start` says.
        public var topics = ["org.fedoraproject.prod.copr.build.start", "org.fedoraproject.prod.copr.build.end"]
        public var heartbeat = TimeSpan.seconds(10)
        public var tls = TLS()

        public struct TLS: Equatable, Sendable {
            /// PEM: certificates that the broker's must lead to. `nil`: the system's.
            public var caFile: String?
            /// PEM files; both or neither.
            public var certificateFile: String?
            public var privateKeyFile: String?

            public init() {}
        }

        public init() {}
    }
}
