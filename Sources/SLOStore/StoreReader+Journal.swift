import GRDB
public import SLOCore

/// A journal entry without the body.
public struct StoredEntry: Equatable, Sendable {
    /// The delivery's columns.
    public struct Delivery: Equatable, Sendable {
        public let source: Source
        public let event: String
        /// The result: `accepted`, `ignored`, `malformed`, …
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
    /// The encoded observation on which was decided.
    public let observation: [UInt8]?
}

/// The part of history that a database's journal still has.
public struct JournalExtent: Equatable, Sendable {
    /// `nil` if the journal is empty.
    public let firstSequence: Int64?
    /// When the first entry was received.
    public let beginsAt: Timestamp?
    /// The first unused sequence.
    public let nextSequence: Int64
    /// The last heartbeat of a server; all deadlines before it are decided.
    public let lastHeartbeat: Timestamp?

    /// Whether the journal goes back to the database's first start.
    public var isWhole: Bool { firstSequence == 1 }
}

extension StoreReader {
    /// Entries read at a time. No transaction is open between pages, so that the log can be checkpointed.
    private static let pageEntries = 1024

    /// The extent of the journal at this moment.
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

    /// Visits the journal's entries in order, whether or not their bodies are still stored.
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
