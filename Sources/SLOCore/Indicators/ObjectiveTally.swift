/// Good and bad events of one objective of one deployment.
public struct ObjectiveTally: Equatable, Sendable {
    public var good: Int64
    public var bad: Int64

    public init(good: Int64 = 0, bad: Int64 = 0) {
        self.good = good
        self.bad = bad
    }

    /// The tally of one event.
    init(_ verdict: ObjectiveJudgement.Verdict) {
        switch verdict {
        case .good: self.init(good: 1)
        case .bad, .doubtful: self.init(bad: 1)
        case .unknown: self.init()
        }
    }

    private var all: Double { Double(good) + Double(bad) }

    /// The ratio of good events; `nil` while there are none.
    public var compliance: Double? {
        all > 0 ? Double(good) / all : nil
    }

    /// The remaining part of the error budget: 1 if no event was bad, below 0 if overspent. `nil` without events, and
    /// for a target that allows no bad events.
    public func errorBudgetRemaining(target: Double) -> Double? {
        guard all > 0, target < 1 else { return nil }
        // Targets are short decimals: this corrects the binary error of 1 − 0.98.
        let allowed = ((1 - target) * 1e12).rounded() / 1e12
        return allowed > 0 ? 1 - (Double(bad) / all) / allowed : nil
    }

    /// Wraps instead of trapping, because stored numbers may be anything.
    public static func + (left: ObjectiveTally, right: ObjectiveTally) -> ObjectiveTally {
        ObjectiveTally(good: left.good &+ right.good, bad: left.bad &+ right.bad)
    }
}

/// An objective of one deployment.
public struct DeploymentObjective: Hashable, Sendable {
    public let objective: Objective.Name
    public let deployment: Deployment

    public init(_ objective: Objective.Name, _ deployment: Deployment) {
        self.objective = objective
        self.deployment = deployment
    }
}

/// The judgements of one whole hour, UTC, the unit in which they are stored and summed.
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

    init(_ judgement: ObjectiveJudgement) {
        self.init(
            DeploymentObjective(judgement.objective, judgement.deployment), hour: judgement.at.hoursSinceEpoch,
            tally: ObjectiveTally(judgement.verdict))
    }

    /// Sums judgements by hour, in order of the hours' first appearance, to be added to the stored hours.
    public static func summing(_ judgements: [ObjectiveJudgement]) -> [HourTally] {
        var sums: [HourTally] = []
        for entry in judgements.map(HourTally.init) {
            // A commit's judgements are in one hour, rarely in two: a search is faster than a dictionary.
            if let index = sums.lastIndex(where: { $0.objective == entry.objective && $0.hour == entry.hour }) {
                sums[index] = HourTally(entry.objective, hour: entry.hour, tally: sums[index].tally + entry.tally)
            } else {
                sums.append(entry)
            }
        }
        return sums
    }
}
