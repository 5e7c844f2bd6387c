import SLOCore
import SLOMetrics
import SLOStore

/// Appends what this process receives to the cluster's inbox, and acknowledges it once it is there.
///
/// Used by one thread. A batch that fails, or whose commit is in doubt, is appended again as it is: places make that
/// harmless, and nothing behind it overtakes it.
final class Appender: @unchecked Sendable {
    // Proof of sendability: mutable state is accessed by the appender's thread only.
    private let source: any DeliverySource
    private let inbox: any Inbox
    private let node: String
    private let blindIntervals: BlindIntervalTracker
    private let acknowledger: Acknowledger
    private var life: Life
    private var unconfirmed: Sending?
    /// Since when nothing can be appended, by the monotonic clock.
    private var failingSince: Int64?

    /// The process's life as a receiver, from its start or from the end of a suspension.
    private struct Life {
        /// Since when the source takes deliveries.
        let startedAt: Timestamp
        var stream: StreamID?
        var position: Int64 = 0
        /// The last watermark.
        var through: Timestamp
        /// Through when it received, if it was suspended then.
        var suspendedAt: Timestamp?
        var resumedAt: Timestamp?

        init(startedAt: Timestamp) {
            self.startedAt = startedAt
            through = startedAt
        }
    }

    /// What one transaction appends.
    private struct Sending {
        /// Those whose senders wait.
        var deliveries: [TakenDelivery]
        let entries: [InboxEntry]
        let through: Timestamp
    }

    /// GitHub waits ten seconds for an answer.
    private static let longestWaitMilliseconds: Int64 = 8000

    /// - Parameter blindIntervals: what the process knows of the deliveries that it refused, and of its suspensions.
    init(
        from source: any DeliverySource, to inbox: any Inbox, node: String, startedAt: Timestamp,
        blindIntervals: BlindIntervalTracker, acknowledger: Acknowledger
    ) {
        self.source = source
        self.inbox = inbox
        self.node = node
        self.blindIntervals = blindIntervals
        self.acknowledger = acknowledger
        life = Life(startedAt: startedAt)
    }

    private var clock: ServiceClock { acknowledger.clock }

    /// Appends one batch, or only the watermark if nothing is received meanwhile.
    /// - Parameter milliseconds: the longest wait for a delivery.
    /// - Throws: `StoreError`: the same batch is appended at the next turn.
    func takeTurn(waiting milliseconds: Int64) throws {
        do {
            try append(waiting: milliseconds)
            failingSince = nil
        } catch {
            refuseAfterLongWait(because: StoreError(wrapping: error))
            throw error
        }
    }

    private func append(waiting milliseconds: Int64) throws {
        let stream = try life.stream ?? inbox.beginStream(node: node, startedAt: life.startedAt)
        life.stream = stream
        let sending = unconfirmed ?? take(for: stream, waiting: milliseconds)
        unconfirmed = sending
        acknowledger.noteArrival(sending.deliveries.lazy.map(\.pending))
        try inbox.append(sending.entries, to: stream, through: sending.through, sentAt: clock.now().wall)
        unconfirmed = nil
        life.through = max(life.through, sending.through)
        acknowledger.respond(sending.deliveries.map { ($0.pending, $0.pending.responseOnceStored) })
        if let suspendedAt = life.suspendedAt, let resumedAt = life.resumedAt {
            try inbox.endStream(stream, at: max(suspendedAt, life.through))
            life = Life(startedAt: resumedAt)
        }
    }

    private func take(for stream: StreamID, waiting milliseconds: Int64) -> Sending {
        let taken = source.takeBatch(waiting: milliseconds)
        let told = takeBlindIntervals(at: taken.now)
        let entries = (taken.deliveries + told).map { delivery in
            life.position += 1
            return InboxEntry(delivery, at: InboxPlace(stream, life.position))
        }
        // Of one millisecond more may be to come.
        let through = taken.hasMore ? taken.deliveries.last?.at.wall : nil
        return Sending(
            deliveries: taken.deliveries, entries: entries,
            through: life.suspendedAt.map { max($0, life.through) } ?? through ?? taken.now.wall)
    }

    /// What the process refused is told to the decider. A suspension ends its life as a receiver, and another begins:
    /// only where no node was there to receive it is a blind interval.
    private func takeBlindIntervals(at now: Moment) -> [TakenDelivery] {
        // Before a watermark says that it received meanwhile.
        if clock.runsByItself { blindIntervals.heartbeat(at: now) }
        let update = blindIntervals.takeUpdate(at: now)
        if update.isResumed, let suspension = update.intervals.map(\.interval).last(where: { $0.cause == .suspended }) {
            life.suspendedAt = suspension.from
            life.resumedAt = suspension.to
        }
        return update.intervals.map(\.interval).filter { $0.cause != .suspended }.map {
            TakenDelivery(pending: PendingDelivery($0), at: now)
        }
    }

    /// Ends the stream, whose source is closed and empty.
    /// - Throws: `StoreError`.
    func end(at moment: Timestamp) throws {
        guard let stream = life.stream, unconfirmed == nil else { return }
        try inbox.endStream(stream, at: moment)
    }

    // MARK: - Refusing

    /// Answers senders before they give up. What they sent may be in the inbox, and is appended again all the same, or
    /// the positions would have a hole; what still waits in the queue is not.
    private func refuseAfterLongWait(because error: StoreError) {
        let now = clock.now().clock
        let since = failingSince ?? now
        failingSince = since
        if now - since >= Self.longestWaitMilliseconds { refuse(because: error.message) }
    }

    /// Refuses all whose senders wait.
    func refuse(because reason: String) {
        var waiting = unconfirmed?.deliveries ?? []
        unconfirmed?.deliveries = []
        while true {
            let taken = source.takeBatch(waiting: 0)
            waiting += taken.deliveries
            if !taken.hasMore { break }
        }
        for delivery in waiting {
            if let counter = delivery.pending.counter(.unstored) { acknowledger.metrics.count(counter) }
            if delivery.pending.source != nil {
                blindIntervals.refused(delivery.pending.key.identity, at: delivery.at)
            }
            delivery.pending.completion(.refused(.unstored(reason)))
        }
    }
}
