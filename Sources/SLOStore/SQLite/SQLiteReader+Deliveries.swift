import GRDB
public import SLOCore

extension SQLiteReader {
    public func deliveries(
        before: Int64?, source: Source?, result: String?, atMost limit: Int
    ) throws -> JournalPage {
        try translated {
            try queue.read { db in
                let next = try Int64.fetchOne(db, sql: PageQuery.nextSequence) ?? 0
                let search = JournalSearch(before: before, nextSequence: next)
                let found = try Row.fetchAll(
                    db, sql: PageQuery.deliveries,
                    arguments: [search.end, search.start, source?.rawValue, result, limit]
                ).map(DeliverySummary.init)
                return search.page(of: found, atMost: limit)
            }
        }
    }
}
