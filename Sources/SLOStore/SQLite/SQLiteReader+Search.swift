import FoundationEssentials
import GRDB
public import SLOCore

extension SQLiteReader {
    public func runs(ofBackend id: String, atMost limit: Int) throws -> [RunRecord] {
        try records(PageQuery.runsOfBackend, [id, limit], RunRecord.init)
    }

    public func runs(ofCommit beginning: String, atMost limit: Int) throws -> [RunRecord] {
        try records(
            PageQuery.runsOfCommit, [beginning, beginning + ReadingLimit.afterEverySHA, limit], RunRecord.init)
    }

    public func changes(ofCommit beginning: String, atMost limit: Int) throws -> [ChangeRecord] {
        try records(
            PageQuery.changesOfCommit, [beginning, beginning + ReadingLimit.afterEverySHA, limit], ChangeRecord.init)
    }

    // MARK: - Deliveries

    public func arrivals(of identities: ClosedRange<DeliveryIdentity>, atMost limit: Int) throws -> [Arrival] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(
                    db, sql: PageQuery.identities,
                    arguments: [
                        Data(identities.lowerBound.bytes), Data(identities.upperBound.bytes), limit,
                    ]
                ).map { row in
                    let seenAt: Int64 = row[1]
                    let place = try Self.place(of: seenAt, db)
                    let entry = try Row.fetchOne(
                        db, sql: PageQuery.entryOfIdentity,
                        arguments: [
                            place - ReadingLimit.nearbyEntries, place + ReadingLimit.nearbyEntries, row[0] as Data,
                        ])
                    return Arrival(
                        seenAt: Timestamp(milliseconds: seenAt), delivery: try entry.map(DeliverySummary.init))
                }
            }
        }
    }

    /// The first sequence that was received at a time or later, as far as the journal is in order of time.
    private static func place(of time: Int64, _ db: Database) throws -> Int64 {
        var low = try Int64.fetchOne(db, sql: PageQuery.firstSequence) ?? 0
        var high = try Int64.fetchOne(db, sql: PageQuery.nextSequence) ?? 0
        let select = try db.cachedStatement(sql: PageQuery.entryFrom)
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(select, arguments: [middle]), (row[1] as Int64) < time else {
                high = middle
                continue
            }
            low = (row[0] as Int64) + 1
        }
        return low
    }
}
