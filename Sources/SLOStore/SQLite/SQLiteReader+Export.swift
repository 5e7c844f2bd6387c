import GRDB
public import SLOCore

extension SQLiteReader {
    /// Rows and bytes read at a time. No transaction is open between pages, so that the log can be checkpointed.
    private static let pageRows = 256
    private static let pageBytes = 16 << 20

    public func forEachDelivery(
        from: Timestamp?, until: Timestamp?, _ visit: (StoredDelivery) throws -> Void
    ) throws {
        var after: Int64 = 0
        while true {
            let page = try deliveries(after: after, from: from, until: until)
            guard let last = page.last else { return }
            for delivery in page { try visit(delivery) }
            after = last.sequence
        }
    }

    private func deliveries(after: Int64, from: Timestamp?, until: Timestamp?) throws -> [StoredDelivery] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT sequence, journal.source, journal.received_at, headers, codec, original_size, bytes
                        FROM bodies JOIN journal USING (sequence)
                        WHERE sequence > ? AND bodies.received_at BETWEEN ? AND ? ORDER BY sequence LIMIT ?
                        """,
                    arguments: [
                        after, from?.milliseconds ?? .min, until?.milliseconds ?? .max, Self.pageRows,
                    ])
                var page: [StoredDelivery] = []
                var bytes = 0
                while bytes < Self.pageBytes, let row = try rows.next() {
                    let delivery = try StoredDelivery(row)
                    bytes += delivery.body.count
                    page.append(delivery)
                }
                return page
            }
        }
    }
}

extension StoredDelivery {
    fileprivate init(_ row: Row) throws {
        let sequence: Int64 = row[0]
        guard let source = Source(rawValue: row[1] ?? ""), let codec = CompressedBody.Codec(rawValue: row[4]) else {
            throw StoreError(
                code: .damaged, message: "journal entry \(sequence) is damaged: restore a backup to get it back")
        }
        let compressed = CompressedBody(codec: codec, originalByteCount: row[5], bytes: try row.bytes(6))
        self.init(
            sequence: sequence, source: source, receivedAt: Timestamp(milliseconds: row[2]), headers: row[3],
            body: try compressed.decompressed())
    }
}
