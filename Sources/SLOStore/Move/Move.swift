import GRDB
public import SLOCore

/// Moves a whole database from SQLite to PostgreSQL, or back. What fails leaves the target as it was.
public enum Move {
    /// Receives the rows that are moved so far, and all of them. What it throws ends the move.
    public typealias Progress = (_ done: Int64, _ total: Int64) throws -> Void

    /// Rows are counted before they are moved, which takes a minute where there are many.
    private static func connection(to address: PostgresAddress) throws -> PostgresConnection {
        try PostgresConnection(to: address, applicationName: "packit-slo move", patience: .seconds(600))
    }

    // MARK: - To PostgreSQL

    /// Moves a file that no server uses into a cluster's database without a ledger.
    ///
    /// The file is brought to this version first, and stays as it is afterwards.
    /// - Parameter now: the present time.
    /// - Returns: how many rows were moved.
    /// - Throws: `StoreError`, among others with the codes `lockedByOther` and `exists`; or what `progress` throws.
    public static func toPostgres(
        from path: String, to address: PostgresAddress, at now: Timestamp, progress: Progress = { _, _ in }
    ) throws -> Int64 {
        let store = try SQLiteStore.openExisting(path: path, startedAt: now)
        defer { try? store.close() }
        _ = try PostgresCluster(address, at: now)
        let connection = try connection(to: address)
        do {
            return try connection.inTransaction {
                try requireEmpty(connection, address)
                return try store.queue.unsafeRead { db in
                    try db.beginTransaction(.deferred)
                    defer { try? db.rollback() }
                    return try copy(db, to: connection, progress)
                }
            }
        } catch {
            throw StoreError.orItself(error, path: path)
        }
    }

    private static func copy(
        _ db: Database, to connection: PostgresConnection, _ progress: Progress
    ) throws -> Int64 {
        let total = try MovedTable.all.reduce(0) { try $0 + $1.count(in: db) }
        var done: Int64 = 0
        for table in MovedTable.all {
            try table.forEachPage(in: db) { rows in
                try table.insert(rows, on: connection)
                done += Int64(rows.count)
                try progress(done, total)
            }
        }
        try moveOwner(from: db, to: connection)
        return done
    }

    /// Keeps other nodes from claiming until the transaction ends.
    private static func requireEmpty(_ connection: PostgresConnection, _ address: PostgresAddress) throws {
        let row = try connection.run([
            PostgresStatement(
                """
                SELECT lease_until > clock_timestamp(), next_sequence > 1 OR heartbeat_at IS NOT NULL
                    OR EXISTS (SELECT 1 FROM packit_slo.state)
                FROM packit_slo.shard WHERE shard = 0 FOR UPDATE
                """)
        ])[0].first
        if row?.bool(0) ?? true { throw nodesRun(address) }
        guard row?.bool(1) == false else {
            throw StoreError(
                code: .exists, message: "the database \(address.place) has a ledger already: name an empty database")
        }
    }

    private static func moveOwner(from db: Database, to connection: PostgresConnection) throws {
        let owner = try Row.fetchOne(
            db,
            sql: """
                SELECT next_sequence, next_entity, heartbeat_at, stopped_at, forgotten_through FROM owner WHERE id = 1
                """)
        guard let owner else { throw StoreError.damaged("the row that names the database's owner") }
        try connection.run([
            PostgresStatement(
                """
                UPDATE packit_slo.shard SET next_sequence = $1, next_entity = $2, heartbeat_at = $3, stopped_at = $4,
                    forgotten_through = $5
                WHERE shard = 0
                """, (0..<5).map { .int8(owner[$0]) })
        ])
    }

    // MARK: - To SQLite

