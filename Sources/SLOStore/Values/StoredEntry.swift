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

extension StoredEntry {
    /// The entry as it is read once it is stored.
    public init(_ entry: JournalEntry) {
        self.init(
            sequence: entry.sequence, receivedAt: entry.receivedAt, kind: entry.kind,
            delivery: entry.delivery.map {
                Delivery(source: $0.source, event: $0.event, result: $0.result, bodyByteCount: $0.bodyByteCount)
            },
            observation: entry.observation)
    }
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
