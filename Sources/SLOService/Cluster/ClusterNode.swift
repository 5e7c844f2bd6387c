package import Logging
package import SLOCore
import SLOMetrics
package import SLOSources
package import SLOStore

/// One process of a cluster: it receives, and decides while it has the lease.
///
/// Its two turns, to append and to decide, are taken by whoever drives it, each by one thread.
package final class ClusterNode: Sendable {
    /// How long the others wait for what a silent node may have received.
    package static let patience = ClusterInbox.patience

    private let queue: IntakeQueue
    private let intake: DeliveryIntake
    private let appender: Appender
    private let decider: Decider

    /// - Parameters:
    ///   - name: the node's name, the same after a restart.
    ///   - settings: those of a single process; their database is not used.
    package init(
        name: String, settings: ServiceSettings, credentials: Credentials, inbox: any Inbox, lease: any DeciderLease,
        clock: ServiceClock, logger: Logger
    ) {
        let now = clock.now()
        let metrics = MetricsRegistry(of: settings)
        queue = IntakeQueue(
            maxDeliveries: settings.maxQueuedDeliveries, maxBytes: settings.maxBufferedBytes, clock: clock)
        intake = DeliveryIntake(
            credentials: CredentialsHolder(credentials),
            decoder: DeliveryDecoder(settings: settings.sources, rules: settings.rules), queue: queue,
            metrics: metrics,
            blindIntervals: BlindIntervalTracker(
                longestWait: settings.ledger.initialStatusDeadline, startedAt: now),
            maxBufferedBytes: settings.maxBufferedBytes, clock: clock, logger: logger)
        appender = Appender(
            from: queue, to: inbox, node: name, startedAt: now.wall,
            acknowledger: Acknowledger(metrics: metrics, clock: clock, logger: logger))
        decider = Decider(
            node: name, inbox: inbox, lease: lease, settings: settings, health: Health(clock: clock), clock: clock,
            logger: logger)
    }

    /// Takes one delivery, which is acknowledged once it is in the inbox.
    package func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        intake.receive(source: source, headers: headers, body: body, arrivedAt: .now, completion: completion)
    }

    /// Appends what was received, or only the watermark.
    /// - Throws: `StoreError`: the next turn repeats it.
    package func append() throws { try appender.takeTurn(waiting: 0) }

    /// Claims the lease if it is free, and decides what has come if this node has it.
    package func decide() { decider.takeTurn() }

    /// The epoch in which it decides, as far as it knows.
    package var epoch: Int64? { decider.epoch }

    /// Stops regularly: appends all that was received, ends its stream and lets another node decide. No turn may be
    /// taken meanwhile.
    /// - Throws: `StoreError`: call it again.
    package func stop(at moment: Timestamp) throws {
        intake.stop()
        queue.close()
        repeat { try appender.takeTurn(waiting: 0) } while queue.load.deliveries > 0
        try appender.end(at: moment)
        decider.handOver()
    }
}
