public import SLOCore

// What the nodes of a cluster share besides the decider's store. docs/cluster.md has the protocol.

/// Where nodes append what they receive, until a decider has decided it.
///
/// Each process has a stream of its own, in which it counts positions without a hole. Appending the same entries again
/// changes nothing.
public protocol Inbox: Sendable {
    /// Draws the number of a stream that is to be begun, without asking the database: what a process receives while
    /// that is away has places already.
    func newStream(startedAt: Timestamp) -> StreamID
    /// Begins a process's life as a receiver. To begin it again changes nothing.
    /// - Parameters:
    ///   - stream: a number that was drawn for it.
    ///   - startedAt: since when it receives without a break.
    /// - Throws: `StoreError`, with the code `foreign` if the stream is another one's: draw again.
    func beginStream(_ stream: StreamID, node: String, startedAt: Timestamp) throws
    /// Appends entries, and moves the stream's watermark, in one transaction.
    ///
    /// - Parameters:
    ///   - entries: in order of their positions, which follow those that were appended before or repeat them.
    ///   - through: the watermark: all that the process received before it is in the inbox with these entries.
    ///   - sentAt: the present time by the process's clock. A batch that is appended again has an older watermark.
    /// - Throws: `StoreError`. With the code `commitAmbiguous` they may be in the inbox: append them again. With the
    ///   code `rejected` the process's clock is more than a second ahead of the database's, with `foreign` the inbox
    ///   has no such stream.
    func append(
        _ entries: [InboxEntry], to stream: StreamID, through: Timestamp, sentAt: Timestamp
    ) throws
    /// Ends a process's life. All that it received must be in the inbox.
    func endStream(_ stream: StreamID, at moment: Timestamp) throws
    /// Reads what follows in each stream, and all streams' lives.
    ///
    /// - Parameters:
    ///   - positions: the last position of each stream that was read before.
    ///   - count: the most entries to read of each stream.
    ///   - full: streams of which no entries are read.
    func read(
        after positions: [StreamID: Int64], atMost count: Int, except full: Set<StreamID>
    ) throws -> InboxReading
}

extension Inbox {
    public func newStream(startedAt: Timestamp) -> StreamID { .drawn(startedAt: startedAt) }

    /// Draws a number, and begins the stream.
    public func beginStream(node: String, startedAt: Timestamp) throws -> StreamID {
        let stream = newStream(startedAt: startedAt)
        try beginStream(stream, node: node, startedAt: startedAt)
        return stream
    }
}

/// Numbers a process's life as a receiver. Those of one node ascend with the times at which they begin.
public struct StreamID: Hashable, Comparable, Sendable {
    public let number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    /// Of the time and chance: no other database, and no earlier state of this one, has a stream of that number, so a
    /// spool's entries are not taken for those of another process.
    static func drawn(startedAt: Timestamp) -> StreamID {
        StreamID((startedAt.milliseconds << 20) & Int64.max | Int64.random(in: 0..<1 << 20))
    }

    public static func < (one: StreamID, other: StreamID) -> Bool { one.number < other.number }
}

/// Where an entry is in the inbox.
public struct InboxPlace: Hashable, Comparable, Sendable {
    public let stream: StreamID
    /// From 1 on, without a hole.
    public let position: Int64

    public init(_ stream: StreamID, _ position: Int64) {
        self.stream = stream
        self.position = position
    }

    public static func < (one: InboxPlace, other: InboxPlace) -> Bool {
        (one.stream, one.position) < (other.stream, other.position)
    }
}

/// A delivery that a node has acknowledged, or what else it has to tell, before it is decided.
public struct InboxEntry: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        case delivery(JournalledDelivery)
        case answer(JournalledAnswer)
        /// Deliveries that the node refused. The observation tells the interval.
        case blindInterval(DeliveryIdentity)
    }

    public let place: InboxPlace
    /// The receiver's clock.
    public let receivedAt: Timestamp
    public let content: Content
    /// The identity of a delivery without its hook's target (docs/counting.md, rule 33).
    public let untargetedIdentity: DeliveryIdentity?
    /// The observations, encoded by the caller.
    public let observation: [UInt8]

    public init(
        place: InboxPlace, receivedAt: Timestamp, content: Content, untargetedIdentity: DeliveryIdentity?,
        observation: [UInt8]
    ) {
        self.place = place
        self.receivedAt = receivedAt
        self.content = content
        self.untargetedIdentity = untargetedIdentity
        self.observation = observation
    }

    /// The same at another place.
    public func moved(to place: InboxPlace) -> InboxEntry { copy(at: place, receivedAt: receivedAt) }

    /// The same as received no later than a moment.
    public func received(by moment: Timestamp) -> InboxEntry {
        receivedAt <= moment ? self : copy(at: place, receivedAt: moment)
    }

    private func copy(at place: InboxPlace, receivedAt: Timestamp) -> InboxEntry {
        InboxEntry(
            place: place, receivedAt: receivedAt, content: content, untargetedIdentity: untargetedIdentity,
            observation: observation)
    }
}

/// A process's life as a receiver.
public struct ReceiverLife: Equatable, Sendable {
    public let stream: StreamID
    public let node: String
    /// Since when it receives without a break.
    public var startedAt: Timestamp
    /// The watermark: all that it received before this is in the inbox.
    public var through: Timestamp
    /// The last position that it has appended; 0 for none.
    public var appended: Int64
    /// When it last appended or moved its watermark, by the database's clock.
    public var seenAt: Timestamp
    /// The same by its own clock.
    public var sentAt: Timestamp
    /// When it stopped regularly.
    public var endedAt: Timestamp?

    /// A node that is silent for longer, or whose clock is further behind, does not hold the others back: what it
    /// brings later counts as received then.
    public static let patience = TimeSpan.seconds(3)

    public init(stream: StreamID, node: String, startedAt: Timestamp, seenAt: Timestamp) {
        self.stream = stream
        self.node = node
        self.startedAt = startedAt
        through = startedAt
        appended = 0
        self.seenAt = seenAt
        sentAt = startedAt
    }
}

/// A consistent part of the inbox.
public struct InboxReading: Equatable, Sendable {
    /// In order of their streams and positions.
    public let entries: [InboxEntry]
    public let receivers: [ReceiverLife]
    /// The database's clock.
    public let now: Timestamp

    public init(entries: [InboxEntry], receivers: [ReceiverLife], now: Timestamp) {
        self.entries = entries
        self.receivers = receivers
        self.now = now
    }
}
