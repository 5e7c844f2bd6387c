import GRDB
import SLOCore

extension LoadedState {
    /// Reads everything in the transaction that `db` is in.
    init(from db: Database) throws {
        var entries: [Entry] = []
        try self.init(from: db) { entries.append(Entry(key: $0, value: $1)) }
        state = entries
    }

    /// Passes the ledger's entries to `visit` instead of keeping them.
    init(from db: Database, eachEntry visit: (StateKey, [UInt8]) throws -> Void) throws {
        try readOwner(db)
        try Self.readState(db, visit)
        try readTotals(db)
        for row in try Row.fetchAll(db, sql: "SELECT series, value FROM gauges") { gauges[row[0]] = row[1] }
        try readObjectiveHours(db)
        blindIntervals = try Self.blindIntervals(from: db)
        for row in try Row.fetchAll(db, sql: "SELECT source, memory FROM reconciliations") {
            if let source = Source(rawValue: row[0]) { reconciliationMemory[source] = try row.bytes(1) }
        }
    }

    private mutating func readOwner(_ db: Database) throws {
        let select =
            "SELECT next_sequence, next_entity, heartbeat_at, stopped_at, stopped_socket FROM owner WHERE id = 1"
        guard let row = try Row.fetchOne(db, sql: select) else {
            throw StoreError(
                code: .damaged, message: "the database lacks the row that names its owner: restore a backup")
        }
        nextSequence = row[0]
        nextEntity = row[1]
        lastHeartbeat = Timestamp(stored: row[2])
        let socket = row[4] as Int64?
        lastCleanStop = Timestamp(stored: row[3]).map {
            CleanStop(at: $0, socket: socket.map(UInt64.init(bitPattern:)))
        }
    }

    private static func readState(_ db: Database, _ visit: (StateKey, [UInt8]) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT part, repository, key, value FROM state ORDER BY part, repository, key")
        while let row = try rows.next() {
            guard let table = UInt8(exactly: row[0] as Int64) else { throw unknown("part of the state", row[0]) }
            try visit(StateKey(table: table, repository: row[1], key: try row.bytes(2)), try row.bytes(3))
        }
    }

    /// Shards whose bounds differ from the first one's cannot be added to it. A single process has one shard.
    private mutating func readTotals(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT series, part, sum(value), bounds FROM totals GROUP BY series, part ORDER BY series, part")
        while let row = try rows.next() {
            let (series, part): (String, Int64) = (row[0], row[1])
            switch part {
            case TotalsPart.counter: counters[series] = row[2]
            case TotalsPart.sum: histograms[series] = Histogram(bounds: row[3] ?? "", buckets: [], sum: row[2])
            case 0..<1000: histograms[series]?.set(bucket: Int(part), to: row[2])
            default: throw Self.unknown("bucket", row[1])
            }
        }
    }

    private mutating func readObjectiveHours(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT objective, deployment, hour, deadline_seconds, target, sum(good), sum(bad) FROM objective_hours
                GROUP BY objective, deployment, hour, deadline_seconds, target ORDER BY hour, objective, deployment
                """)
        while let row = try rows.next() {
            guard let hour = ObjectiveHour(row) else { throw Self.unknown("objective", row[0]) }
            objectiveHours.append(hour)
        }
    }

    /// In order of their starts.
    static func blindIntervals(from db: Database) throws -> [BlindInterval] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT started_at, cause, ended_at, caught_up_at, missing FROM blind_intervals
                ORDER BY started_at, cause
                """
        ).map { row in
            BlindInterval(
                startedAt: Timestamp(milliseconds: row[0]), cause: row[1], endedAt: Timestamp(stored: row[2]),
                caughtUpAt: Timestamp(stored: row[3]),
                missing: row.hasNull(atIndex: 4) ? nil : DeliveryIdentity.all(in: try row.bytes(4)))
        }
    }

    /// The entries of one of the ledger's tables.
    static func entries(ofTable table: UInt8, from db: Database) throws -> [Entry] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT part, repository, key, value FROM state WHERE part = ? ORDER BY repository, key",
            arguments: [Int64(table)])
        var entries: [Entry] = []
        while let row = try rows.next() {
            let key = StateKey(table: table, repository: row[1], key: try row.bytes(2))
            entries.append(Entry(key: key, value: try row.bytes(3)))
        }
        return entries
    }

    private static func unknown(_ what: String, _ value: DatabaseValue) -> StoreError {
        StoreError(
            code: .damaged, message: "the database holds an unknown \(what): restore a backup",
            cause: value.description)
    }
}

extension LoadedState.Histogram {
    /// Buckets come in order; those that are still 0 are not stored.
    fileprivate mutating func set(bucket: Int, to count: Int64) {
        buckets.append(contentsOf: repeatElement(0, count: max(0, bucket - buckets.count)))
        buckets.append(count)
    }
}

extension Timestamp {
    init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
