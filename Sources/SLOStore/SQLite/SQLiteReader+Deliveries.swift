import FoundationEssentials
import GRDB
public import SLOCore

extension SQLiteReader {
    public func deliveries(before: Int64?, _ filter: JournalFilter, atMost limit: Int) throws -> JournalPage {
        try translated {
            try queue.read { db in
                let next = try Int64.fetchOne(db, sql: PageQuery.nextSequence) ?? 0
                let search = JournalSearch(before: before, nextSequence: next)
                let found = try Row.fetchAll(
                    db, sql: PageQuery.deliveries,
                    arguments: [
                        search.end, search.start, filter.source?.rawValue, filter.event, filter.result,
                        filter.containing.map { Data($0) }, limit,
                    ]
                ).map(StoredEntry.init)
                return search.page(of: found, atMost: limit)
            }
        }
    }

    public func delivery(_ sequence: Int64) throws -> StoredEntry? {
        try records(PageQuery.deliveryAtKey, [sequence], StoredEntry.init).first
    }

    public func bodies(of sequences: [Int64]) throws -> [StoredDelivery] {
        try sequences.flatMap { try records(PageQuery.bodyAtKey, [$0], StoredDelivery.init) }
    }

    public func firstEntry(receivedFrom time: Timestamp) throws -> Int64 {
        try translated { try queue.read { try Self.place(of: time, $0) } }
    }
}
