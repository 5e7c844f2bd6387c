public import SLOCore
public import SLOMetrics
public import SLOSources
import SLOStore

/// A recorded delivery as a replay takes it.
public struct ReplayedDelivery: Sendable {
    public let receivedAt: Timestamp
    public let source: Source
    public let headers: WebhookHeaders
    public let body: [UInt8]

    public init(receivedAt: Timestamp, source: Source, headers: WebhookHeaders, body: [UInt8]) {
        self.receivedAt = receivedAt
        self.source = source
        self.headers = headers
        self.body = body
    }
}

/// Recorded deliveries through the very same core as the server's, in the recording's own time, on a fresh state.
public struct Replay: Sendable {
    /// The series as the server would show them.
    public let metrics: MetricsRegistry
    public private(set) var deliveries: Int64 = 0
    /// The virtual time.
    public private(set) var now: Timestamp
    private let settings: LedgerSettings
    private let decoder: DeliveryDecoder
    private let credentials: Credentials
    private var timeline: Timeline
    private var known: [DeliveryIdentity: BodyFingerprint] = [:]
    private var change = MetricsChange()
    private var pending = 0

    /// Results are published in batches of this many deliveries, as the server does.
    private static let batchDeliveries = 256

    public init(
        settings: LedgerSettings, sources: SourceSettings, rules: RuleBook, credentials: Credentials,
        version: String
    ) {
        self.settings = settings
        self.credentials = credentials
        decoder = DeliveryDecoder(settings: sources, rules: rules)
        now = Timestamp(milliseconds: 0)
        timeline = Timeline(ledger: Ledger(settings: settings), at: Moment(virtual: now))
        metrics = MetricsRegistry(
            settings: settings, version: version,
            events: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, KnownEvents.of($0)) }))
    }

    /// Feeds the next delivery. A time of receipt before the last one's counts as that one's.
    public mutating func feed(_ delivery: ReplayedDelivery) {
        deliveries += 1
        now = max(now, delivery.receivedAt)
        if let result = decide(delivery) { change.count(.deliveries(delivery.source, result)) }
        pending += 1
        if pending >= Self.batchDeliveries { publish() }
    }

    /// Lets time pass up to a moment, what is due at it included.
    public mutating func advance(through moment: Timestamp) {
        now = max(now, moment)
        timeline.fireDeadlines(through: Moment(virtual: now))
        publish()
    }

    /// Lets time pass until no change waits for its verdict or status, and no run for its end.
    public mutating func advanceToEnd() {
        while timeline.ledger.hasOpenWork,
            let time = timeline.fireNextVirtually(by: Timestamp(milliseconds: .max))
        {
            now = max(now, time)
        }
        publish()
    }

    private mutating func decide(_ delivery: ReplayedDelivery) -> DeliveryResult? {
        delivery.body.withUnsafeBytes { body in
            guard isBelieved(delivery, body) else { return .badSignature }
            let decoded = decoder.decode(source: delivery.source, headers: delivery.headers, body: body)
            switch decoded.outcome {
            case .rejected: return .malformed
            case .unsupportedMediaType: return .unsupportedMediaType
            case .observed, .ignored, .ping, .malformed: break
            }
            if let repetition = repetition(of: decoded, from: delivery.source, body) { return repetition }
            change.count(.events(delivery.source, event: decoded.event))
            metrics.set(.lastDeliveryMilliseconds(delivery.source), to: now.milliseconds)
            switch decoded.outcome {
            case .observed(let observations):
                observe(observations, from: delivery.source)
                return .accepted
            case .malformed:
                change.count(.malformedEvents(delivery.source, event: decoded.event))
                return .malformed
            case .ignored, .ping, .rejected, .unsupportedMediaType:
                return .ignored
            }
        }
    }

    /// A configured secret does not invalidate unsigned recordings, but a signature that is there must fit.
    private func isBelieved(_ delivery: ReplayedDelivery, _ body: UnsafeRawBufferPointer) -> Bool {
        let secrets = credentials.secrets(of: delivery.source)
        guard delivery.headers.signature != nil, !secrets.isEmpty else { return true }
        return secrets.check(signature: delivery.headers.signature, body: body) == .valid
    }

    private mutating func repetition(
        of decoded: DecodedDelivery, from source: Source, _ body: UnsafeRawBufferPointer
    ) -> DeliveryResult? {
        guard let identity = decoded.identity.flatMap({ DeliveryIdentity(source, $0) }) else { return nil }
        let fingerprint = BodyFingerprint(of: body)
        guard let first = known[identity] else {
            known[identity] = fingerprint
            return nil
        }
        return first == fingerprint ? .duplicate : .conflicting
    }

    private mutating func observe(_ observations: [Observation], from source: Source) {
        for observation in observations {
            timeline.observe(observation, at: Moment(virtual: now))
            guard let time = observation.providerTime else { continue }
            change.observe(.deliveryLag(source), .milliseconds(max(0, (now - time).milliseconds)))
        }
    }

    private mutating func publish() {
        let effects = timeline.drain().effects
        timeline.confirm()
        change.add(effects)
        metrics.publish(change, gauges: effects.gauges)
        metrics.set(.deadlinesArmed, to: Int64(timeline.armedDeadlines))
        change = MetricsChange()
        pending = 0
    }
}
