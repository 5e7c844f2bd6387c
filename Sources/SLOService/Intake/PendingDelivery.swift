import SLOCore
import SLOMetrics
import SLOSources
import SLOStore

/// A delivery that was verified and decoded, or what an upstream answered, on its way to the disk.
struct PendingDelivery: Sendable {
    /// What its sender called it, for logs.
    let id: String
    let origin: Origin
    let key: DeliveryKey
    /// What becomes of it, unless it repeats another or cannot be stored.
    let outcome: DeliveryOutcome
    /// GitHub's test of the address.
    let isPing: Bool
    let observations: [Observation]
    let bodyByteCount: Int
    let body: KeptBody?
    /// When its first byte came, for the duration of its acknowledgement.
    let arrivedAt: ContinuousClock.Instant
    let completion: @Sendable (DeliveryResponse) -> Void

    enum Origin: Sendable {
        case delivery(Source, event: String)
        /// Asked for: nobody waits for it, and it can be asked for again.
        case answer(Upstream)
    }

    /// What it holds of the queue's bytes.
    var queuedBytes: Int { (body?.compressed.bytes.count ?? 0) + 512 }

    /// What it counts as, once it is known what became of it.
    func counter(_ outcome: DeliveryOutcome) -> ServiceCounter {
        switch origin {
        case .delivery(let source, _): .deliveries(source, outcome)
        case .answer(let upstream): .lookups(upstream, LookupResult(outcome))
        }
    }

    var isDelivery: Bool {
        if case .delivery = origin { true } else { false }
    }

    var responseOnceStored: DeliveryResponse { isPing ? .pong : .stored }
}

extension LookupResult {
    /// What became of an answer on its way to the disk.
    init(_ outcome: DeliveryOutcome) {
        switch outcome {
        case .accepted: self = .news
        case .ignored, .duplicate, .conflicting, .malformed: self = .unchanged
        case .badSignature, .tooLarge, .unsupportedMediaType, .timedOut, .noSecret, .overloaded, .unstored,
            .stopping, .processingFailed:
            self = .unstored
        }
    }
}
