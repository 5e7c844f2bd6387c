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
    public static func + (left: ObjectiveTally, right: ObjectiveTally) -> ObjectiveTally {
        ObjectiveTally(good: left.good &+ right.good, bad: left.bad &+ right.bad)
    }
}

/// An objective as one deployment has it.
public struct DeploymentObjective: Hashable, Sendable {
    public let objective: Objective.Name
    public let deployment: Deployment

    public init(_ objective: Objective.Name, _ deployment: Deployment) {
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

    init(_ judgement: ObjectiveJudgement) {
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
