import GRDB
public import SLOCore

extension SQLiteReader {
    public func forEachDelivery(
        from: Timestamp?, until: Timestamp?, _ visit: (StoredDelivery) throws -> Void
    ) throws {
        var after: Int64 = 0
        while true {
            let page = try deliveries(after: after, from: from, until: until)
            guard let last = page.last else { return }
            for delivery in page { try visit(delivery) }
            after = last.sequence
        }
    }

    private func deliveries(after: Int64, from: Timestamp?, until: Timestamp?) throws -> [StoredDelivery] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db, sql: PageQuery.bodies,
                    arguments: [
                        after, from?.milliseconds ?? .min, until?.milliseconds ?? .max, ReadingLimit.deliveries,
                    ])
                var page: [StoredDelivery] = []
                var bytes = 0
                while bytes < ReadingLimit.deliveryBytes, let row = try rows.next() {
                    let delivery = try StoredDelivery(row)
                    bytes += delivery.body.count
                    page.append(delivery)
                }
                return page
            }
        }
    }
}
