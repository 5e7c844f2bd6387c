public import SLOCore

/// One line of the journal: something that happened, in the order in which it was decided.
public struct JournalEntry: Equatable, Sendable {
    /// Stored text: never renamed.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case delivery
        /// A deadline that fired.
        case deadline
        /// What an upstream API answered.
        case answer
        case start
        case stop
        /// The process had been suspended and went on.
        case resume
        case configuration
        /// Something was missed, or may have been: the process was away, or refused deliveries. Its two times follow.
        case heartbeatGap = "heartbeat_gap"
        /// What had been missed since a time has been caught up.
        case caughtUp = "caught_up"
    }

    /// Rises by one with each entry and is never used again. `LoadedState.nextSequence` is the first to use.
    public let sequence: Int64
    /// The receiver's clock.
    public let receivedAt: Timestamp
    public let kind: Kind
    /// For entries of kind `delivery`.
    public let delivery: JournalledDelivery?
    /// For entries of kind `answer`.
    public let answer: JournalledAnswer?
    /// What was decided on, encoded by the caller. Outlives the body.
    public let observation: [UInt8]?

    public init(
        sequence: Int64, receivedAt: Timestamp, kind: Kind, delivery: JournalledDelivery? = nil,
        answer: JournalledAnswer? = nil, observation: [UInt8]? = nil
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.kind = kind
        self.delivery = delivery
        self.answer = answer
        self.observation = observation
    }
}

/// What is kept of a delivery.
public struct JournalledDelivery: Equatable, Sendable {
    public let source: Source
    /// The source's name for the kind of event.
    public let event: String
    public let identity: DeliveryIdentity
    public let fingerprint: BodyFingerprint
    /// What became of it: `accepted`, `ignored`, `malformed`, …
    public let result: String
    /// As it arrived, uncompressed.
    public let bodyByteCount: Int
    /// `nil` for what leaves identity and size only.
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

/// What is kept of an upstream's answer beside what it said.
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

/// A raw body with the few headers that it takes to decode it again.
public struct KeptBody: Equatable, Sendable {
    /// A small JSON object of header names and values.
    public let headers: String
    public let compressed: CompressedBody

    public init(headers: String, compressed: CompressedBody) {
        self.headers = headers
        self.compressed = compressed
    }
}

/// What is remembered of a delivery that came before.
public struct KnownDelivery: Equatable, Sendable {
    public let fingerprint: BodyFingerprint
    public let seenAt: Timestamp

    public init(fingerprint: BodyFingerprint, seenAt: Timestamp) {
        self.fingerprint = fingerprint
        self.seenAt = seenAt
    }
}
