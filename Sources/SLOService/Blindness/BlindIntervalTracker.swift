import SLOCore
import SLOStore
import Synchronization

/// Tracks the intervals in which the service missed deliveries: while it was down or suspended, or because it refused
/// them (docs/counting.md, rule 24). Any thread may report; the writer stores the changes.
final class BlindIntervalTracker: Sendable {
    /// An interval in which deliveries were missed.
    struct Interval: Equatable, Sendable {
        enum Cause: String, Sendable {
            case suspended
            case refused
            /// The process was not running.
            case down
            /// The source's delivery log lists deliveries that the journal lacks.
            case missing
            /// Requests were refused before their signature was checked.
            case unverified

            /// Whether deadlines within the interval are excluded. Anybody can send unsigned requests, so those change
            /// no verdict (docs/counting.md, rule 38).
            var excludes: Bool { self != .unverified }
        }

        let from: Timestamp
        var to: Timestamp
        let cause: Cause
        /// The missed deliveries that have not arrived since; `nil` if some of them are unknown.
        var missing: Set<DeliveryIdentity>?
    }

    /// The changes that the writer has to store.
    struct Update: Sendable {
        /// New and extended intervals, each with the milliseconds by which it grew.
        var intervals: [(interval: Interval, added: Int64)] = []
        /// Starts of the intervals whose deliveries have all arrived.
        var caughtUp: [Timestamp] = []
        /// Whether the process was suspended and continues.
        var isResumed = false

        var isEmpty: Bool { intervals.isEmpty && caughtUp.isEmpty && !isResumed }

        mutating func add(_ interval: Interval, longerBy milliseconds: Int64) {
            let known = intervals.firstIndex {
                $0.interval.from == interval.from && $0.interval.cause == interval.cause
            }
            let before = known.map { intervals.remove(at: $0).added } ?? 0
            intervals.append((interval, before + milliseconds))
        }

        mutating func add(_ later: Update) {
            for (interval, added) in later.intervals { add(interval, longerBy: added) }
            caughtUp += later.caughtUp
            isResumed = isResumed || later.isResumed
        }
    }

    fileprivate struct State {
        var update = Update()
        var refusals: [Refusals] = []
        /// Other intervals whose missing deliveries are known, oldest first.
        var known: [Interval] = []
        /// Intervals whose missing deliveries are not known yet.
        var unseen: [Interval] = []
        var doubt = Doubt()
        var lastHeartbeat: Moment
        /// What was noticed of suspensions, and is in no update yet.
        var suspensions: [Suspension] = []
        /// What a cluster's nodes have told, as it is kept here, and the last entry of each that told it.
        var told: [ToldInterval: Interval] = [:]
        var toldThrough: [StreamID: Int64] = [:]
    }

    fileprivate struct Suspension {
        let interval: Interval
        let milliseconds: Int64
        /// By the monotonic clock.
        let noticedAt: Int64
    }

    /// Identifies an interval of a cluster's node.
    fileprivate struct ToldInterval: Hashable {
        let stream: StreamID
        let from: Timestamp
        let cause: Interval.Cause
    }

    /// Deliveries refused in one interval.
    fileprivate struct Refusals {
        var interval: Interval
        /// Monotonic time of the last refusal.
        var lastAt: Int64
    }

    /// The interval of requests that were refused unverified. Anybody can cause them, so their number is limited: they
    /// are not kept once stored, and above `doubtsPerHour` the current one is extended.
    fileprivate struct Doubt {
        var interval: Interval?
        /// Monotonic time of the last refusal.
        var lastAt: Int64 = 0
        var beganAt: [Int64] = []
    }

    /// A refused delivery may contain the answer to a waiting change. Its interval therefore lasts until every change
    /// that was waiting then has its deadline behind it.
    private let longestWait: TimeSpan
    private let state: Mutex<State>