    /// Moves what a cluster has decided into a new file.
    ///
    /// - Parameters:
    ///   - now: the present time.
    ///   - asSnapshot: whether nodes may run, and entries of the inbox be undecided: they are not in the file.
    /// - Returns: how many rows were moved.
    /// - Throws: `StoreError`, among others with the codes `exists` and `lockedByOther`; or what `progress` throws.
    public static func toSQLite(
        from address: PostgresAddress, to path: String, at now: Timestamp, asSnapshot: Bool,
        progress: Progress = { _, _ in }
    ) throws -> Int64 {
        try WriteTarget.refuseNameBesideDatabase(path)
        guard try File.size(path) == nil else {
            throw StoreError(code: .exists, message: "\(path) already exists: name another file")
        }
        let connection = try connection(to: address)
        try PostgresSchema.check(connection, place: address.place)
        let partial = try PartialCopy(of: File.resolved(path), startedAt: now)
        do {
            let moved = try connection.inTransaction(.beginReading) {
                if !asSnapshot { try requireDecided(connection, address) }
                return try fill(partial.path, from: connection, progress)
            }
            try partial.move()
            partial.release()
            return moved
        } catch {
            partial.remove()
            throw StoreError.orItself(error, path: path)
        }
    }

    private static func requireDecided(_ connection: PostgresConnection, _ address: PostgresAddress) throws {
        let row = try connection.run([
            PostgresStatement(
                """
                SELECT EXISTS (SELECT 1 FROM packit_slo.shard WHERE lease_until > clock_timestamp()),
                    EXISTS (
                        SELECT 1 FROM packit_slo.receiver r
                        LEFT JOIN packit_slo.consumed c ON c.shard = 0 AND c.stream = r.stream
                        WHERE r.appended > coalesce(c.pos, 0))
                """)
        ])[0].first
        if row?.bool(0) ?? true { throw nodesRun(address) }
        guard row?.bool(1) == false else {
            throw StoreError(
                code: .rejected,
                message: """
                    deliveries in the inbox of \(address.place) are not decided yet: let a node run until they are, or \
                    use --snapshot to leave them out
                    """)
        }
    }

    private static func nodesRun(_ address: PostgresAddress) -> StoreError {
        StoreError(
            code: .lockedByOther, message: "a node decides on the database \(address.place): stop all nodes first")
    }

    private static func fill(
        _ path: String, from connection: PostgresConnection, _ progress: Progress
    ) throws -> Int64 {
        let queue = try DatabaseQueue(path: path, configuration: Connection.writing)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { try Connection.setUpWriting($0) }
        try Schema.migrator.migrate(queue)
        let moved = try queue.write { db in
            let total = try MovedTable.all.reduce(0) { try $0 + $1.count(on: connection) }
            var done: Int64 = 0
            for table in MovedTable.all {
                try table.forEachPage(on: connection) { rows in
                    try table.insert(rows, into: db)
                    done += Int64(rows.count)
                    try progress(done, total)
                }
            }
            try moveOwner(from: connection, to: db)
            return done
        }
        // One file without a log.
        try queue.writeWithoutTransaction { db in
            _ = try db.checkpoint(.truncate)
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
        }
        return moved
    }

    private static func moveOwner(from connection: PostgresConnection, to db: Database) throws {
        let row = try connection.run([
            PostgresStatement(
                """
                SELECT next_sequence, next_entity, heartbeat_at, stopped_at, forgotten_through FROM packit_slo.shard
                WHERE shard = 0
                """)
        ])[0].first
        guard let row else { throw StoreError.damaged("the row of the database's decider") }
        try db.execute(
            sql: """
                UPDATE owner SET next_sequence = ?, next_entity = ?, heartbeat_at = ?, stopped_at = ?,
                    forgotten_through = ?, body_bytes = (SELECT coalesce(sum(length(bytes)), 0) FROM bodies)
                WHERE id = 1
                """, arguments: StatementArguments((0..<5).map { row.integer($0) }))
    }
}

extension StoreError {
    /// An error of SQLite's as one that tells what to do. What is none passes unchanged.
    fileprivate static func orItself(_ error: any Error, path: String) -> any Error {
        error is DatabaseError ? StoreError(error, path: path) : error
    }
}
