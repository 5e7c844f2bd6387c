public import SLOCore
import SLOStore

/// What cost an error budget. Raw values are keys of the report's JSON: never renamed.
public enum BudgetCost: String, CaseIterable, Hashable, Sendable {
    /// A change got its first status after the deadline.
    case late
    /// A change got no status until its verdict.
    case never
    /// A run ended as an error in time.
    case error
    /// A run had not ended by its deadline.
    case unfinished

    /// - Returns: `nil` for what cost nothing, and where history has forgotten the change.
    init?(_ stored: StoredJudgement, of objective: Objective) {
        let judgement = stored.judgement
        guard judgement.verdict == .bad || judgement.verdict == .doubtful else { return nil }
        guard objective.indicator.runKind == nil else {
            let isError = stored.runEnd?.isError(judgedAt: judgement.at, deadline: objective.deadline) ?? false
            self = isError ? .error : .unfinished
            return
        }
        switch stored.changeVerdict {
        case .late: self = .late
        case .never: self = .never
        case .onTime, .excluded, nil: return nil
        }
    }
}

extension RunEnd {
    /// Whether it was the run's end that was judged, as an error, and not its delay.
    fileprivate func isError(judgedAt: Timestamp, deadline: TimeSpan) -> Bool {
        guard outcome == .error else { return false }
        if let queuedAt, finishedAt - queuedAt > deadline { return false }
        return isRevised || judgedAt >= countedAt
    }
}

/// Events of an objective by how they were judged, and what follows from that.
public struct JudgementCounts: Equatable, Sendable {
    public var good: Int64 = 0
    public var bad: Int64 = 0
    public var doubtful: Int64 = 0
    public var unknown: Int64 = 0
    public var costs: [BudgetCost: Int64] = [:]

    public init() {}

    mutating func add(_ verdict: ObjectiveJudgement.Verdict, cost: BudgetCost?) {
        switch verdict {
        case .good: good += 1
        case .bad: bad += 1
        case .doubtful: doubtful += 1
        case .unknown: unknown += 1
        }
        if let cost { costs[cost, default: 0] += 1 }
    }

    static func + (left: JudgementCounts, right: JudgementCounts) -> JudgementCounts {
        var sum = left
        sum.good += right.good
        sum.bad += right.bad
        sum.doubtful += right.doubtful
        sum.unknown += right.unknown
        sum.costs.merge(right.costs) { $0 + $1 }
        return sum
    }

    /// As the series count them: what is doubtful is bad, what is unknown is not counted.
    public var tally: ObjectiveTally { ObjectiveTally(good: good, bad: bad + doubtful) }

    /// Events that were counted.
    public var judged: Int64 { good + bad + doubtful }

    /// All that should have been judged.
    public var all: Int64 { judged + unknown }

    /// `nil` while there is nothing to judge.
    public var compliance: Double? { tally.compliance }

    /// What compliance may have been in truth, at worst and at best; `nil` where nothing is in doubt.
    public var complianceBounds: (worst: Double, best: Double)? {
        guard doubtful + unknown > 0 else { return nil }
        return (Double(good) / Double(all), Double(good + doubtful + unknown) / Double(all))
    }
}
