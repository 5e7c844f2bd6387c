import Logging
import SLOCore
import SLOMetrics

/// Responds to the senders of deliveries that are stored, and measures how long they waited.
struct Acknowledger: Sendable {
    let metrics: MetricsRegistry
    let clock: ServiceClock
    let logger: Logger

    /// Notes which sources have sent something. Call it before the commit that stores it, which keeps that, too.
    func noteArrival(_ deliveries: some Sequence<PendingDelivery>) {
        let now = clock.now().wall
        var latest: [Source: Timestamp] = [:]
        for delivery in deliveries {
            guard let source = delivery.source else { continue }
            latest[source] = max(latest[source] ?? delivery.receivedAt ?? now, delivery.receivedAt ?? now)
        }
        for (source, time) in latest {
            // What a spool had is older than what came since.
            let before = metrics.value(of: .lastDeliveryMilliseconds(source)) ?? .min
            metrics.set(.lastDeliveryMilliseconds(source), to: max(before, time.milliseconds))
        }
    }

    func respond(_ responses: [(pending: PendingDelivery, response: DeliveryResponse)]) {
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
