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
        guard let owner = try Row.fetchOne(db, sql: "SELECT \(Self.progressColumns) FROM owner WHERE id = 1") else {
            throw StoreError(
                code: .damaged, message: "the database lacks the row that names its owner: restore a backup")
        }
        try setProgress(owner)
        try Self.readState(db, visit)
        try readTotals(db)
        for row in try Row.fetchAll(db, sql: "SELECT series, value FROM gauges") { try addGauge(row) }
        try readObjectiveHours(db)
        blindIntervals = try Self.blindIntervals(from: db)
        for row in try Row.fetchAll(db, sql: "SELECT source, memory FROM reconciliations") {
            try addReconciliationMemory(row)
        }
    }

    private static func readState(_ db: Database, _ visit: (StateKey, [UInt8]) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT \(Entry.columns) FROM state ORDER BY \(StateKey.columns)")
        while let row = try rows.next() {
            let entry = try Entry(row)
            try visit(entry.key, entry.value)
        }
    }

    private mutating func readTotals(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT series, part, sum(value), bounds FROM totals GROUP BY series, part ORDER BY series, part")
        while let row = try rows.next() { try addTotal(row) }
    }

    private mutating func readObjectiveHours(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT objective, deployment, hour, deadline_seconds, target, sum(good), sum(bad) FROM objective_hours
                GROUP BY objective, deployment, hour, deadline_seconds, target ORDER BY hour, objective, deployment
                """)
        while let row = try rows.next() { objectiveHours.append(try ObjectiveHour(row)) }
    }

    /// In order of their starts.
    static func blindIntervals(from db: Database) throws -> [BlindInterval] {
        try Row.fetchAll(
            db, sql: "SELECT \(BlindInterval.columns) FROM blind_intervals ORDER BY started_at, cause"
        ).map(BlindInterval.init)
    }

    /// The entries of one of the ledger's tables.
    static func entries(ofTable table: UInt8, from db: Database) throws -> [Entry] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(Entry.columns) FROM state WHERE part = ? ORDER BY repository, key",
            arguments: [Int64(table)])
        var entries: [Entry] = []
        while let row = try rows.next() { entries.append(try Entry(row)) }
        return entries
    }
}