    /// Refusals no further apart than this belong to one interval.
    private static let stretchMilliseconds: Int64 = 10_000
    /// A pause of all threads longer than this counts as a suspension.
    private static let longestPauseMilliseconds: Int64 = 10_000
    /// The limit of `unverified` intervals that begin within one hour.
    static let doubtsPerHour = 12
    /// An `unverified` interval is extended in steps of this length, so that it is stored every ten seconds at most, at
    /// any rate of requests.
    private static let doubtStep = TimeSpan.seconds(10)
    /// The limit of missing deliveries that one interval keeps; above it they count as unknown.
    private static let missingLimit = 1000
    fileprivate static let stretchesLimit = 100
    /// The limit of intervals that one reconciliation adds.
    private static let stretchesAtOnce = 50

    /// - Parameter intervals: those of earlier processes, oldest first, each with its missing deliveries.
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
                unseen: last { $0.cause != .refused && $0.missing == nil }, lastHeartbeat: startedAt))
    }

    /// Records that no process was running.
    func wasDown(from: Timestamp, to: Timestamp) {
        state.withLock { $0.addUnseen(Interval(from: from, to: to, cause: .down, missing: nil)) }
    }

    /// Records a request that was refused before its signature was checked: it may have been a delivery.
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
                state.update.add(current, longerBy: (current.to - before).milliseconds)
            } else {
                state.doubt.beganAt.append(moment.clock)
                let interval = Interval(from: moment.wall, to: end + Self.doubtStep, cause: .unverified, missing: nil)
                state.doubt.interval = interval
                state.update.add(interval, longerBy: (interval.to - interval.from).milliseconds)
            }
        }
    }

    private static let hourMilliseconds: Int64 = 3_600_000

    /// Records an authentic delivery that was refused for a reason that is not its own.
    /// - Parameter identity: `nil` if it was not known yet.
    func refused(_ identity: DeliveryIdentity?, at moment: Moment) {
        state.withLock { state in
            var current =
                state.refusals.last.flatMap { last in
                    moment.clock - last.lastAt <= Self.stretchMilliseconds ? state.refusals.removeLast().interval : nil
                } ?? Interval(from: moment.wall, to: moment.wall, cause: .refused, missing: [])
            let before = current.to
            current.to = max(before, moment.wall + longestWait)
            current.add(missing: identity, atMost: Self.missingLimit)
            state.refusals.append(Refusals(interval: current, lastAt: moment.clock))
            if state.refusals.count > Self.stretchesLimit { state.refusals.removeFirst() }
            state.update.add(current, longerBy: (current.to - before).milliseconds)
        }
    }

    /// Records deliveries that are stored now: some of them may have been refused before.
    func stored(_ identities: some Sequence<DeliveryIdentity>) {
        state.withLock { state in
            guard !state.refusals.isEmpty || !state.known.isEmpty else { return }
            for identity in identities {
                for place in state.refusals.indices { state.refusals[place].interval.missing?.remove(identity) }
                for place in state.known.indices { state.known[place].missing?.remove(identity) }
            }
        }
    }

    /// Whether a moment is within a blind interval, before its end. One of requests that were refused unverified is
    /// none: anybody can cause it.
    func isBlind(at moment: Timestamp) -> Bool {
        state.withLock { state in
            let intervals = state.refusals.map(\.interval) + state.known + state.unseen + Array(state.told.values)
            return intervals.contains { $0.cause.excludes && $0.from <= moment && moment < $0.to }
        }
    }

    /// Records that the process runs. Called at least every second.
    ///
    /// When a virtual machine is paused, its monotonic clock stops, too. Only the wall clock shows the pause, by a jump
    /// ahead once it is synchronised.
    func heartbeat(at moment: Moment) {
        state.withLock { state in
            let last = state.lastHeartbeat
            let gap = max(moment.clock - last.clock, (moment.wall - last.wall).milliseconds)
            if moment.clock >= last.clock { state.lastHeartbeat = moment }
            guard gap > Self.longestPauseMilliseconds else { return }
            let from = moment.wall - .milliseconds(gap)
            let interval = Interval(from: from, to: moment.wall, cause: .suspended, missing: nil)
            state.addUnseen(interval)
            state.suspensions.append(Suspension(interval: interval, milliseconds: gap, noticedAt: moment.clock))
        }
    }

    /// Returns the changes since the last call. A turn that began before a suspension, and goes on after it as of its
    /// beginning, does not get it: what waits for one grace after it would wait from then on.
    func takeUpdate(at moment: Moment) -> Update {
        state.withLock { state in
            for suspension in state.suspensions where suspension.noticedAt <= moment.clock {
                state.update.add(suspension.interval, longerBy: suspension.milliseconds)
                state.update.isResumed = true
            }
            state.suspensions.removeAll { $0.noticedAt <= moment.clock }
            let caughtUp = state.refusals.filter {
                $0.interval.missing?.isEmpty == true && moment.clock - $0.lastAt > Self.stretchMilliseconds
            }.map(\.interval.from)
            state.refusals.removeAll { caughtUp.contains($0.interval.from) }
            state.update.caughtUp += caughtUp + state.known.filter { $0.missing?.isEmpty == true }.map(\.from)
            state.known.removeAll { $0.missing?.isEmpty == true }
            defer { state.update = Update() }
            return state.update
        }
    }
}

