import SLOCore

extension PostgresReader {
    func journalExtent() throws -> JournalExtent {
        let extents = try records(PostgresQuery.extent, []) { row in
            JournalExtent(
                firstSequence: row.integer(2), beginsAt: row.time(3), nextSequence: row.integer(0) ?? 1,
                lastHeartbeat: row.time(1))
        }
        guard let extent = extents.first else { throw StoreError.damaged("the row of the database's decider") }
        return extent
    }

    func forEachEntry(
        from first: Int64, before end: Int64, _ visit: (StoredEntry) throws -> Void
    ) throws {
        var next = first
        while true {
            let page = try records(
                PostgresQuery.entries, [.int8(next), .int8(end), .count(ReadingLimit.entries)], StoredEntry.init)
            guard let last = page.last else { return }
            for entry in page { try visit(entry) }
            next = last.sequence + 1
        }
    }

    func deliveries(before: Int64?, _ filter: JournalFilter, atMost limit: Int) throws -> JournalPage {
        try inSnapshot { run in
            let next = try run([PostgresStatement(PostgresQuery.nextSequence)])[0].first?.integer(0) ?? 0
            let search = JournalSearch(before: before, nextSequence: next)
            let found = try run([
                PostgresStatement(
                    PostgresQuery.deliveries,
                    [
                        .int8(search.end), .int8(search.start), .text(filter.source?.rawValue), .text(filter.event),
                        .text(filter.result), .bytea(filter.containing), .count(limit),
                    ])
            ])[0].rows.map(StoredEntry.init)
            return search.page(of: found, atMost: limit)
        }
    }

    func delivery(_ sequence: Int64) throws -> StoredEntry? {
        try records(PostgresQuery.deliveryAtKey, [.int8(sequence)], StoredEntry.init).first
    }

    func firstEntry(receivedFrom time: Timestamp) throws -> Int64 {
        try inSnapshot { try Self.place(of: time, $0) }
    }

    func held(_ identities: [DeliveryIdentity]) throws -> Set<DeliveryIdentity> {
        let held = try records(PostgresQuery.held, [.uuids(identities)]) { row in
            guard let identity = row.identity(0) else { throw StoreError.damaged("an identity") }
            return identity
        }
        return Set(held)
    }

    func reconciliationMemory(of source: Source) throws -> [UInt8]? {
        let memory = "SELECT memory FROM packit_slo.reconciliations WHERE source = $1"
        return try records(memory, [.text(source.rawValue)]) { $0.bytes(0) }.first ?? nil
    }
}
