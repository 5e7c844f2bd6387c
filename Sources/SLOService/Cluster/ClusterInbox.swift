import Foundation
import SLOCore
import SLOStore
import Synchronization

/// Gives the decider what all nodes received, in order of receipt, as the queue gives a single process what it
/// received.
///
/// The frontier is the moment before which all that was received is known: the least watermark of the nodes that are
/// heard of, and no later than somebody was there to receive. An entry is given again until a batch with it is stored.
/// Its moments are virtual: deadlines fall due by the receivers' times, whatever happens to the decider's clocks.
final class ClusterInbox: DeliverySource, @unchecked Sendable {
    // Proof of sendability: mutable state is accessed by the decider's thread only.
    private let inbox: any Inbox
    private let clock: ServiceClock
    private let connection: ConnectionRecord
    private var streams: [StreamID: Stream] = [:]
    /// What is read and not yet decided, in order.
    private var waiting: [Waiting] = []
    private var coverage = Coverage([])
    private(set) var frontier: Timestamp
    /// The database's clock at the last reading, and when this node's connection to it has begun to last.
    private var lastReading: (at: Timestamp, since: Timestamp)?
    /// Why the last reading failed, and since when readings have failed, by the monotonic clock.
    private(set) var failure: (reason: StoreError, since: Int64)?
    /// Before when the next batch is not taken, by the monotonic clock.
    private var takesFrom: Int64 = .min

    private struct Stream {
        /// The last position that was read.
        var read: Int64
        /// When the last entry that was read was received.
        var latest = Timestamp(milliseconds: 0)
        var life: ReceiverLife?
        /// When its life was first read, by the database's clock.
        var seenSince: Timestamp?
        /// What is read of it and not yet decided.
        var waitingEntries = 0
        var waitingBytes = 0

        /// Before when all that it received was read. A stream that is not heard of holds nothing back but what it is
        /// known to have appended.
        func knownBefore(isHeard: Bool) -> Timestamp? {
            guard let life else { return nil }
            if read < life.appended { return max(latest, life.startedAt) }
            return isHeard ? life.through : nil
        }

        /// Whether no more of it is read for now.
        var isFull: Bool { waitingEntries >= entriesOfStream || waitingBytes >= bytesOfStream }
    }

    private struct Waiting {
        let pending: PendingDelivery
        var wall: Timestamp
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

    /// A time without receivers is concluded no sooner after the node that ends it was seen: each needs time to report.
    static let timeToReport = TimeSpan.seconds(15)
    private static let entriesOfStream = 512
    private static let bytesOfStream = 16 << 20
    /// How long after a batch the next one is taken, unless something is left for it. A batch costs the database the
    /// same whether it has one entry or fifty, and receivers wait for the same disks.
    private static let paceMilliseconds: Int64 = 20

    /// - Parameters:
    ///   - consumed: the last decided position of each stream.
    ///   - frontier: before when everything is decided.
    ///   - connection: of this node's appender, which knows of the time before the first reading.
    init(
        _ inbox: any Inbox, consumed: [StreamID: Int64], frontier: Timestamp, clock: ServiceClock,
        connection: ConnectionRecord = ConnectionRecord()
    ) {
        self.inbox = inbox
        self.connection = connection
        self.clock = clock
        self.frontier = frontier
        streams = consumed.mapValues { Stream(read: $0) }
    }

    // MARK: - Reading

    /// Reads what nodes have appended, as far as there is room for it.
    /// - Throws: `StoreError`: what was read before can still be decided.
    func read() throws {
        forgetDecided()
        do {
            let reading = try inbox.read(
                after: streams.mapValues(\.read), atMost: Self.entriesOfStream,
                except: Set(streams.filter(\.value.isFull).keys))
            for life in reading.receivers {
                var stream = streams[life.stream] ?? Stream(read: 0)
                stream.life = life
                stream.seenSince = stream.seenSince ?? reading.now
                streams[life.stream] = stream
            }
            let lives = Set(reading.receivers.map(\.stream))
            // The database has forgotten them.
            streams = streams.filter { lives.contains($0.key) || $0.value.waitingEntries > 0 }
            for entry in reading.entries { try add(entry) }
            note(reading)
            failure = nil
        } catch {
            let reason = StoreError(wrapping: error)
            failure = (reason, failure?.since ?? clock.now().clock)
            lastReading = nil
            throw reason
        }
    }

