extension Configuration {
    /// Several processes on one PostgreSQL database. Off without an address.
    public struct Cluster: Equatable, Sendable {
        /// A connection string of libpq's, which may contain a password.
        public var database: Secret?
        /// This process's name among the nodes; `nil`: the host's.
        public var node: String?

        public init() {}
    }
}