// MARK: - Cluster

extension BlindIntervalTracker {
    /// Adds an interval in which a cluster's node refused deliveries, or extends it. An entry of the inbox that is
    /// taken again adds nothing.
    func add(_ told: Interval, of place: InboxPlace) {
        state.withLock { state in
            guard told.cause == .refused || told.cause == .unverified,
                state.toldThrough[place.stream] ?? 0 < place.position
            else { return }
            state.toldThrough[place.stream] = place.position
            let key = ToldInterval(stream: place.stream, from: told.from, cause: told.cause)
            let before = state.told[key] ?? state.stored(told)
            let from = before?.from ?? state.freeBeginning(from: told.from)
            let end = max(before?.to ?? from, told.to)
            state.told[key] = Interval(from: from, to: end, cause: told.cause, missing: told.missing)
            state.forgetOldestTold()
            // What was told before may have arrived since.
            let new = told.missing.map { $0.subtracting(before?.missing ?? []) }
            let interval = state.keep(Interval(from: from, to: end, cause: told.cause, missing: new))
            state.update.add(interval, longerBy: (end - (before?.to ?? from)).milliseconds)
        }
    }
}

extension BlindIntervalTracker.State {
    /// The start identifies an interval, so no two may share one.
    fileprivate func freeBeginning(from moment: Timestamp) -> Timestamp {
        let taken = beginnings.union(told.values.map(\.from))
        var from = moment
        while taken.contains(from) { from = from + .milliseconds(1) }
        return from
    }

    /// The same interval, if the decider before this one has stored it.
    fileprivate func stored(_ told: BlindIntervalTracker.Interval) -> BlindIntervalTracker.Interval? {
        guard !self.told.values.contains(where: { $0.from == told.from }) else { return nil }
        return (refusals.map(\.interval) + known).first { $0.from == told.from && $0.cause == told.cause }
    }

    fileprivate mutating func forgetOldestTold() {
        guard told.count > BlindIntervalTracker.stretchesLimit else { return }
        if let oldest = told.keys.min(by: { $0.from < $1.from }) { told[oldest] = nil }
    }

    /// Keeps refused deliveries until they have arrived, through whichever node.
    /// - Returns: the interval with all that is missing.
    fileprivate mutating func keep(_ longer: BlindIntervalTracker.Interval) -> BlindIntervalTracker.Interval {
        guard longer.cause == .refused else { return longer }
        var interval = longer
        let parts = (refusals.map(\.interval) + known).filter { $0.from == longer.from && $0.cause == longer.cause }
        refusals.removeAll { $0.interval.from == longer.from && $0.interval.cause == longer.cause }
        known.removeAll { $0.from == longer.from && $0.cause == longer.cause }
        for part in parts { interval.missing?.formUnion(part.missing ?? []) }
        guard interval.missing != nil else { return interval }
        known.append(interval)
        known.removeFirst(max(0, known.count - BlindIntervalTracker.stretchesLimit))
        return interval
    }
}

