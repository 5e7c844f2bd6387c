import SLOCore

extension StoredEntry {
    static let columns = "sequence, received_at, kind, source, event, result, body_size, observation"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "journal entry", key: 0)
        let kind: JournalEntry.Kind = try required.name(2)
        self.init(
            sequence: try required.integer(0), receivedAt: try required.time(1), kind: kind,
            delivery: kind == .delivery ? try Delivery(row, required) : nil, observation: try row.bytes(7))
    }
}

extension StoredEntry.Delivery {
    fileprivate init<Row: ResultRow>(_ row: Row, _ required: RequiredColumns<Row>) throws {
        self.init(
            source: try required.name(3), event: row.text(4) ?? "", result: row.text(5) ?? "",
            bodyByteCount: Int(row.integer(6) ?? 0))
    }
}

extension DeliverySummary {
    static let columns = "sequence, received_at, source, event, result, body_size"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "journal entry", key: 0)
        self.init(
            sequence: try required.integer(0), receivedAt: try required.time(1), source: try required.name(2),
            event: row.text(3) ?? "", result: row.text(4) ?? "", bodyByteCount: row.integer(5) ?? 0)
    }
}

extension StoredDelivery {
    /// - Parameter row: sequence, source, time of receipt, headers, codec, size of the body, and its stored bytes.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "journal entry", key: 0)
        guard let codec = CompressedBody.Codec(rawValue: try required.integer(4)) else { throw required.damage }
        let compressed = CompressedBody(
            codec: codec, originalByteCount: Int(try required.integer(5)), bytes: try required.bytes(6))
        self.init(
            sequence: try required.integer(0), source: try required.name(1), receivedAt: try required.time(2),
            headers: try required.text(3), body: try compressed.decompressed())
    }
}
