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
    private let lives: OwnLives
    private let blindIntervals: BlindIntervalTracker
    private let acknowledger: Acknowledger
    private let spooling: Spooling?
    private let connection: ConnectionRecord
    private var unconfirmed: Sending?
    /// What ends the present life once all that was received before is stored.
    private var suspension: Suspension?
    /// Since when nothing can be acknowledged, by the monotonic clock.
    private var failingSince: Int64?

    private struct Suspension {
        let from: Timestamp
        let to: Timestamp
    }

    /// What one transaction appends.
    private struct Sending {
        /// Those whose senders wait.
        var deliveries: [TakenDelivery]
        let stream: StreamID
        let entries: [InboxEntry]
        let through: Timestamp
        /// What ends the life once this is stored.
        let suspension: Suspension?
    }

    /// GitHub waits ten seconds for an answer.
    private static let longestWaitMilliseconds: Int64 = 8000

    /// - Parameters:
    ///   - blindIntervals: what the process knows of the deliveries that it refused, and of its suspensions.
    ///   - spooling: where deliveries go while the inbox does not take them; `nil` for nowhere.
    init(
        from source: any DeliverySource, to inbox: any Inbox, lives: OwnLives, blindIntervals: BlindIntervalTracker,
        spooling: Spooling? = nil, connection: ConnectionRecord = ConnectionRecord(), acknowledger: Acknowledger
    ) {
        self.source = source
        self.inbox = inbox
        self.lives = lives
        self.blindIntervals = blindIntervals
        self.acknowledger = acknowledger
        self.spooling = spooling
        self.connection = connection
    }

    private var clock: ServiceClock { acknowledger.clock }

    /// Whether senders are refused, because nothing takes what they send.
    private(set) var isRefusing = false
    /// Whether something was taken that nothing has taken over yet.
    var isInDoubt: Bool { unconfirmed != nil }

    /// Appends one batch, or only the watermark if nothing is received meanwhile. While the inbox is the forwarder's,
    /// puts the batch into the spool.
    /// - Parameter milliseconds: the longest wait for a delivery.
    /// - Throws: `StoreError`: the same batch is appended at the next turn.
    func takeTurn(waiting milliseconds: Int64) throws {
        let began = clock.now().clock
        do {
            if let spooling, spooling.takesAll {
                try spool(to: spooling, waiting: milliseconds)
            } else {
                try useInbox(waiting: milliseconds)
            }
            failingSince = nil
            isRefusing = false
        } catch {
            try keep(because: StoreError(wrapping: error), since: began)
        }
    }

    /// What cannot be appended goes to the spool after a while, also if the inbox takes something else meanwhile;
    /// without one its senders are refused.
    /// - Throws: the error, unless the spool has taken it.
    private func keep(because error: StoreError, since began: Int64) throws {
        let (since, now) = (failingSince ?? began, clock.now().clock)
        failingSince = since
        if let spooling, let sending = unconfirmed, now - since >= spooling.patience {
            do {
                try store(sending, in: spooling)
                failingSince = nil
                isRefusing = false
                return
            } catch {
                // Nor does the spool take it.
            }
        }
        isRefusing = now - since >= Self.longestWaitMilliseconds
        if isRefusing { refuse(because: error.message) }
        throw error
    }

    private func useInbox(waiting milliseconds: Int64) throws {
        do { try append(waiting: milliseconds) } catch {
            connection.didFail()
            spooling?.leaveInbox(because: StoreError(wrapping: error))
            throw error
        }
    }

    private func append(waiting milliseconds: Int64) throws {
        let life = lives.current
        try lives.begin(life)
        let sending = unconfirmed.map { moved($0, to: life.stream) } ?? take(waiting: milliseconds)
        unconfirmed = sending
        acknowledger.noteArrival(sending.deliveries.lazy.map(\.pending))
        do {
            try inbox.append(sending.entries, to: life.stream, through: sending.through, at: clock.now().wall)
        } catch let error as StoreError where error.code == .foreign {
            // The database has forgotten the stream, or is another one: the next turn begins a new one.
            lives.forget(life.stream)
            throw error
        }
        connection.didAppend(at: clock.now().clock)
        lives.didAppend(life.stream, through: sending.through)
        confirm(sending)
        try lives.end(lives.state.ended)
    }

    /// The same in a stream that has taken the place of its own.
    private func moved(_ sending: Sending, to stream: StreamID) -> Sending {
        guard sending.stream != stream else { return sending }
        let (_, first) = lives.places(sending.entries.count)
        return Sending(
            deliveries: sending.deliveries, stream: stream, entries: sending.entries.numbered(in: stream, from: first),
            through: sending.through, suspension: sending.suspension)
    }

    private func take(waiting milliseconds: Int64) -> Sending {
        let taken = source.takeBatch(waiting: milliseconds)
        let deliveries = taken.deliveries + takeBlindIntervals(at: taken.now)
        let (stream, first) = lives.places(deliveries.count)
        let entries = deliveries.enumerated().map { number, delivery in
            InboxEntry(delivery, at: InboxPlace(stream, first + Int64(number)))
        }
        // Of one millisecond more may be to come.
        let through = taken.hasMore ? taken.deliveries.last?.at.wall : nil
        let sending = Sending(
            deliveries: taken.deliveries, stream: stream, entries: entries,
            through: suspension?.from ?? through ?? taken.now.wall, suspension: taken.hasMore ? nil : suspension)
        if sending.suspension != nil { suspension = nil }
        return sending
    }

    /// What the process refused is told to the decider. A suspension ends its life as a receiver, and another begins:
    /// only where no node was there to receive it is a blind interval.
    private func takeBlindIntervals(at now: Moment) -> [TakenDelivery] {
        // Before a watermark says that it received meanwhile.
        if clock.runsByItself { blindIntervals.heartbeat(at: now) }
        let update = blindIntervals.takeUpdate(at: now)
        if update.isResumed, let found = update.intervals.map(\.interval).last(where: { $0.cause == .suspended }) {
            suspension = Suspension(from: found.from, to: found.to)
        }
        return update.intervals.map(\.interval).filter { $0.cause != .suspended }.map {
            TakenDelivery(pending: PendingDelivery($0), at: now)
        }
    }

    private func confirm(_ sending: Sending) {
        unconfirmed = nil
        acknowledger.respond(sending.deliveries.map { ($0.pending, $0.pending.responseOnceStored) })
        if let suspension = sending.suspension { lives.split(through: suspension.from, resuming: suspension.to) }
    }

    /// The entries in the spool.
    var spooledCount: Int { spooling?.spool.count ?? 0 }

    /// Ends the stream, whose source is closed and empty. What is in the spool stays there for the next process.
    /// - Throws: `StoreError`.
    func end(at moment: Timestamp) throws {
        let life = lives.current
        guard life.isBegun, unconfirmed == nil, spooledCount == 0 else { return }
        try inbox.endStream(life.stream, at: moment)
    }

    // MARK: - Spooling

    /// Puts what has come into the spool and acknowledges it. Whatever the database does, nobody waits for it here.
    private func spool(to spooling: Spooling, waiting milliseconds: Int64) throws {
        if let problem = spooling.problem, waitsForInbox(spooling) { throw problem }
        let sending = unconfirmed ?? take(waiting: milliseconds)
        unconfirmed = sending
        try store(sending, in: spooling)
    }

    private func store(_ sending: Sending, in spooling: Spooling) throws {
        try spooling.spool.append(sending.entries)
        acknowledger.noteArrival(sending.deliveries.lazy.map(\.pending))
        lives.didStore(sending.stream, through: sending.through)
        if !sending.entries.isEmpty {
            spooling.didSpool()
            acknowledger.metrics.set(.spooledDeliveries, to: Int64(spooling.spool.count))
        }
        confirm(sending)
    }

    /// For a failure that is over soon, nothing goes to the spool.
    private func waitsForInbox(_ spooling: Spooling) -> Bool {
        guard let failingSince, !spooling.isFirst, spooling.spool.count == 0 else { return false }
        return clock.now().clock - failingSince < spooling.patience
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
    func numbered(in stream: StreamID, from first: Int64) -> [InboxEntry] {
        enumerated().map { number, entry in entry.moved(to: InboxPlace(stream, first + Int64(number))) }
    }
}
