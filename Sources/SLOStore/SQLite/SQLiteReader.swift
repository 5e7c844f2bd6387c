import GRDB

/// A database opened for reading only, while another process may write it.
public final class SQLiteReader: StoreReading {
    public let path: String
    let queue: DatabaseQueue
    private let use: ConnectionUse

    /// - Throws: `StoreError`, among others with the codes `cannotOpen`, `newerVersion`, `olderVersion`, `foreign`.
    public static func open(path: String) throws -> SQLiteReader {
        do {
            try DatabaseLock.refuseOtherName(path)
            let use = ConnectionUse(of: try FileIdentity.of(path))
            do { return try SQLiteReader(path: path, use: use) } catch {
                use.end()
                throw error
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private init(path: String, use: ConnectionUse) throws {
        self.path = path
        self.use = use
        queue = try DatabaseQueue(path: path, configuration: Connection.reading)
        try queue.read { db in
            try Connection.refuseForeign(db, path: path)
            guard try Schema.migrator.hasCompletedMigrations(db) else {
                throw Connection.refusal(.olderVersion, path: path)
            }
        }
    }

    public func close() throws {
        try translated { try queue.close() }
        use.end()
    }

    deinit {
        // A connection that fails to close still counts as open.
        if (try? queue.close()) != nil { use.end() }
    }

    public func load() throws -> LoadedState {
        try translated { try queue.read { try LoadedState(from: $0) } }
    }

    public func state(ofTable table: UInt8) throws -> [LoadedState.Entry] {
        try translated { try queue.read { try LoadedState.entries(ofTable: table, from: $0) } }
    }

    public func blindIntervals() throws -> [BlindInterval] {
        try translated { try queue.read { try LoadedState.blindIntervals(from: $0) } }
    }

    /// The records of all rows that a query returns.
    func records<Record>(
        _ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> Record
    ) throws -> [Record] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
                var records: [Record] = []
                while let row = try rows.next() { records.append(try decode(row)) }
                return records
            }
        }
    }

    func translated<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch { throw StoreError(error, path: path) }
    }
}
