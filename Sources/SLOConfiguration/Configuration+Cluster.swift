public import SLOCore

extension Configuration {
    /// Several processes on one PostgreSQL database. Off without an address.
    public struct Cluster: Equatable, Sendable {
        /// A connection string of libpq's, which may contain a password.
        public var database: Secret?
        /// This process's name among the nodes; `nil`: the host's.
        public var node: String?
        /// How long the database may take no deliveries before the spool takes them.
        public var patience = TimeSpan.seconds(1)
        public var spool = Spool()
        public var acknowledge = Acknowledge.replicated
        /// How many copies of the database, the primary and its synchronous standbys, it must have to take deliveries.
        public var requireCopies = 1

        /// Where deliveries wait while the database takes none. Off without a path.
        public struct Spool: Equatable, Sendable {
            public var path: String?
            public var maxBytes = 1 << 30

            public init() {}
        }

        /// When a delivery is acknowledged.
        public enum Acknowledge: String, CaseIterable, Sendable {
            /// Once it is in the database; once it is in the spool while the database takes none.
            case replicated
            /// Once it is in the spool.
            case spooled
        }

        public init() {}
    }
}
