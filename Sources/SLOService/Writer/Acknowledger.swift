import Logging
import SLOCore
import SLOMetrics

/// Responds to the senders of deliveries that are stored, and measures how long they waited.
struct Acknowledger: Sendable {
    let metrics: MetricsRegistry
    let clock: ServiceClock
    let logger: Logger

    func respond(_ responses: [(pending: PendingDelivery, response: DeliveryResponse)]) {
        // Set before the responses, so that whoever has a response finds it in the metrics.
        let now = clock.now().wall.milliseconds
        for source in Source.allCases
        where responses.contains(where: { $0.pending.place == nil && $0.pending.source == source }) {
            metrics.set(.lastDeliveryMilliseconds(source), to: now)
        }
        var durations: [Duration] = []
        for (pending, response) in responses {
            pending.completion(response)
            // What a cluster's inbox holds was acknowledged when it was appended.
            guard pending.place == nil, case .delivery(let source, let event) = pending.origin else { continue }
            durations.append(ContinuousClock.now - pending.arrivedAt)
            logger.debug(
                "delivery \(response == .alreadyHeld ? "already stored" : "stored")",
                metadata: [
                    "source": "\(source.rawValue)", "delivery": "\(pending.id)", "event": "\(event)",
                    "result": "\(pending.outcome.rawValue)",
                ])
        }
        metrics.observe(.deliveryAckDuration, durations)
    }
}
