import SLOCore
import SLOMetrics
import SLOSources
import SLOStore

/// An authenticated and decoded delivery, or an upstream's reply, that is not stored yet.
struct PendingDelivery: Sendable {
    /// The sender's identifier, for logs.
    let id: String
    let origin: Origin
    let key: DeliveryKey
    /// The outcome, unless the delivery repeats another or cannot be stored.
    let outcome: DeliveryOutcome
    /// GitHub's test of the webhook URL.
    let isPing: Bool
    let observations: [Observation]
    let bodyByteCount: Int
    let body: KeptBody?
    /// When the first byte arrived, to measure how long the response takes.
    let arrivedAt: ContinuousClock.Instant
    let completion: @Sendable (DeliveryResponse) -> Void
    /// The id by which the pages find it; `nil` if it has none, or is of a cluster's inbox, which does not keep it.
    var shownID: DeliveryID?
    /// Where a cluster's inbox holds it, which has acknowledged it; `nil` for one that only this process has.
    var place: InboxPlace?
    /// When a cluster's node received it, by its clock.
    var receivedAt: Timestamp?

    enum Origin: Sendable {
        case delivery(Source, event: String)
        /// A reply to a lookup. Nobody waits for a response, and the lookup can be repeated.
        case answer(Upstream)
        /// An interval in which a cluster's node refused deliveries.
        case blind(BlindIntervalTracker.Interval)
    }

    /// The bytes that count against the queue's limit.
    var queuedBytes: Int { (body?.compressed.bytes.count ?? 0) + 512 }

    /// The counter for the final outcome; `nil` for what is no delivery.
    func counter(_ outcome: DeliveryOutcome) -> ServiceCounter? {
        switch origin {
        case .delivery(let source, _): .deliveries(source, outcome)
        case .answer(let upstream): .lookups(upstream, LookupResult(outcome))
        case .blind: nil
        }
    }

    /// What a cluster's node tells of the deliveries that it refused.
    var blindInterval: BlindIntervalTracker.Interval? {
        if case .blind(let interval) = origin { interval } else { nil }
    }

    /// `nil` for a reply to a lookup.
    var source: Source? {
        if case .delivery(let source, _) = origin { source } else { nil }
    }

    var responseOnceStored: DeliveryResponse { isPing ? .pong : .stored }
}

extension LookupResult {
    /// The outcome of a lookup's reply.
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
