import GRDB
import SLOCore

extension SQLiteReader {
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
            let page = try records(PageQuery.entries, [next, end, ReadingLimit.entries], StoredEntry.init)
            guard let last = page.last else { return }
            for entry in page { try visit(entry) }
            next = last.sequence + 1
        }
    }
}
