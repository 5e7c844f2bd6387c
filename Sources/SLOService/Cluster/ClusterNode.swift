package import Logging
package import SLOCore
import SLOMetrics
package import SLOSources
package import SLOStore

/// One process of a cluster: it receives, and decides while it has the lease.
///
/// Its two turns, to append and to decide, are taken by whoever drives it, each by one thread.
package final class ClusterNode: Sendable {
    let queue: IntakeQueue
    let intake: DeliveryIntake
    let credentials: CredentialsHolder
    /// What this process counts of itself.
    let metrics: MetricsRegistry
    /// What it refused, and when it was suspended.
    let blindIntervals: BlindIntervalTracker
    private let appender: Appender
    private let spooling: Spooling?
    private let forwarder: Forwarder?
    private let decider: Decider

    /// - Parameters:
    ///   - name: the node's name, the same after a restart.
    ///   - settings: those of a single process; their database is not used.
    package convenience init(
        name: String, settings: ServiceSettings, credentials: Credentials, inbox: any Inbox,
        lease: any DeciderLease, clock: ServiceClock, logger: Logger
    ) {
        self.init(
            name: name, settings: settings, credentials: credentials, inbox: inbox, reading: inbox, lease: lease,
            clock: clock, logger: logger, deciderHealth: Health(clock: clock), spooling: nil, announce: { _ in })
    }

    /// - Parameters:
    ///   - reading: the same inbox by another connection, for the decider.
    ///   - announce: told of each term of this node that begins, and `nil` when it ends.
    init(
        name: String, settings: ServiceSettings, credentials: Credentials, inbox: any Inbox, reading: any Inbox,
        lease: any DeciderLease, clock: ServiceClock, logger: Logger, deciderHealth: Health,
        spooling: Spooling?, announce: @escaping @Sendable (DeciderAccess?) -> Void
    ) {
        let now = clock.now()
        metrics = MetricsRegistry(of: settings)
        blindIntervals = BlindIntervalTracker(
            longestWait: settings.ledger.initialStatusDeadline, startedAt: now)
        self.credentials = CredentialsHolder(credentials)
        queue = IntakeQueue(settings, clock: clock)
        intake = DeliveryIntake(
            settings, credentials: self.credentials, queue: queue, metrics: metrics, blindIntervals: blindIntervals,
            clock: clock, logger: logger)
        let connection = ConnectionRecord()
        let lives = OwnLives(in: inbox, of: name, startedAt: now.wall)
        appender = Appender(
            from: queue, to: inbox, lives: lives, blindIntervals: blindIntervals, spooling: spooling,
            connection: connection, acknowledger: Acknowledger(metrics: metrics, clock: clock, logger: logger))
        forwarder = spooling.map { [metrics] in
            Forwarder(
                of: $0, to: inbox, node: name, lives: lives, connection: connection, metrics: metrics, clock: clock)
        }
        self.spooling = spooling
        decider = Decider(
            node: name, inbox: reading, lease: lease, settings: settings, queue: queue,
            health: deciderHealth, clock: clock, logger: logger, connection: connection, announce: announce)
    }

    /// Takes one delivery, which is acknowledged once it is in the inbox.
    package func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        intake.receive(source: source, headers: headers, body: body, arrivedAt: .now, completion: completion)
    }

    /// Appends what was received, or only the watermark; or puts it into the spool.
    /// - Parameter milliseconds: the longest wait for a delivery.
    /// - Throws: `StoreError`: the next turn repeats it.
    package func append(waiting milliseconds: Int64 = 0) throws { try appender.takeTurn(waiting: milliseconds) }

    /// Appends what is in the spool. Another thread than the one that takes the other turns may call it.
    /// - Returns: whether there is more.
    @discardableResult
    func forward() -> Bool { forwarder?.takeTurn() ?? false }

    /// Why the inbox takes nothing, while the spool takes everything.
    var inboxProblem: StoreError? { spooling?.problem }
    var isRefusing: Bool { appender.isRefusing }
    var spooledCount: Int { spooling?.spool.count ?? 0 }

    /// Claims the lease if it is free, and decides what has come if this node has it.
    package func decide() { decider.takeTurn() }

    /// The epoch in which it decides, as far as it knows.
    package var epoch: Int64? { decider.epoch }

    /// Stops regularly: appends all that was received, ends its stream and lets another node decide. No turn may be
    /// taken meanwhile.
    /// - Throws: `StoreError`: call it again.
    package func stop(at moment: Timestamp) throws {
        refuseFurther()
        repeat {
            try append()
            forward()
            if let inboxProblem { throw inboxProblem }
        } while isHolding || spooledCount > 0
        try endStream(at: moment)
        handOver()
    }

    /// Refuses deliveries from now on. What was received can still be appended.
    func refuseFurther() {
        intake.stop()
        queue.close()
    }

    /// Whether something that was received is neither in the inbox nor in the spool.
    var isHolding: Bool { queue.load.deliveries > 0 || appender.isInDoubt }

    /// Ends the stream, unless something of it is not in the inbox. The turns to append and to forward are over.
    /// - Throws: `StoreError`: call it again.
    func endStream(at moment: Timestamp) throws { try appender.end(at: moment) }

    /// Refuses what was received and cannot be appended.
    func refuseRest() { appender.refuse(because: "The cluster's database is not reached, and this node stops.") }

    /// Lets another node decide.
    func handOver() { decider.handOver() }
}
