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
    private let spooling: Spooling?
    private let connection: ConnectionRecord
    private var life: Life
    private var unconfirmed: Sending?
    private var adopted: Adopted?
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

    /// The stream that stands for one of another database.
    private struct Adopted {
        let original: StreamID
        let stream: StreamID
        var position: Int64 = 0
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

    /// - Parameters:
    ///   - blindIntervals: what the process knows of the deliveries that it refused, and of its suspensions.
    ///   - spooling: where deliveries go while the inbox does not take them; `nil` for nowhere.
    init(
        from source: any DeliverySource, to inbox: any Inbox, node: String, startedAt: Timestamp,
        blindIntervals: BlindIntervalTracker, spooling: Spooling? = nil,
        connection: ConnectionRecord = ConnectionRecord(), acknowledger: Acknowledger
    ) {
        self.source = source
        self.inbox = inbox
        self.node = node
        self.blindIntervals = blindIntervals
        self.acknowledger = acknowledger
        self.spooling = spooling
        self.connection = connection
        life = Life(startedAt: startedAt)
    }

    private var clock: ServiceClock { acknowledger.clock }

    /// Why the inbox took nothing at the last turn, while the spool took everything; `nil` if it did.
    private(set) var inboxProblem: StoreError?
    /// Whether senders are refused, because nothing takes what they send.
    private(set) var isRefusing = false

    /// Appends one batch, or only the watermark if nothing is received meanwhile.
    /// - Parameter milliseconds: the longest wait for a delivery.
    /// - Throws: `StoreError`: the same batch is appended at the next turn.
    func takeTurn(waiting milliseconds: Int64) throws {
        let began = clock.now().clock
        do {
            if let spooling, let stream = life.stream, spooling.takesAll {
                try spool(to: spooling, of: stream, waiting: milliseconds)
            } else {
                try append(waiting: milliseconds)
                inboxProblem = nil
            }
            failingSince = nil
            isRefusing = false
        } catch {
            try keep(because: StoreError(wrapping: error), since: began)
        }
    }

    private func append(waiting milliseconds: Int64) throws {
        let stream = try begun()
        let sending = unconfirmed ?? take(for: stream, waiting: milliseconds)
        unconfirmed = sending
        acknowledger.noteArrival(sending.deliveries.lazy.map(\.pending))
        do {
            try inbox.append(sending.entries, to: stream, through: sending.through, sentAt: clock.now().wall)
        } catch let error as StoreError where error.code == .foreign {
            try beginAgain(sending)
            throw error
        }
        unconfirmed = nil
        connection.didAppend(at: clock.now().clock)
        life.through = max(life.through, sending.through)
        acknowledger.respond(sending.deliveries.map { ($0.pending, $0.pending.responseOnceStored) })
        try beginAgainIfSuspended()
    }

    /// The database has forgotten the stream, or is another one: the process gets a new one.
    private func beginAgain(_ sending: Sending?) throws {
        life = Life(startedAt: life.startedAt)
        guard let sending else { return }
        let stream = try begun()
        life.position = Int64(sending.entries.count)
        unconfirmed = Sending(
            deliveries: sending.deliveries, entries: sending.entries.numbered(in: stream, from: 1),
            through: sending.through)
    }

    private func beginAgainIfSuspended() throws {
        guard let stream = life.stream, let suspendedAt = life.suspendedAt, let resumedAt = life.resumedAt else {
            return
        }
        try inbox.endStream(stream, at: max(suspendedAt, life.through))
        life = Life(startedAt: resumedAt)
    }

    private func begun() throws -> StreamID {
        let stream = try life.stream ?? inbox.beginStream(node: node, startedAt: life.startedAt)
        life.stream = stream
        return stream
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

    /// The entries in the spool.
    var spooledCount: Int { spooling?.spool.count ?? 0 }

    /// Ends the stream, whose source is closed and empty. What is in the spool stays there for the next process.
    /// - Throws: `StoreError`.
    func end(at moment: Timestamp) throws {
        guard let stream = life.stream, unconfirmed == nil, spooledCount == 0 else { return }
        try inbox.endStream(stream, at: moment)
    }

    // MARK: - Spooling

    /// Puts what has come into the spool and acknowledges it, then forwards what is in it.
    private func spool(to spooling: Spooling, of stream: StreamID, waiting milliseconds: Int64) throws {
        let waits = spooling.isDue(at: clock.now().clock) ? 0 : milliseconds
        let sending = unconfirmed ?? take(for: stream, waiting: waits)
        unconfirmed = sending
        do { try confirm(sending, in: spooling) } catch {
            // A spool that is full gets room by that only.
            tryToForward(from: spooling, through: life.through)
            throw error
        }
        tryToForward(from: spooling, through: sending.through)
    }

    private func confirm(_ sending: Sending, in spooling: Spooling) throws {
        try spooling.spool.append(sending.entries)
        unconfirmed = nil
        acknowledger.noteArrival(sending.deliveries.lazy.map(\.pending))
        acknowledger.metrics.set(.spooledDeliveries, to: Int64(spooling.spool.count))
        acknowledger.respond(sending.deliveries.map { ($0.pending, $0.pending.responseOnceStored) })
    }

    /// - Parameter moment: all that was received before it is in the spool or in the inbox.
    private func tryToForward(from spooling: Spooling, through moment: Timestamp) {
        let began = clock.now().clock
        guard spooling.isDue(at: began) else { return }
        do {
            try forward(from: spooling, through: moment)
            connection.didAppend(at: clock.now().clock)
            inboxProblem = nil
        } catch {
            connection.didFail()
            let error = StoreError(wrapping: error)
            // Of this process: what is in the spool then is another stream's.
            if error.code == .foreign { life = Life(startedAt: life.startedAt) }
            inboxProblem = error
            spooling.didFail(from: began, to: clock.now().clock)
        }
    }

    /// Appends the next entries of the spool to the inbox, or moves the watermark if there are none.
    private func forward(from spooling: Spooling, through moment: Timestamp) throws {
        let stream = try begun()
        let batch = try spooling.spool.next(atMost: 256, bytes: 4 << 20)
        if let batch, batch.entries.last?.place.stream != stream {
            try forwardAnothers(batch)
            // The others wait for what this process has in the spool behind that.
            try inbox.append([], to: stream, through: life.through, sentAt: clock.now().wall)
        } else {
            // Of its last millisecond more may follow, and nothing was received while it was suspended.
            let reached = batch.flatMap { $0.isRest ? nil : $0.entries.last?.receivedAt } ?? moment
            let through = life.suspendedAt.map { min(reached, max($0, life.through)) } ?? reached
            try inbox.append(batch?.entries ?? [], to: stream, through: through, sentAt: clock.now().wall)
            life.through = max(life.through, through)
        }
        if let batch { try spooling.spool.didForward(batch) }
        acknowledger.metrics.set(.spooledDeliveries, to: Int64(spooling.spool.count))
        if spooling.spool.count == 0 { try beginAgainIfSuspended() }
    }

    /// What an earlier process left. Where its stream is not in this database, it gets another one.
    private func forwardAnothers(_ batch: Spool.Batch) throws {
        guard let first = batch.entries.first, let last = batch.entries.last else { return }
        let original = first.place.stream
        var (stream, entries) = (original, batch.entries)
        if adopted?.original != original {
            do { return try append(entries, of: stream, through: last.receivedAt, ends: batch.endsStream) } catch let
                error as StoreError where error.code == .foreign
            {
                let new = try inbox.beginStream(node: node, startedAt: first.receivedAt)
                adopted = Adopted(original: original, stream: new)
            }
        }
        guard let adopted else { return }
        // Numbered again from the same place when it is tried again, or the positions would have a hole.
        (stream, entries) = (adopted.stream, entries.numbered(in: adopted.stream, from: adopted.position + 1))
        try append(entries, of: stream, through: last.receivedAt, ends: batch.endsStream)
        self.adopted?.position += Int64(entries.count)
    }

    private func append(_ entries: [InboxEntry], of stream: StreamID, through: Timestamp, ends: Bool) throws {
        try inbox.append(entries, to: stream, through: through, sentAt: clock.now().wall)
        if ends { try inbox.endStream(stream, at: through) }
    }

    /// What cannot be appended goes to the spool after a while; without one its senders are refused.
    /// - Throws: the error, unless the spool has taken it.
    private func keep(because error: StoreError, since began: Int64) throws {
        connection.didFail()
        let now = clock.now().clock
        let since = failingSince ?? began
        failingSince = since
        if let spooling, let sending = unconfirmed, life.stream != nil, now - since >= spooling.patience {
            do {
                try confirm(sending, in: spooling)
                inboxProblem = error
                return spooling.didFail(from: began, to: now)
            } catch {
                // Nor does the spool take it.
            }
        }
        isRefusing = now - since >= Self.longestWaitMilliseconds
        if isRefusing { refuse(because: error.message) }
        throw error
    }

    // MARK: - Refusing

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

extension [InboxEntry] {
    /// The same at the next places of another stream.
    fileprivate func numbered(in stream: StreamID, from first: Int64) -> [InboxEntry] {
        enumerated().map { number, entry in entry.moved(to: InboxPlace(stream, first + Int64(number))) }
    }
}
