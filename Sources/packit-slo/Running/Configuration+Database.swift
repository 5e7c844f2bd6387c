import SLOConfiguration
import SLOStore

extension Configuration {
    /// Opens readers of the configured database: a file, or a cluster's.
    /// - Throws: `StoreError` for an address that cannot be used.
    func readers() throws -> ReaderSource {
        guard let address = cluster.database else { return ReaderSource(path: database) }
        return PostgresCluster.readers(of: try PostgresAddress(address.text))
    }

    /// Refuses what only a file of SQLite can do.
    /// - Throws: `CommandFailure`.
    func requireFile() throws {
        guard cluster.database != nil else { return }
        throw CommandFailure(
            "this configuration is of a cluster's node (cluster.database): back up and restore PostgreSQL with its own "
                + "tools, or copy what is decided into a file with packit-slo move --snapshot",
            code: .misconfigured)
    }
}
