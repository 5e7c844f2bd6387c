import SLOCore

extension PostgresReader {
    /// Entries of the journal among which one page of deliveries is looked for.
    private static let searchEntries: Int64 = 8192

    /// Bodies are found by way of the journal, as far as it goes when this begins.
    func forEachDelivery(
        from: Timestamp?, until: Timestamp?, _ visit: (StoredDelivery) throws -> Void
    ) throws {
        let extent = try journalExtent()
        guard let first = extent.firstSequence else { return }
        var after = first - 1
        while after < extent.nextSequence - 1 {
            let through = min(after + Self.searchEntries, extent.nextSequence - 1)
            let page = try session.run([Self.page(after: after, through: through, from: from, until: until)])[0]
            after = through
            // One body at a time is decompressed.
            for row in page.rows {
                let delivery = try StoredDelivery(row)
                try visit(delivery)
                after = delivery.sequence
            }
        }
    }

    func bodies(of sequences: [Int64]) throws -> [StoredDelivery] {
        guard !sequences.isEmpty else { return [] }
        let pages = sequences.map { Self.page(after: $0 - 1, through: $0, from: nil, until: nil) }
        return try session.run(pages).flatMap { try $0.rows.map(StoredDelivery.init) }
    }

    private static func page(
        after: Int64, through: Int64, from: Timestamp?, until: Timestamp?
    ) -> PostgresStatement {
        PostgresStatement(
            PostgresQuery.bodies,
            [
                .int8(after), .int8(through), .int8(from?.milliseconds ?? .min), .int8(until?.milliseconds ?? .max),
                .count(ReadingLimit.deliveries), .count(ReadingLimit.deliveryBytes),
            ])
    }
}
