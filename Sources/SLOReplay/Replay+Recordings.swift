import SLOCore
import SLOMetrics
public import SLOSources
import SLOStore
import SLOService

/// What decodes and authenticates recorded deliveries as the server would.
struct RecordingIntake: Sendable {
    let decoder: DeliveryDecoder
    let credentials: Credentials
    private var recent: RecentDeliveries

    init(decoder: DeliveryDecoder, credentials: Credentials, keepIdentities: TimeSpan) {
        self.decoder = decoder
        self.credentials = credentials
        recent = RecentDeliveries(keep: keepIdentities)
    }

    /// Unsigned recordings are accepted even if a secret is configured; a signature must be valid.
    func isBelieved(_ delivery: ReceivedDelivery, _ body: UnsafeRawBufferPointer) -> Bool {
        let secrets = credentials.secrets(of: delivery.source)
        guard delivery.headers.signature != nil, !secrets.isEmpty else { return true }
        return secrets.check(signature: delivery.headers.signature, body: body) == .valid
    }

    /// - Returns: `nil` for a new delivery, which is remembered.
    mutating func repetition(of key: DeliveryKey, at now: Timestamp) -> DeliveryKey.Repetition? {
        let repetition = key.repetition { recent.first(of: $0, at: now) }
        switch repetition {
        case nil: if let identity = key.identity { recent.remember(identity, key.fingerprint, at: now) }
        case .conflicting(let own): recent.remember(own, key.fingerprint, at: now)
        case .duplicate: break
        }
        return repetition
    }
}

extension Replay {
    /// Feeds the next delivery. A time of receipt before the previous one counts as that one.
    public mutating func feed(_ delivery: ReceivedDelivery) {
        now = max(now, delivery.receivedAt)
        change.count(.deliveries(delivery.source, decide(delivery)))
        deliveryDecided()
    }

    private mutating func decide(_ delivery: ReceivedDelivery) -> DeliveryOutcome {
        delivery.body.withUnsafeBytes { body in
            guard recordings.isBelieved(delivery, body) else { return .badSignature }
            let decoded = recordings.decoder.decode(source: delivery.source, headers: delivery.headers, body: body)
            let outcome = decoded.outcome.deliveryOutcome
            switch decoded.outcome {
            case .rejected, .unsupportedMediaType: return outcome
            case .observed, .ignored, .ping, .malformed: break
            }
            switch recordings.repetition(of: DeliveryKey(decoded, from: delivery.source, body: body), at: now) {
            case .duplicate: return .duplicate
            case .conflicting: return .conflicting
            case nil: break
            }
            observe(decoded.observations)
            change.countDecided(
                outcome, event: decoded.event, from: delivery.source, saying: decoded.observations, at: now)
            metrics.set(.lastDeliveryMilliseconds(delivery.source), to: now.milliseconds)
            return outcome
        }
    }
}
