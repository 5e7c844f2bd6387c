import GRDB
public import SLOCore

extension SQLiteReader {
    /// The limit of journal entries that one search reads.
    private static let searchEntries: Int64 = 20_000

    public func deliveries(
        before: Int64?, source: Source?, result: String?, atMost limit: Int
    ) throws -> JournalPage {
        try translated {
            try queue.read { db in
                let last = try Int64.fetchOne(db, sql: PageQuery.lastSequence) ?? 0
                // The caller may pass any number.
                let end = max(0, min(before ?? .max, last))
                let start = max(0, end - Self.searchEntries)
                let deliveries = try Row.fetchAll(
                    db, sql: PageQuery.deliveries, arguments: [end, start, source?.rawValue, result, limit]
                ).map(DeliverySummary.init)
                let isFull = deliveries.count == limit
                let next = isFull ? deliveries.last?.sequence : start
                return JournalPage(deliveries: deliveries, next: next.flatMap { $0 > 1 ? $0 : nil })
            }
        }
    }
}

extension DeliverySummary {
    fileprivate init(_ row: Row) throws {
        guard let source = Source(rawValue: row[2] ?? "") else {
            throw StoreError.damaged("journal entry \(row[0] as Int64)")
        }
        self.init(
            sequence: row[0], receivedAt: Timestamp(milliseconds: row[1]), source: source, event: row[3] ?? "",
            result: row[4] ?? "", bodyByteCount: row[5] ?? 0)
    }
}
