import SLOCore
import SLOStore
import Synchronization

/// Notices when the running service misses something: a delivery that it refused, or everything while the process was
/// suspended (docs/counting.md, rule 24). Any thread tells it, the writer asks.
final class BlindTimes: Sendable {
    /// A time in which something was missed.
    struct Interval: Equatable, Sendable {
        enum Cause: String, Sendable {
            case suspended
            case refused
        }

        let from: Timestamp
        var to: Timestamp
        let cause: Cause
        /// The deliveries that were missed and have not come since; `nil` where not all of them are known.
        var missing: Set<DeliveryIdentity>?
    }

    /// What is to be written down.
    struct News: Sendable {
        /// New ones and those that have become longer, each with how much was added, in milliseconds.
        var intervals: [(interval: Interval, added: Int64)] = []
        /// Where the ones begin of which nothing is missing any more.
        var caughtUp: [Timestamp] = []
        /// Whether the process was suspended and goes on.
        var isResumed = false

        var isEmpty: Bool { intervals.isEmpty && caughtUp.isEmpty && !isResumed }

        mutating func add(_ interval: Interval, longerBy milliseconds: Int64) {
            let known = intervals.firstIndex { $0.interval.from == interval.from && $0.interval.cause == interval.cause }
            let before = known.map { intervals.remove(at: $0).added } ?? 0
            intervals.append((interval, before + milliseconds))
        }

        mutating func add(_ later: News) {
            for (interval, added) in later.intervals { add(interval, longerBy: added) }
            caughtUp += later.caughtUp
            isResumed = isResumed || later.isResumed
        }
    }

    private struct State {
        var news = News()
        var refusals: [Refusals] = []
        var lastBeat: Moment
    }

    /// Deliveries refused in one stretch of time.
    private struct Refusals {
        var interval: Interval
        /// On the clock that nobody sets.
        var lastAt: Int64
    }

    /// A refused delivery may have held the answer that a change was waiting for, so the deadlines of everything that
    /// waited at that moment are in doubt.
    private let longestWait: TimeSpan
    private let state: Mutex<State>

    /// Refusals no further apart than this are one stretch.
    private static let stretchMilliseconds: Int64 = 10_000
    /// A process whose every thread stood still for longer than this was suspended.
    private static let pulseMilliseconds: Int64 = 10_000
    /// More refused deliveries than this in one stretch are not remembered one by one.
    private static let missingLimit = 1000
    private static let stretchesLimit = 100

    /// - Parameter refusals: of earlier processes, with what of them is still missing.
    init(longestWait: TimeSpan, startedAt: Moment, refusals: [Interval] = []) {
        self.longestWait = longestWait
        let over = startedAt.clock - Self.stretchMilliseconds - 1
        state = Mutex(
            State(refusals: refusals.map { Refusals(interval: $0, lastAt: over) }, lastBeat: startedAt))
    }

    /// Notes a delivery that was refused although it may have been good.
    /// - Parameter identity: `nil` where that was not known yet.
    func refused(_ identity: DeliveryIdentity?, at moment: Moment) {
        state.withLock { state in
            var current = state.refusals.last.flatMap { last in
                moment.clock - last.lastAt <= Self.stretchMilliseconds ? state.refusals.removeLast().interval : nil
            } ?? Interval(from: moment.wall, to: moment.wall, cause: .refused, missing: [])
            let before = current.to
            current.to = max(before, moment.wall + longestWait)
            current.note(missing: identity, atMost: Self.missingLimit)
            state.refusals.append(Refusals(interval: current, lastAt: moment.clock))
            if state.refusals.count > Self.stretchesLimit { state.refusals.removeFirst() }
            state.news.add(current, longerBy: (current.to - before).milliseconds)
        }
    }

    /// Notes deliveries that are on disk now: what was refused before may be among them.
    func held(_ identities: some Sequence<DeliveryIdentity>) {
        state.withLock { state in
            guard !state.refusals.isEmpty else { return }
            for identity in identities {
                for place in state.refusals.indices { state.refusals[place].interval.missing?.remove(identity) }
            }
        }
    }

    /// Notes that the process runs. Called every second or more often.
    ///
    /// A virtual machine that is paused takes its clocks with it. What tells of that is the wall clock alone, once it
    /// has been put right: where it leaps ahead, nobody has seen the time between.
    func beat(at moment: Moment) {
        state.withLock { state in
            let last = state.lastBeat
            let gap = max(moment.clock - last.clock, (moment.wall - last.wall).milliseconds)
            if moment.clock >= last.clock { state.lastBeat = moment }
            guard gap > Self.pulseMilliseconds else { return }
            let from = moment.wall - .milliseconds(gap)
            state.news.add(Interval(from: from, to: moment.wall, cause: .suspended, missing: nil), longerBy: gap)
            state.news.isResumed = true
        }
    }

    /// What there is to tell, once.
    func takeNews(at moment: Moment) -> News {
        state.withLock { state in
            let caughtUp = state.refusals.filter {
                $0.interval.missing?.isEmpty == true && moment.clock - $0.lastAt > Self.stretchMilliseconds
            }.map(\.interval.from)
            state.refusals.removeAll { caughtUp.contains($0.interval.from) }
            state.news.caughtUp += caughtUp
            defer { state.news = News() }
            return state.news
        }
    }
}

extension BlindTimes.Interval {
    fileprivate mutating func note(missing identity: DeliveryIdentity?, atMost limit: Int) {
        if let identity, let known = missing, known.count < limit {
            missing?.insert(identity)
        } else {
            missing = nil
        }
    }
}
