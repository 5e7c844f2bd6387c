import GRDB
public import SLOCore

/// An entry of the journal as it is kept, without the body.
public struct StoredEntry: Equatable, Sendable {
    /// What is known of a delivery.
    public struct Delivery: Equatable, Sendable {
        public let source: Source
        public let event: String
        /// What became of it: `accepted`, `ignored`, `malformed`, …
        public let result: String
        /// As it arrived, uncompressed.
        public let bodyByteCount: Int
    }

    public let sequence: Int64
    /// The receiver's clock; for a deadline the time at which it was due.
    public let receivedAt: Timestamp
    public let kind: JournalEntry.Kind
    /// For entries of kind `delivery`.
    public let delivery: Delivery?
    /// What was decided on, as it was encoded.
    public let observation: [UInt8]?
}

/// Which part of what ever happened a database's journal still holds.
public struct JournalExtent: Equatable, Sendable {
    /// `nil` when it is empty.
    public let firstSequence: Int64?
    /// When the first entry was received.
    public let beginsAt: Timestamp?
    /// The first number that no entry has.
    public let nextSequence: Int64
    /// When a server last wrote; what was due before is decided.
    public let lastHeartbeat: Timestamp?

    /// Whether it goes back to the first start of the first server.
    public var isWhole: Bool { firstSequence == 1 }
}

extension StoreReader {
    /// Entries read at a time. Between pages nothing is held, so that the writer's log can be written back.
    private static let pageEntries = 1024

    /// What the journal holds at this moment.
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

    /// Visits the journal's entries in their order, whether their bodies are still kept or not.
    ///
    /// - Parameters:
    ///   - first: the first sequence, inclusive.
    ///   - end: the sequence before which it ends, such as an extent's `nextSequence`.
    /// - Throws: `StoreError`, or what `visit` throws.
    public func forEachEntry(
        from first: Int64 = 0, before end: Int64 = .max, _ visit: (StoredEntry) throws -> Void
    ) throws {
        var next = first
        while true {
            let page = try entries(from: next, before: end)
            guard let last = page.last else { return }
            for entry in page { try visit(entry) }
            next = last.sequence + 1
        }
    }

    private func entries(from first: Int64, before end: Int64) throws -> [StoredEntry] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT sequence, received_at, kind, source, event, result, body_size, observation
                        FROM journal WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?
                        """,
                    arguments: [first, end, Self.pageEntries])
                var page: [StoredEntry] = []
                while let row = try rows.next() { page.append(try StoredEntry(row)) }
                return page
            }
        }
    }
}

extension StoredEntry {
    fileprivate init(_ row: Row) throws {
        let sequence: Int64 = row[0]
        guard let kind = JournalEntry.Kind(rawValue: row[2]) else { throw Self.damaged(sequence) }
        var delivery: Delivery?
        if kind == .delivery {
            guard let source = Source(rawValue: row[3] ?? "") else { throw Self.damaged(sequence) }
            delivery = Delivery(
                source: source, event: row[4] ?? "", result: row[5] ?? "", bodyByteCount: row[6] ?? 0)
        }
        let hasObservation = !row.hasNull(atIndex: 7)
        self.init(
            sequence: sequence, receivedAt: Timestamp(milliseconds: row[1]), kind: kind, delivery: delivery,
            observation: hasObservation ? try row.bytes(7) : nil)
    }

    private static func damaged(_ sequence: Int64) -> StoreError {
        StoreError(
            code: .damaged, message: "journal entry \(sequence) is damaged: restore a backup to get it back")
    }
}
