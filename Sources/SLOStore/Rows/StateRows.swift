import SLOCore

extension StateKey {
    static let columns = "part, repository, key"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "an entry of the state")
        guard let table = UInt8(exactly: try required.integer(0)) else { throw required.damage }
        self.init(table: table, repository: try required.integer(1), key: try required.bytes(2))
    }
}

extension LoadedState.Entry {
    static let columns = StateKey.columns + ", value"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        self.init(key: try StateKey(row), value: try RequiredColumns(row, of: "an entry of the state").bytes(3))
    }
}

extension BlindInterval {
    static let columns = "started_at, cause, ended_at, caught_up_at, missing"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a blind interval")
        self.init(
            startedAt: try required.time(0), cause: try required.text(1), endedAt: row.time(2),
            caughtUpAt: row.time(3), missing: try row.bytes(4).map(DeliveryIdentity.all(in:)))
    }
}

extension LoadedState {
    static let progressColumns = "next_sequence, next_entity, heartbeat_at, stopped_at, stopped_socket"

    /// - Parameter row: of `progressColumns`.
    mutating func setProgress(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "the row of the database's owner")
        nextSequence = try required.integer(0)
        nextEntity = try required.integer(1)
        lastHeartbeat = row.time(2)
        lastCleanStop = row.time(3).map {
            CleanStop(at: $0, socket: row.integer(4).map(UInt64.init(bitPattern:)))
        }
    }

    /// Adds a total. A histogram's sum comes before its buckets.
    ///
    /// Shards whose bounds differ from the first one's cannot be added to it. A single process has one shard.
    /// - Parameter row: series, part, sum over shards, and bounds.
    mutating func addTotal(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a total")
        let (series, part, value) = (try required.text(0), try required.integer(1), try required.integer(2))
        switch part {
        case TotalsPart.counter: counters[series] = value
        case TotalsPart.sum: histograms[series] = Histogram(bounds: row.text(3) ?? "", buckets: [], sum: value)
        case 0..<1000: histograms[series]?.set(bucket: Int(part), to: value)
        default: throw required.damage
        }
    }

    /// - Parameter row: series and value.
    mutating func addGauge(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a gauge")
        gauges[try required.text(0)] = try required.integer(1)
    }

    /// - Parameter row: source and memory. A source of another version is passed over.
    mutating func addReconciliationMemory(_ row: some ResultRow) throws {
        guard let source: Source = row.name(0) else { return }
        reconciliationMemory[source] = try row.bytes(1)
    }
}

extension LoadedState.Histogram {
    /// Buckets come in order; those that are still 0 are not stored.
    fileprivate mutating func set(bucket: Int, to count: Int64) {
        buckets.append(contentsOf: repeatElement(0, count: max(0, bucket - buckets.count)))
        buckets.append(count)
    }
}
