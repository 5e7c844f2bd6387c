import SLOCore

/// Reads a cluster's database, on a connection of its own to the primary, while a term may write it.
///
/// Each query reads one state. Several that must fit together are one transaction.
final class PostgresReader: StoreReading {
    let session: PostgresSession

    /// Connects, so that an address that is of no use is found here.
    /// - Throws: `StoreError`, among others with the codes `unreachable`, `cannotOpen`, `notADatabase`, `foreign`,
    ///   `newerVersion`.
    init(_ address: PostgresAddress) throws {
        session = PostgresSession(checking: address, as: "packit-slo reader")
        try session.with { _ in }
    }

    func close() throws { session.close() }

    // MARK: - Queries

    /// The records of all rows that a query returns.
    func records<Record>(
        _ sql: String, _ parameters: [PostgresParameter], _ decode: (PostgresRow) throws -> Record
    ) throws -> [Record] {
        try session.run([PostgresStatement(sql, parameters)])[0].rows.map(decode)
    }

    /// Several queries that read one state.
    func inSnapshot<Result: Sendable>(_ read: (PostgresLoading.Run) throws -> Result) throws -> Result {
        try session.with { connection in
            try connection.inTransaction(.beginReading) { try read { try connection.run($0) } }
        }
    }

    // MARK: - The whole state

    func load() throws -> LoadedState {
        try inSnapshot { run in
            var entries: [LoadedState.Entry] = []
            var state = try PostgresLoading.load(
                eachEntry: { entries.append(LoadedState.Entry(key: $0, value: $1)) }, by: run)
            state.state = entries
            return state
        }
    }

    func blindIntervals() throws -> [BlindInterval] {
        try session.run([PostgresLoading.blindIntervals])[0].rows.map(BlindInterval.init)
    }

    func backfills() throws -> [Backfill] { try PostgresLoading.backfills { try session.run($0) } }
}

extension PostgresParameter {
    static func count(_ value: Int) -> PostgresParameter { .int8(Int64(value)) }
    static func time(_ value: Timestamp) -> PostgresParameter { .int8(value.milliseconds) }
}
