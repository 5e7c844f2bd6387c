import SLOCore

/// Reads what a new decider needs, and what pages show of it.
enum PostgresLoading {
    /// Runs statements and returns their results.
    typealias Run = ([PostgresStatement]) throws -> [PostgresResult]

    static func load(eachEntry visit: (StateKey, [UInt8]) throws -> Void, by run: Run) throws -> LoadedState {
        let loaded = try withoutEntries(by: run)
        try forEachEntry(visit, by: run)
        return loaded
    }

    /// What is stored besides the ledger's entries.
    static func withoutEntries(by run: Run) throws -> LoadedState {
        var loaded = LoadedState()
        let results = try run([progress, consumed, totals, gauges, hours, blindIntervals, memory])
        guard let row = results[0].first else { throw StoreError.damaged("the row of the database's decider") }
        try loaded.setProgress(row)
        for row in results[1].rows {
            let required = RequiredColumns(row, of: "the position in stream", key: 0)
            loaded.consumed[StreamID(try required.integer(0))] = try required.integer(1)
        }
        for row in results[2].rows { try loaded.addTotal(row) }
        for row in results[3].rows { try loaded.addGauge(row) }
        loaded.objectiveHours = try results[4].rows.map(ObjectiveHour.init)
        loaded.blindIntervals = try results[5].rows.map(BlindInterval.init)
        for row in results[6].rows { try loaded.addReconciliationMemory(row) }
        return loaded
    }

    private static func forEachEntry(_ visit: (StateKey, [UInt8]) throws -> Void, by run: Run) throws {
        var last = StateKey(table: 0, repository: .min, key: [])
        while true {
            let page = try run([
                PostgresStatement(
                    """
                    SELECT \(LoadedState.Entry.columns) FROM packit_slo.state
                    WHERE (part, repository, key) > ($1, $2, $3) ORDER BY part, repository, key LIMIT $4
                    """,
                    [
                        .int8(Int64(last.table)), .int8(last.repository), .bytea(last.key),
                        .count(ReadingLimit.stateRows),
                    ])
            ])[0]
            var count = 0
            for row in page.rows {
                let entry = try LoadedState.Entry(row)
                try visit(entry.key, entry.value)
                last = entry.key
                count += 1
            }
            if count < ReadingLimit.stateRows { return }
        }
    }

    static func backfills(by run: Run) throws -> [Backfill] {
        try run([
            PostgresStatement("SELECT \(Backfill.columns) FROM packit_slo.backfills ORDER BY objective")
        ])[0].rows.map(Backfill.init)
    }

    // MARK: - Statements

    private static let progress = PostgresStatement(
        "SELECT \(LoadedState.progressColumns) FROM packit_slo.shard WHERE shard = 0")
    private static let consumed = PostgresStatement("SELECT stream, pos FROM packit_slo.consumed WHERE shard = 0")
    private static let totals = PostgresStatement(
        """
        SELECT series, part, sum(value)::bigint, max(bounds) FROM packit_slo.totals GROUP BY series, part
        ORDER BY series, part
        """)
    private static let gauges = PostgresStatement("SELECT series, value FROM packit_slo.gauges")
    static let hourColumns = """
        objective, deployment, hour, deadline_seconds, target, sum(good)::bigint, sum(bad)::bigint
        """
    private static let hours = PostgresStatement(
        """
        SELECT \(hourColumns) FROM packit_slo.objective_hours
        GROUP BY objective, deployment, hour, deadline_seconds, target ORDER BY hour, objective, deployment
        """)
    static let blindIntervals = PostgresStatement(
        "SELECT \(BlindInterval.columns) FROM packit_slo.blind_intervals ORDER BY started_at, cause")
    private static let memory = PostgresStatement("SELECT source, memory FROM packit_slo.reconciliations")
}
