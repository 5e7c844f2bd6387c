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
    /// Since when the source takes deliveries.
    private let startedAt: Timestamp
    private let acknowledger: Acknowledger
    private var stream: StreamID?
    private var position: Int64 = 0
    private var unconfirmed: Sending?

    /// What one transaction appends.
    private struct Sending {
        let deliveries: [TakenDelivery]
        let entries: [InboxEntry]
        let through: Timestamp
    }

    init(
        from source: any DeliverySource, to inbox: any Inbox, node: String, startedAt: Timestamp,
        acknowledger: Acknowledger
    ) {
        self.source = source
        self.inbox = inbox
        self.node = node
        self.startedAt = startedAt
        self.acknowledger = acknowledger
    }

    /// Appends one batch, or only the watermark if nothing is received meanwhile.
    /// - Parameter milliseconds: the longest wait for a delivery.
    /// - Throws: `StoreError`: the same batch is appended at the next turn.
    func takeTurn(waiting milliseconds: Int64) throws {
        let stream = try stream ?? inbox.beginStream(node: node, startedAt: startedAt)
        self.stream = stream
        let sending = unconfirmed ?? take(for: stream, waiting: milliseconds)
        unconfirmed = sending
        acknowledger.noteArrival(sending.deliveries.lazy.map(\.pending))
        try inbox.append(
            sending.entries, to: stream, through: sending.through, sentAt: acknowledger.clock.now().wall)
        unconfirmed = nil
        acknowledger.respond(sending.deliveries.map { ($0.pending, $0.pending.responseOnceStored) })
    }

    private func take(for stream: StreamID, waiting milliseconds: Int64) -> Sending {
        let taken = source.takeBatch(waiting: milliseconds)
        let entries = taken.deliveries.map { delivery in
            position += 1
            return InboxEntry(delivery, at: InboxPlace(stream, position))
        }
        // Of one millisecond more may be to come.
        let through = taken.hasMore ? taken.deliveries.last?.at.wall : nil
        return Sending(deliveries: taken.deliveries, entries: entries, through: through ?? taken.now.wall)
    }

    /// Ends the stream, whose source is closed and empty.
    /// - Throws: `StoreError`.
    func end(at moment: Timestamp) throws {
        guard let stream, unconfirmed == nil else { return }
        try inbox.endStream(stream, at: moment)
    }
}