// MARK: - Reconciliation

extension BlindIntervalTracker {
    /// Records the result of comparing a source's delivery log with the journal. Applying the same result again changes
    /// nothing.
    ///
    /// An interval without known deliveries becomes known once the log covers all of it; it ends when its missing
    /// deliveries have arrived, which may be at once. Missing deliveries outside all intervals add intervals of their
    /// own, which last `longestWait` like those of refusals.
    func apply(_ found: Reconciliation, at moment: Moment) {
        // The journal may hold a delivery under another identity than the log gives it: without the hook's target.
        stored(found.recovered.lazy.map(\.identity))
        state.withLock { state in
            for interval in state.unseen
            where found.covered.contains(interval.from) && found.covered.contains(interval.to) {
                state.unseen.removeAll { $0.from == interval.from }
                addCompared(
                    interval, missing: found.outstanding.filter { interval.contains($0.deliveredAt) }, in: &state)
            }
            let new = found.missed.filter { missed in
                !state.isAccountedFor(missed.identity) && !state.unseen.contains { $0.contains(missed.deliveredAt) }
            }
            for stretch in Self.stretches(new) { addMissing(stretch, in: &state) }
            state.known.removeFirst(max(0, state.known.count - Self.stretchesLimit))
        }
    }

    private func addCompared(_ interval: Interval, missing: [Reconciliation.Missed], in state: inout State) {
        var interval = interval
        let before = interval.to
        if let last = missing.last { interval.to = max(before, last.deliveredAt + longestWait) }
        interval.missing = Set(missing.map(\.identity))
        if !missing.isEmpty { state.update.add(interval, longerBy: (interval.to - before).milliseconds) }
        state.known.append(interval)
    }

    private func addMissing(_ stretch: ArraySlice<Reconciliation.Missed>, in state: inout State) {
        guard let first = stretch.first, let last = stretch.last else { return }
        // The start identifies an interval, so no two may share one.
        var from = first.deliveredAt
        while state.beginnings.contains(from) { from = from + .milliseconds(1) }
        let interval = Interval(
            from: from, to: max(from, last.deliveredAt) + longestWait, cause: .missing,
            missing: Set(stretch.map(\.identity)))
        state.update.add(interval, longerBy: (interval.to - from).milliseconds)
        state.known.append(interval)
    }

    /// Divides missing deliveries, in order of time, where ten seconds lie between two of them. Doubles that gap until
    /// there are at most `stretchesAtOnce` parts.
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

extension BlindIntervalTracker.State {
    fileprivate mutating func addUnseen(_ interval: BlindIntervalTracker.Interval) {
        unseen.append(interval)
        if unseen.count > BlindIntervalTracker.stretchesLimit { unseen.removeFirst() }
    }

    fileprivate func isAccountedFor(_ identity: DeliveryIdentity) -> Bool {
        refusals.contains { $0.interval.missing?.contains(identity) == true }
            || known.contains { $0.missing?.contains(identity) == true }
    }

    fileprivate var beginnings: Set<Timestamp> {
        Set(refusals.map(\.interval.from) + known.map(\.from) + unseen.map(\.from))
    }
}

extension BlindIntervalTracker.Interval {
    fileprivate func contains(_ moment: Timestamp) -> Bool { from <= moment && moment <= to }

    fileprivate mutating func add(missing identity: DeliveryIdentity?, atMost limit: Int) {
        if let identity, let known = missing, known.count < limit {
            missing?.insert(identity)
        } else {
            missing = nil
        }
    }
}
