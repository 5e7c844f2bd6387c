import Foundation
import SLOCore
import SLOStore
import Synchronization

/// Gives the decider what all nodes received, in order of receipt, as the queue gives a single process what it
/// received.
///
/// The frontier is the moment before which all that was received is known: the least watermark of the nodes that are
/// heard of, and no later than somebody was there to receive. Used by the decider's thread. An entry is given again
/// until a batch with it is stored.
final class ClusterInbox: DeliverySource, @unchecked Sendable {
    // Proof of sendability: mutable state is accessed by the decider's thread only.
    private let inbox: any Inbox
    private let clock: ServiceClock
    private var streams: [StreamID: Stream] = [:]
    /// What is read and not yet decided, in order.
    private var waiting: [Waiting] = []
    private var coverage = Coverage([])
    private(set) var frontier: Timestamp
    /// The database's clock at the last reading, and at the first one since when no reading has failed.
    private var lastReading: (at: Timestamp, since: Timestamp)?
    /// Why the last reading failed.
    private(set) var problem: StoreError?

    private struct Stream {
        /// The last position that was read.
        var read: Int64
        /// When the last entry that was read was received.
        var latest = Timestamp(milliseconds: 0)
        var life: ReceiverLife?

        /// Before when all that it received was read. A stream that is not `isHeld` holds nothing back but what it is
        /// known to have appended.
        func knownBefore(isHeld: Bool) -> Timestamp? {
            guard let life else { return nil }
            if read < life.appended { return max(latest, life.startedAt) }
            return isHeld ? life.through : nil
        }
    }

    private struct Waiting {
        let delivery: TakenDelivery
        let place: InboxPlace
        let fate: Fate
    }

    /// Whether a batch with the entry is stored.
    private final class Fate: Sendable {
        private let stored = Atomic<Bool>(false)

        var isDecided: Bool { stored.load(ordering: .relaxed) }

        func settle(_ response: DeliveryResponse) {
            if case .refused = response { return }
            stored.store(true, ordering: .relaxed)
        }
    }

    /// A node that is silent for longer does not hold the others back: what it brings later counts as received then.
    static let patience = TimeSpan.seconds(3)
    /// A time without receivers is concluded no sooner: after a failure of the database each needs time to report.
    static let timeToReport = TimeSpan.seconds(15)
    private static let entriesOfStream = 512
    private static let pollMilliseconds: Int64 = 20

    /// - Parameters:
    ///   - consumed: the last decided position of each stream.
    ///   - frontier: before when everything is decided; `nil` if nothing ever was.
    init(_ inbox: any Inbox, consumed: [StreamID: Int64], frontier: Timestamp?, clock: ServiceClock) {
        self.inbox = inbox
        self.clock = clock
        self.frontier = frontier ?? Timestamp(milliseconds: 0)
        streams = consumed.mapValues { Stream(read: $0) }
    }

    // MARK: - Reading

    /// Reads what nodes have appended.
    /// - Throws: `StoreError`.
    func read() throws {
        let reading: InboxReading
        do {
            reading = try inbox.read(after: streams.mapValues(\.read), atMost: Self.entriesOfStream)
        } catch {
            lastReading = nil
            throw error
        }
        for life in reading.receivers { streams[life.stream, default: Stream(read: 0)].life = life }
        for entry in reading.entries { try add(entry) }
        waiting.sort { ($0.delivery.at.wall, $0.place) < ($1.delivery.at.wall, $1.place) }
        coverage = Coverage(reading.receivers)
        lastReading = (reading.now, lastReading?.since ?? reading.now)
        frontier = max(frontier, min(bound, coverage.reach(from: frontier)))
    }

    /// Adds an entry, unless one before it is missing.
    private func add(_ entry: InboxEntry) throws {
        var stream = streams[entry.place.stream] ?? Stream(read: 0)
        guard entry.place.position == stream.read + 1 else { return }
        let fate = Fate()
        let pending = try PendingDelivery(entry) { fate.settle($0) }
        stream.read += 1
        stream.latest = max(stream.latest, entry.receivedAt)
        streams[entry.place.stream] = stream
        let moment = moment(of: max(stream.latest, frontier))
        waiting.append(
            Waiting(delivery: TakenDelivery(pending: pending, at: moment), place: entry.place, fate: fate))
    }

    /// The least watermark of the nodes that are heard of, and no later than now.
    private var bound: Timestamp {
        streams.values.compactMap { $0.knownBefore(isHeld: isHeard($0.life, within: Self.patience)) }
            .reduce(clock.now().wall) { min($0, $1) }
    }

    /// Whether a node is there, as far as it could report that.
    private func isHeard(_ life: ReceiverLife?, within time: TimeSpan) -> Bool {
        guard let life, life.endedAt == nil, let lastReading else { return false }
        return lastReading.at - max(life.seenAt, lastReading.since) <= time
    }

    /// When the first node began to receive.
    var beginning: Timestamp? { coverage.beginning }

    /// The time without receivers at the frontier, once all that is known to be received is decided, and every node
    /// that may have been there has had time to report.
    var gap: Coverage.Gap? {
        guard let gap = coverage.gap(after: frontier), gap.from == frontier, let lastReading,
            lastReading.at - lastReading.since >= Self.timeToReport,
            !waiting.contains(where: { $0.delivery.at.wall <= frontier && !$0.fate.isDecided })
        else { return nil }
        let maySayMore = streams.values.contains { stream in
            guard let life = stream.life else { return false }
            return stream.read < life.appended || life.through < gap.to && isHeard(life, within: Self.timeToReport)
        }
        return maySayMore ? nil : gap
    }

    /// Goes on behind a gap, or at the beginning.
    func goOn(from moment: Timestamp) { frontier = max(frontier, moment) }

    /// A wall time as a moment of this process.
    func moment(of wall: Timestamp) -> Moment {
        let now = clock.now()
        return Moment(wall: wall, clock: now.clock - (now.wall - wall).milliseconds)
    }

    // MARK: - DeliverySource

    func take(atMost count: Int, bytes: Int, waiting milliseconds: Int64) -> TakenDeliveries {
        if waiting.isEmpty, milliseconds > 0, clock.runsByItself {
            Thread.sleep(forTimeInterval: Double(min(milliseconds, Self.pollMilliseconds)) / 1000)
        }
        do {
            try read()
            problem = nil
        } catch {
            // What was read before can still be decided.
            problem = StoreError(wrapping: error)
        }
        waiting.removeAll { $0.fate.isDecided }
        let ready = waiting.prefix { $0.delivery.at.wall <= frontier }
        var taken = 0
        var takenBytes = 0
        for entry in ready.prefix(count) {
            takenBytes += entry.delivery.pending.queuedBytes
            if taken > 0, takenBytes > bytes { break }
            taken += 1
        }
        let deliveries = ready.prefix(taken).map(\.delivery)
        return TakenDeliveries(
            deliveries: deliveries, now: moment(of: frontier), hasMore: taken < ready.count, isClosed: false)
    }
}
