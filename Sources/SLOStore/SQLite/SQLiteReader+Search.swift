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
                    let seenAt = Timestamp(milliseconds: row[1])
                    let place = try Self.place(of: seenAt, db)
                    let entry = try Row.fetchOne(
                        db, sql: PageQuery.entryOfIdentity,
                        arguments: [
                            place - ReadingLimit.nearbyEntries, place + ReadingLimit.nearbyEntries, row[0] as Data,
                        ])
                    return Arrival(seenAt: seenAt, delivery: try entry.map(DeliverySummary.init))
                }
            }
        }
    }

    static func place(of time: Timestamp, _ db: Database) throws -> Int64 {
        let select = try db.cachedStatement(sql: PageQuery.entryFrom)
        return try JournalSearch.place(
            of: time, from: try Int64.fetchOne(db, sql: PageQuery.firstSequence) ?? 0,
            before: try Int64.fetchOne(db, sql: PageQuery.nextSequence) ?? 0
        ) { sequence in
            try Row.fetchOne(select, arguments: [sequence]).map { ($0[0], Timestamp(milliseconds: $0[1])) }
        }
    }
}
