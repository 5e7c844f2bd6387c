import SLOCore

extension PostgresReader {
    func runs(ofBackend id: String, atMost limit: Int) throws -> [RunRecord] {
        try records(PostgresQuery.runsOfBackend, [.text(id), .count(limit)], RunRecord.init)
    }

    func runs(ofCommit beginning: String, atMost limit: Int) throws -> [RunRecord] {
        try records(
            PostgresQuery.runsOfCommit,
            [.text(beginning), .text(beginning + ReadingLimit.afterEverySHA), .count(limit)], RunRecord.init)
    }

    func changes(ofCommit beginning: String, atMost limit: Int) throws -> [ChangeRecord] {
        try records(
            PostgresQuery.changesOfCommit,
            [.text(beginning), .text(beginning + ReadingLimit.afterEverySHA), .count(limit)], ChangeRecord.init)
    }

    // MARK: - Deliveries

    func arrivals(of identities: ClosedRange<DeliveryIdentity>, atMost limit: Int) throws -> [Arrival] {
        try inSnapshot { run in
            let known = try run([
                PostgresStatement(
                    PostgresQuery.identities,
                    [.uuid(identities.lowerBound), .uuid(identities.upperBound), .count(limit)])
            ])[0].rows.map { row in
                let required = RequiredColumns(row, of: "an identity")
                return (identity: row.identity(0), seenAt: try required.time(1))
            }
            return try known.map { identity, seenAt in
                let place = try Self.place(of: seenAt, run)
                let entry = try run([
                    PostgresStatement(
                        PostgresQuery.entryOfIdentity,
                        [
                            .int8(place - ReadingLimit.nearbyEntries), .int8(place + ReadingLimit.nearbyEntries),
                            .uuid(identity),
                        ])
                ])[0].first
                return Arrival(seenAt: seenAt, delivery: try entry.map(DeliverySummary.init))
            }
        }
    }

    static func place(of time: Timestamp, _ run: PostgresLoading.Run) throws -> Int64 {
        let results = try run([
            PostgresStatement(PostgresQuery.firstSequence), PostgresStatement(PostgresQuery.nextSequence),
        ])
        return try JournalSearch.place(
            of: time, from: results[0].first?.integer(0) ?? 0, before: results[1].first?.integer(0) ?? 0
        ) { sequence in
            let row = try run([PostgresStatement(PostgresQuery.entryFrom, [.int8(sequence)])])[0].first
            guard let found = row?.integer(0), let receivedAt = row?.time(1) else { return nil }
            return (found, receivedAt)
        }
    }
}
