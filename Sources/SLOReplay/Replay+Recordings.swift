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
        guard recordings.credentials.accept(recorded: delivery) else { return .badSignature }
        return delivery.body.withUnsafeBytes { body in
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
