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
            /// The process was not there.
            case down
            /// Their source says that it sent them, and they are not here.
            case missing
            /// Requests were refused before anybody had looked whether they were signed.
            case unverified

            /// Whether the deadlines in it are excluded. Whoever sends unsigned requests may be anybody, and changes no
            /// verdict (docs/counting.md, rule 38): they only cast doubt.
            var excludes: Bool { self != .unverified }
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
            let known = intervals.firstIndex {
                $0.interval.from == interval.from && $0.interval.cause == interval.cause
            }
            let before = known.map { intervals.remove(at: $0).added } ?? 0
            intervals.append((interval, before + milliseconds))
        }

        mutating func add(_ later: News) {
            for (interval, added) in later.intervals { add(interval, longerBy: added) }
            caughtUp += later.caughtUp
            isResumed = isResumed || later.isResumed
        }
    }

    fileprivate struct State {
        var news = News()
        var refusals: [Refusals] = []
        /// Other times of which is known what was missed, oldest first.
        var known: [Interval] = []
        /// Times of which nothing is known but that nobody saw.
        var unseen: [Interval] = []
        var doubt = Doubt()
        var lastBeat: Moment
    }

    /// Deliveries refused in one stretch of time.
    fileprivate struct Refusals {
        var interval: Interval
        /// On the clock that nobody sets.
        var lastAt: Int64
    }

    /// What requests that were refused unread cast doubt on. Strangers decide how many there are and when, so their
    /// times are few: nothing is remembered of them once they are told, and where there would be too many, one lasts
    /// on.
    fileprivate struct Doubt {
        var interval: Interval?
        /// On the clock that nobody sets.
        var lastAt: Int64 = 0
        var beganAt: [Int64] = []
    }

    /// A refused delivery may have held the answer that a change was waiting for, so the deadlines of everything that
    /// waited at that moment are in doubt.
    private let longestWait: TimeSpan
    private let state: Mutex<State>

    /// Refusals no further apart than this are one stretch.
    private static let stretchMilliseconds: Int64 = 10_000
    /// A process whose every thread stood still for longer than this was suspended.
    private static let pulseMilliseconds: Int64 = 10_000
    /// So many times of doubt begin within an hour at most.
    static let doubtsPerHour = 12
    /// A time of doubt is noted this much longer than it is, so that it is told of every ten seconds at most, however
    /// many requests are refused.
    private static let doubtStep = TimeSpan.seconds(10)
    /// More refused deliveries than this in one stretch are not remembered one by one.
    private static let missingLimit = 1000
    fileprivate static let stretchesLimit = 100
    /// Into how many times the deliveries that one comparison finds missing are divided at most.
    private static let stretchesAtOnce = 50

    /// - Parameter intervals: of earlier processes, oldest first, each with what of it is still missing.
    init(longestWait: TimeSpan, startedAt: Moment, continuing intervals: [Interval] = []) {
        self.longestWait = longestWait
        let over = startedAt.clock - Self.stretchMilliseconds - 1
        func last(_ isIncluded: (Interval) -> Bool) -> [Interval] {
            intervals.filter(isIncluded).suffix(Self.stretchesLimit)
        }
        let refusals = last { $0.cause == .refused && $0.missing != nil }
        state = Mutex(
            State(
                refusals: refusals.map { Refusals(interval: $0, lastAt: over) },
                known: last { $0.cause != .refused && $0.missing != nil },
                unseen: last { $0.cause != .refused && $0.missing == nil }, lastBeat: startedAt))
    }

    /// Notes that no process was there.
    func wasDown(from: Timestamp, to: Timestamp) {
        state.withLock { $0.addUnseen(Interval(from: from, to: to, cause: .down, missing: nil)) }
    }

    /// Notes a request that was refused before its signature was checked: it may have been a delivery.
    func refusedUnverified(at moment: Moment) {
        state.withLock { state in
            let end = moment.wall + longestWait
            let isOngoing = moment.clock - state.doubt.lastAt <= Self.stretchMilliseconds
            state.doubt.lastAt = moment.clock
            state.doubt.beganAt.removeAll { moment.clock - $0 >= Self.hourMilliseconds }
            if var current = state.doubt.interval, isOngoing || state.doubt.beganAt.count >= Self.doubtsPerHour {
                guard end > current.to else { return }
                let before = current.to
                current.to = end + Self.doubtStep
                state.doubt.interval = current
                state.news.add(current, longerBy: (current.to - before).milliseconds)
            } else {
                state.doubt.beganAt.append(moment.clock)
                let interval = Interval(from: moment.wall, to: end + Self.doubtStep, cause: .unverified, missing: nil)
                state.doubt.interval = interval
                state.news.add(interval, longerBy: (interval.to - interval.from).milliseconds)
            }
        }
    }

    private static let hourMilliseconds: Int64 = 3_600_000

    /// Notes an authentic delivery that was refused although it may have been good.
    /// - Parameter identity: `nil` where that was not known yet.
    func refused(_ identity: DeliveryIdentity?, at moment: Moment) {
        state.withLock { state in
            var current =
                state.refusals.last.flatMap { last in
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
            guard !state.refusals.isEmpty || !state.known.isEmpty else { return }
            for identity in identities {
                for place in state.refusals.indices { state.refusals[place].interval.missing?.remove(identity) }
                for place in state.known.indices { state.known[place].missing?.remove(identity) }
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
            let interval = Interval(from: from, to: moment.wall, cause: .suspended, missing: nil)
            state.news.add(interval, longerBy: gap)
            state.addUnseen(interval)
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
            state.news.caughtUp += caughtUp + state.known.filter { $0.missing?.isEmpty == true }.map(\.from)
            state.known.removeAll { $0.missing?.isEmpty == true }
            defer { state.news = News() }
            return state.news
        }
    }
}

// MARK: - What a source's own list shows

extension BlindTimes {
    /// Notes what comparing a source's list with what is held has shown. The same again changes nothing.
    ///
    /// A time that nobody saw is known once all of it has been looked at: it lasts until nothing of it is missing,
    /// which may be at once. What is missing elsewhere makes times of its own. As with a refusal, what waited when a
    /// delivery went astray may have been answered by it.
    func compared(_ found: Reconciliation, at moment: Moment) {
        // One that does not name what it was sent to is held under another identity than its list gives it.
        held(found.recovered.lazy.map(\.identity))
        state.withLock { state in
            for interval in state.unseen
            where found.covered.contains(interval.from) && found.covered.contains(interval.to) {
                state.unseen.removeAll { $0.from == interval.from }
                noteSeen(interval, missing: found.outstanding.filter { interval.contains($0.deliveredAt) }, in: &state)
            }
            let new = found.missed.filter { missed in
                !state.isAccountedFor(missed.identity) && !state.unseen.contains { $0.contains(missed.deliveredAt) }
            }
            for stretch in Self.stretches(new) { noteMissing(stretch, in: &state) }
            state.known.removeFirst(max(0, state.known.count - Self.stretchesLimit))
        }
    }

    private func noteSeen(_ interval: Interval, missing: [Reconciliation.Missed], in state: inout State) {
        var interval = interval
        let before = interval.to
        if let last = missing.last { interval.to = max(before, last.deliveredAt + longestWait) }
        interval.missing = Set(missing.map(\.identity))
        if !missing.isEmpty { state.news.add(interval, longerBy: (interval.to - before).milliseconds) }
        state.known.append(interval)
    }

    private func noteMissing(_ stretch: ArraySlice<Reconciliation.Missed>, in state: inout State) {
        guard let first = stretch.first, let last = stretch.last else { return }
        // Times are told apart by their beginnings.
        var from = first.deliveredAt
        while state.beginnings.contains(from) { from = from + .milliseconds(1) }
        let interval = Interval(
            from: from, to: max(from, last.deliveredAt) + longestWait, cause: .missing,
            missing: Set(stretch.map(\.identity)))
        state.news.add(interval, longerBy: (interval.to - from).milliseconds)
        state.known.append(interval)
    }

    /// Divides deliveries, in their order, where none is missing for a while: for ten seconds, or for as much longer as
    /// it takes to have few parts.
    private static func stretches(_ missed: [Reconciliation.Missed]) -> [ArraySlice<Reconciliation.Missed>] {
        var gap = stretchMilliseconds
        while true {
            var stretches: [ArraySlice<Reconciliation.Missed>] = []
            var start = missed.startIndex
            for place in missed.indices.dropFirst()
            where (missed[place].deliveredAt - missed[place - 1].deliveredAt).milliseconds > gap {
                stretches.append(missed[start..<place])
                start = place
            }
            if start < missed.endIndex { stretches.append(missed[start...]) }
            if stretches.count <= stretchesAtOnce { return stretches }
            gap *= 2
        }
    }
}

extension BlindTimes.State {
    fileprivate mutating func addUnseen(_ interval: BlindTimes.Interval) {
        unseen.append(interval)
        if unseen.count > BlindTimes.stretchesLimit { unseen.removeFirst() }
    }

    fileprivate func isAccountedFor(_ identity: DeliveryIdentity) -> Bool {
        refusals.contains { $0.interval.missing?.contains(identity) == true }
            || known.contains { $0.missing?.contains(identity) == true }
    }

    fileprivate var beginnings: Set<Timestamp> {
        Set(refusals.map(\.interval.from) + known.map(\.from) + unseen.map(\.from))
    }
}

extension BlindTimes.Interval {
    fileprivate func contains(_ moment: Timestamp) -> Bool { from <= moment && moment <= to }

    fileprivate mutating func note(missing identity: DeliveryIdentity?, atMost limit: Int) {
        if let identity, let known = missing, known.count < limit {
            missing?.insert(identity)
        } else {
            missing = nil
        }
    }
}
