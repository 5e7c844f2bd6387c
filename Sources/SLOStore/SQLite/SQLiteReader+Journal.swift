import GRDB
import SLOCore

extension SQLiteReader {
    /// Entries read at a time. No transaction is open between pages, so that the log can be checkpointed.
    private static let pageEntries = 1024

    public func journalExtent() throws -> JournalExtent {
        try translated {
            try queue.read { db in
                let first = try Row.fetchOne(
                    db, sql: "SELECT sequence, received_at FROM journal ORDER BY sequence LIMIT 1")
                let owner = try Row.fetchOne(db, sql: "SELECT next_sequence, heartbeat_at FROM owner WHERE id = 1")
                return JournalExtent(
                    firstSequence: first?[0], beginsAt: Timestamp(stored: first?[1]), nextSequence: owner?[0] ?? 1,
                    lastHeartbeat: Timestamp(stored: owner?[1]))
            }
        }
    }

    public func forEachEntry(
        from first: Int64, before end: Int64, _ visit: (StoredEntry) throws -> Void
    ) throws {
        var next = first
        while true {
            let page = try entries(from: next, before: end)
            guard let last = page.last else { return }
            for entry in page { try visit(entry) }
            next = last.sequence + 1
        }
    }

    private func entries(from first: Int64, before end: Int64) throws -> [StoredEntry] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT sequence, received_at, kind, source, event, result, body_size, observation
                        FROM journal WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?
                        """,
                    arguments: [first, end, Self.pageEntries])
                var page: [StoredEntry] = []
                while let row = try rows.next() { page.append(try StoredEntry(row)) }
                return page
            }
        }
    }
}

extension StoredEntry {
    fileprivate init(_ row: Row) throws {
        let sequence: Int64 = row[0]
        guard let kind = JournalEntry.Kind(rawValue: row[2]) else { throw Self.damaged(sequence) }
        var delivery: Delivery?
        if kind == .delivery {
            guard let source = Source(rawValue: row[3] ?? "") else { throw Self.damaged(sequence) }
            delivery = Delivery(
                source: source, event: row[4] ?? "", result: row[5] ?? "", bodyByteCount: row[6] ?? 0)
        }
        let hasObservation = !row.hasNull(atIndex: 7)
        self.init(
            sequence: sequence, receivedAt: Timestamp(milliseconds: row[1]), kind: kind, delivery: delivery,
            observation: hasObservation ? try row.bytes(7) : nil)
    }

    private static func damaged(_ sequence: Int64) -> StoreError {
        StoreError(
            code: .damaged, message: "journal entry \(sequence) is damaged: restore a backup to get it back")
    }
}
