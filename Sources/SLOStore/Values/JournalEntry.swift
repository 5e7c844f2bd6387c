public import SLOCore

/// One entry of the journal: an event, in the order in which it was decided.
public struct JournalEntry: Equatable, Sendable {
    /// Stored text: never renamed.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case delivery
        /// A deadline that fired.
        case deadline
        /// A reply of an upstream API.
        case answer
        case start
        case stop
        /// The process continued after a suspension.
        case resume
        case configuration
        /// Deliveries were missed, or may have been: the process was down or suspended, or refused them. The
        /// observation holds the two times.
        case heartbeatGap = "heartbeat_gap"
        /// All deliveries missed in a blind interval have arrived.
        case caughtUp = "caught_up"
        /// A delivery or reply that was erased. Only its time and identity are left, by which a repetition is
        /// recognised.
        case erased
    }

    /// Rises by one with each entry and is never reused. `LoadedState.nextSequence` is the next one.
    public let sequence: Int64
    /// The receiver's clock.
    public let receivedAt: Timestamp
    public let kind: Kind
    /// For entries of kind `delivery`.
    public let delivery: JournalledDelivery?
    /// For entries of kind `answer`.
    public let answer: JournalledAnswer?
    /// The observation on which was decided, encoded by the caller. Outlives the body.
    public let observation: [UInt8]?
    /// Where it is in a cluster's inbox, which then has its body.
    public let place: InboxPlace?

    public init(
        sequence: Int64, receivedAt: Timestamp, kind: Kind, delivery: JournalledDelivery? = nil,
        answer: JournalledAnswer? = nil, observation: [UInt8]? = nil, place: InboxPlace? = nil
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.kind = kind
        self.delivery = delivery
        self.answer = answer
        self.observation = observation
        self.place = place
    }
}

/// What the journal stores of a delivery.
public struct JournalledDelivery: Equatable, Sendable {
    public let source: Source
    /// The source's name for the kind of event.
    public let event: String
    public let identity: DeliveryIdentity
    public let fingerprint: BodyFingerprint
    /// The outcome: `accepted`, `ignored`, `malformed`, …
    public let result: String
    /// As it arrived, uncompressed.
    public let bodyByteCount: Int
    /// `nil` if only identity and size are stored.
    public let body: KeptBody?

    public init(
        source: Source, event: String, identity: DeliveryIdentity, fingerprint: BodyFingerprint, result: String,
        bodyByteCount: Int, body: KeptBody?
    ) {
        self.source = source
        self.event = event
        self.identity = identity
        self.fingerprint = fingerprint
        self.result = result
        self.bodyByteCount = bodyByteCount
        self.body = body
    }
}

/// What the journal stores of an upstream's reply, besides the observation.
public struct JournalledAnswer: Equatable, Sendable {
    public let upstream: Upstream
    public let identity: DeliveryIdentity
    public let fingerprint: BodyFingerprint

    public init(upstream: Upstream, identity: DeliveryIdentity, fingerprint: BodyFingerprint) {
        self.upstream = upstream
        self.identity = identity
        self.fingerprint = fingerprint
    }
}

/// A body with the headers needed to decode it again.
public struct KeptBody: Equatable, Sendable {
    /// A small JSON object of header names and values.
    public let headers: String
    public let compressed: CompressedBody

    public init(headers: String, compressed: CompressedBody) {
        self.headers = headers
        self.compressed = compressed
    }
}

/// What is known of an earlier delivery.
public struct KnownDelivery: Equatable, Sendable {
    public let fingerprint: BodyFingerprint
    public let seenAt: Timestamp

    public init(fingerprint: BodyFingerprint, seenAt: Timestamp) {
        self.fingerprint = fingerprint
        self.seenAt = seenAt
    }
}
