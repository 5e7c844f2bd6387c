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
        var lastBeat: Int64
    }

    /// Deliveries refused in one stretch of time.
    private struct Refusals {
        var interval: Interval
        var lastAt: Moment
        /// Those whose identity is known and that have not come since.
        var missing: Set<DeliveryIdentity> = []
        /// Some are not known, or are too many to remember: nobody can tell when they have come.
        var hasUnknown = false
    }

    /// A refused delivery may have held the answer that a change was waiting for, so the deadlines of everything that
    /// waited at that moment are in doubt.
    private let longestWait: TimeSpan
    private let state: Mutex<State>

    /// Refusals no further apart than this are one stretch.
    private static let stretchMilliseconds: Int64 = 10_000
    /// A process whose every thread stood still for longer than this was suspended.
    private static let pulseMilliseconds: Int64 = 10_000
    private static let missingLimit = 10_000
    private static let stretchesLimit = 100

    init(longestWait: TimeSpan, startedAt: Moment) {
        self.longestWait = longestWait
        state = Mutex(State(lastBeat: startedAt.clock))
    }

    /// Notes a delivery that was refused although it may have been good.
    /// - Parameter identity: `nil` where that was not known yet.
    func refused(_ identity: DeliveryIdentity?, at moment: Moment) {
        state.withLock { state in
            if let last = state.refusals.indices.last,
                moment.clock - state.refusals[last].lastAt.clock <= Self.stretchMilliseconds
            {
                let before = state.refusals[last].interval.to
                state.refusals[last].interval.to = max(before, moment.wall + longestWait)
                state.refusals[last].lastAt = moment
                let after = state.refusals[last].interval
                if after.to > before {
                    state.news.add(after, longerBy: (after.to - before).milliseconds)
                }
            } else {
                let interval = Interval(from: moment.wall, to: moment.wall + longestWait, cause: .refused)
                state.refusals.append(Refusals(interval: interval, lastAt: moment))
                state.news.add(interval, longerBy: longestWait.milliseconds)
                if state.refusals.count > Self.stretchesLimit { state.refusals.removeFirst() }
            }
            let last = state.refusals.count - 1
            let remembered = state.refusals.reduce(0) { $0 + $1.missing.count }
            if let identity, remembered < Self.missingLimit {
                state.refusals[last].missing.insert(identity)
            } else {
                state.refusals[last].hasUnknown = true
            }
        }
    }

    /// Notes deliveries that are on disk now: what was refused before may be among them.
    func held(_ identities: some Sequence<DeliveryIdentity>) {
        state.withLock { state in
            guard !state.refusals.isEmpty else { return }
            for identity in identities {
                for place in state.refusals.indices { state.refusals[place].missing.remove(identity) }
            }
        }
    }

    /// Notes that the process runs. Called every second or more often.
    func beat(at moment: Moment) {
        state.withLock { state in
            let gap = moment.clock - state.lastBeat
            state.lastBeat = max(state.lastBeat, moment.clock)
            guard gap > Self.pulseMilliseconds else { return }
            let from = moment.wall - .milliseconds(gap)
            state.news.add(Interval(from: from, to: moment.wall, cause: .suspended), longerBy: gap)
            state.news.isResumed = true
        }
    }

    /// What there is to tell, once.
    func takeNews(at moment: Moment) -> News {
        state.withLock { state in
            let caughtUp = state.refusals.filter {
                !$0.hasUnknown && $0.missing.isEmpty
                    && moment.clock - $0.lastAt.clock > Self.stretchMilliseconds
            }.map(\.interval.from)
            state.refusals.removeAll { caughtUp.contains($0.interval.from) }
            state.news.caughtUp += caughtUp
            defer { state.news = News() }
            return state.news
        }
    }
}
