public import SLOCore

/// Good and bad events of one objective of one deployment.
public struct ObjectiveTally: Equatable, Sendable {
    public var good: Int64
    public var bad: Int64

    public init(good: Int64 = 0, bad: Int64 = 0) {
        self.good = good
        self.bad = bad
    }

    /// What one event counts as.
    init(_ verdict: ObjectiveJudgement.Verdict) {
        switch verdict {
        case .good: self.init(good: 1)
        case .bad, .doubtful: self.init(bad: 1)
        case .unknown: self.init()
        }
    }

    private var all: Double { Double(good) + Double(bad) }

    /// The ratio of good events; `nil` while there is nothing to judge.
    public var compliance: Double? {
        all > 0 ? Double(good) / all : nil
    }

    /// The part of the error budget that is left: 1 when nothing was bad, below 0 when overspent.
    /// `nil` while there is nothing to judge, and for a target that allows nothing to be bad.
    public func errorBudgetRemaining(target: Double) -> Double? {
        guard all > 0, target < 1 else { return nil }
        // Targets are short decimals: 1 − 0.98 is 0.02, not what binary makes of it.
        let allowed = ((1 - target) * 1e12).rounded() / 1e12
        return allowed > 0 ? 1 - (Double(bad) / all) / allowed : nil
    }

    /// Wraps instead of trapping: stored numbers may be anything.
    static func + (left: ObjectiveTally, right: ObjectiveTally) -> ObjectiveTally {
        ObjectiveTally(good: left.good &+ right.good, bad: left.bad &+ right.bad)
    }
}

/// An objective as one deployment has it.
public struct DeploymentObjective: Hashable, Sendable {
    public let objective: Objective
    public let deployment: Deployment

    public init(_ objective: Objective, _ deployment: Deployment) {
        self.objective = objective
        self.deployment = deployment
    }
}

/// What was judged within one whole hour, UTC: the grain in which judgements are stored and summed.
public struct HourTally: Equatable, Sendable {
    public let objective: DeploymentObjective
    /// Whole hours since 1970.
    public let hour: Int64
    public let tally: ObjectiveTally

    public init(_ objective: DeploymentObjective, hour: Int64, tally: ObjectiveTally) {
        self.objective = objective
        self.hour = hour
        self.tally = tally
    }

    fileprivate init(_ judgement: ObjectiveJudgement) {
        self.init(
            DeploymentObjective(judgement.objective, judgement.deployment), hour: judgement.at.hoursSinceEpoch,
            tally: ObjectiveTally(judgement.verdict))
    }

    /// Sums judgements by hour, in the order in which hours first appear: what is to be added to the stored hours.
    public static func summing(_ judgements: [ObjectiveJudgement]) -> [HourTally] {
        var sums: [HourTally] = []
        for entry in judgements.map(HourTally.init) {
            // A commit's judgements lie in one hour, seldom in two: looking through them beats a dictionary.
            if let index = sums.lastIndex(where: { $0.objective == entry.objective && $0.hour == entry.hour }) {
                sums[index] = HourTally(entry.objective, hour: entry.hour, tally: sums[index].tally + entry.tally)
            } else {
                sums.append(entry)
            }
        }
        return sums
    }
}

/// The rolling window of the objectives: whole hours of good and bad.
///
/// The window at a moment is the hour it lies in and the whole hours before that begin less than the window's length
/// ago, UTC. Hours are kept in a number that the window's length bounds; beyond it the oldest are dropped.
public struct ObjectiveWindow: Sendable {
    private let length: TimeSpan
    private let capacity: Int
    private var hours: [DeploymentObjective: Hours] = [:]

    /// A clock that was ahead for a while leaves hours of the future behind: these have room of their own, lest they
    /// drive hours of the window out.
    private static let spareHours: Int64 = 48

    public init(length: TimeSpan) {
        self.length = length
        self.capacity = Int(max(0, length.milliseconds) / millisecondsPerHour + 2 + Self.spareHours)
    }

    public mutating func add(_ judgement: ObjectiveJudgement) {
        add(HourTally(judgement))
    }

    /// Adds a stored hour; several of the same hour add up.
    public mutating func add(_ entry: HourTally) {
        hours[entry.objective, default: Hours()].add(entry.tally, to: entry.hour, capacity: capacity)
    }

    /// Good and bad over the window that ends now.
    public func tally(of objective: DeploymentObjective, at now: Timestamp) -> ObjectiveTally {
        hours[objective]?.sum(of: Self.hours(of: length, endingAt: now)) ?? ObjectiveTally()
    }

    /// The whole hours since 1970 that a window at a moment is made of.
    public static func hours(of length: TimeSpan, endingAt now: Timestamp) -> ClosedRange<Int64> {
        let current = now.hoursSinceEpoch
        // The first hour that begins less than the window's length ago, or the current one if that is earlier.
        return min(current, (now - length).hoursSinceEpoch + 1)...current
    }

    /// When the first hour of a window at a moment begins.
    public static func beginning(of length: TimeSpan, endingAt now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: hours(of: length, endingAt: now).lowerBound * millisecondsPerHour)
    }

    /// How many hours are held in memory, over all objectives.
    var heldHours: Int { hours.values.reduce(0) { $0 + $1.entries.count } }

    /// The hours of one objective, ascending.
    private struct Hours: Sendable {
        private(set) var entries: [(hour: Int64, tally: ObjectiveTally)] = []

        /// Judgements mostly belong to the last hour, so the search begins there.
        mutating func add(_ tally: ObjectiveTally, to hour: Int64, capacity: Int) {
            let index = (entries.lastIndex { $0.hour < hour } ?? -1) + 1
            if index < entries.count, entries[index].hour == hour {
                entries[index].tally = entries[index].tally + tally
                return
            }
            entries.insert((hour, tally), at: index)
            if entries.count > capacity { entries.removeFirst() }
        }

        func sum(of range: ClosedRange<Int64>) -> ObjectiveTally {
            entries.reduce(ObjectiveTally()) { range.contains($1.hour) ? $0 + $1.tally : $0 }
        }
    }
}

private let millisecondsPerHour: Int64 = 3_600_000

extension Timestamp {
    /// Whole hours since 1970, rounded towards the past.
    public var hoursSinceEpoch: Int64 {
        let quotient = milliseconds / millisecondsPerHour
        return milliseconds % millisecondsPerHour < 0 ? quotient - 1 : quotient
    }
}
