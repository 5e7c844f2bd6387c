public import SLOCore
import SLOMetrics
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

/// What it takes to read recorded deliveries as the server would.
struct RecordingIntake: Sendable {
    let decoder: DeliveryDecoder
    let credentials: Credentials
    private var recent: RecentDeliveries

    init(decoder: DeliveryDecoder, credentials: Credentials, keepIdentities: TimeSpan) {
        self.decoder = decoder
        self.credentials = credentials
        recent = RecentDeliveries(keep: keepIdentities)
    }

    /// A configured secret does not invalidate unsigned recordings, but a signature that is there must fit.
    func isBelieved(_ delivery: ReplayedDelivery, _ body: UnsafeRawBufferPointer) -> Bool {
        let secrets = credentials.secrets(of: delivery.source)
        guard delivery.headers.signature != nil, !secrets.isEmpty else { return true }
        return secrets.check(signature: delivery.headers.signature, body: body) == .valid
    }

    mutating func repetition(
        of decoded: DecodedDelivery, from source: Source, _ body: UnsafeRawBufferPointer, at now: Timestamp
    ) -> DeliveryResult? {
        guard let identity = decoded.identity.flatMap({ DeliveryIdentity(source, $0) }) else { return nil }
        let fingerprint = BodyFingerprint(of: body)
        let untargeted = decoded.untargetedIdentity(from: source).flatMap { recent.known($0, at: now) }
        if untargeted == fingerprint { return .duplicate }
        guard let first = recent.first(of: identity, fingerprint, at: now) else { return nil }
        return first == fingerprint ? .duplicate : .conflicting
    }
}

extension DecodedDelivery {
    /// Its identity without what it was delivered to; `nil` where that is not named.
    func untargetedIdentity(from source: Source) -> DeliveryIdentity? {
        guard source == .github, let guid = identity.flatMap({ GitHubIdentity.guid(ofTargeted: $0) }) else {
            return nil
        }
        return DeliveryIdentity(.github, guid)
    }
}

extension Replay {
    /// Feeds the next delivery. A time of receipt before the last one's counts as that one's.
    public mutating func feed(_ delivery: ReplayedDelivery) {
        now = max(now, delivery.receivedAt)
        change.count(.deliveries(delivery.source, decide(delivery)))
        deliveryDecided()
    }

    private mutating func decide(_ delivery: ReplayedDelivery) -> DeliveryResult {
        delivery.body.withUnsafeBytes { body in
            guard recordings.isBelieved(delivery, body) else { return .badSignature }
            let decoded = recordings.decoder.decode(source: delivery.source, headers: delivery.headers, body: body)
            switch decoded.outcome {
            case .rejected: return .malformed
            case .unsupportedMediaType: return .unsupportedMediaType
            case .observed, .ignored, .ping, .malformed: break
            }
            if let repetition = recordings.repetition(of: decoded, from: delivery.source, body, at: now) {
                return repetition
            }
            change.count(.events(delivery.source, event: decoded.event))
            metrics.set(.lastDeliveryMilliseconds(delivery.source), to: now.milliseconds)
            switch decoded.outcome {
            case .observed:
                observe(decoded.observations, from: delivery.source)
                return .accepted
            case .malformed:
                observe(decoded.observations, from: delivery.source)
                change.count(.malformedEvents(delivery.source, event: decoded.event))
                return .malformed
            case .ignored, .ping, .rejected, .unsupportedMediaType:
                observe(decoded.observations, from: delivery.source)
                return .ignored
            }
        }
    }
}