    private func forgetDecided() {
        for entry in waiting where entry.fate.isDecided {
            streams[entry.place.stream]?.waitingEntries -= 1
            streams[entry.place.stream]?.waitingBytes -= entry.pending.queuedBytes
        }
        waiting.removeAll { $0.fate.isDecided }
    }

    private func note(_ reading: InboxReading) {
        waiting.sort { ($0.wall, $0.place) < ($1.wall, $1.place) }
        coverage = Coverage(reading.receivers)
        lastReading = (reading.now, lastReading?.since ?? reading.now - connection.span(at: clock.now().clock))
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
        stream.waitingEntries += 1
        stream.waitingBytes += pending.queuedBytes
        streams[entry.place.stream] = stream
        waiting.append(
            Waiting(pending: pending, wall: max(stream.latest, frontier), place: entry.place, fate: fate))
    }

    /// The least watermark of the nodes that are heard of, and no later than now.
    private var bound: Timestamp {
        streams.values.compactMap { $0.knownBefore(isHeard: isHeard($0.life, within: ReceiverLife.patience)) }
            .reduce(clock.now().wall) { min($0, $1) }
    }

    /// Whether a node is there, as far as it could report that, and with a clock that is not far behind.
    private func isHeard(_ life: ReceiverLife?, within time: TimeSpan) -> Bool {
        guard let life, life.endedAt == nil, let lastReading else { return false }
        return lastReading.at - max(life.seenAt, lastReading.since) <= time
            && life.seenAt - life.sentAt <= ReceiverLife.patience
    }

    /// When the first node began to receive.
    var beginning: Timestamp? { coverage.beginning }

    /// The time without receivers at the frontier, once all that is known to be received is decided, and every node
    /// that may have been there has had time to report.
    var gap: Coverage.Gap? {
        guard let gap = coverage.gap(after: frontier), gap.from == frontier, let lastReading,
            !waiting.contains(where: { $0.wall <= frontier && !$0.fate.isDecided })
        else { return nil }
        let seenSince = streams.values.filter { $0.life?.startedAt == gap.to }.compactMap(\.seenSince).min()
        guard lastReading.at - max(seenSince ?? lastReading.at, lastReading.since) >= Self.timeToReport else {
            return nil
        }
        let maySayMore = streams.values.contains { stream in
            guard let life = stream.life else { return false }
            return stream.read < life.appended
                || life.through < gap.to && isHeard(life, within: Self.timeToReport)
        }
        return maySayMore ? nil : gap
    }

    /// Goes on behind a gap, or at the beginning.
    func resume(from moment: Timestamp) {
        frontier = max(frontier, moment)
        for place in waiting.indices { waiting[place].wall = max(waiting[place].wall, frontier) }
    }

    // MARK: - DeliverySource

    func take(atMost count: Int, bytes: Int, waiting milliseconds: Int64) -> TakenDeliveries {
        keepPace()
        // A failure is noted; what was read before can still be decided.
        try? read()
        let ready = waiting.prefix(readyCount)
        let taken = ready.batchLength(atMost: count, bytes: bytes, of: \.pending)
        let deliveries = ready.prefix(taken).map {
            TakenDelivery(pending: $0.pending, at: Moment(virtual: $0.wall))
        }
        let hasMore = taken < ready.count
        takesFrom = hasMore ? .min : clock.now().clock + Self.paceMilliseconds
        return TakenDeliveries(
            deliveries: deliveries, now: Moment(virtual: frontier), hasMore: hasMore, isClosed: false)
    }

    private func keepPace() {
        guard clock.runsByItself else { return }
        let now = clock.now().clock
        if now < takesFrom { Thread.sleep(forTimeInterval: Double(takesFrom - now) / 1000) }
    }

    /// How many entries are received by the frontier.
    private var readyCount: Int { waiting.firstIndex { $0.wall > frontier } ?? waiting.count }
}
