public import SLOCore
package import SLOStore

/// What spends an error budget. Raw values are keys of the report's JSON: never renamed.
public enum BudgetCost: String, CaseIterable, Hashable, Sendable {
    /// A change got its first status after the deadline.
    case late
    /// A change got no status until its verdict.
    case never
    /// A run ended as an error within the deadline.
    case error
    /// A run had not ended by its deadline.
    case unfinished
    /// A run had not started by its deadline.
    case unstarted
    /// The first attempt of a delivery to the App was not answered with 2xx.
    case failed
    /// A command had no answer by its deadline.
    case unanswered
    /// GitHub did not show by the deadline that a run had ended.
    case unreported

    /// - Returns: `nil` for what spends none, and for a change that history no longer contains.
    package init?(_ stored: StoredJudgement, of objective: Objective) {
        if let cause = stored.cause {
            self.init(rawValue: cause)
            return
        }
        let judgement = stored.judgement
        guard judgement.verdict == .bad || judgement.verdict == .doubtful else { return nil }
        switch objective.indicator {
        case .initialStatus:
            guard let cost = stored.changeVerdict.flatMap(Self.init(of:)) else { return nil }
            self = cost
        case .builds, .testRuns, .jobs:
            let isError = stored.runEnd?.isError(judgedAt: judgement.at, deadline: objective.deadline) ?? false
            self = isError ? .error : .unfinished
        case .buildStart, .testRunStart:
            self = .unstarted
        case .appDeliveries:
            self = .failed
        case .commandAnswer:
            self = .unanswered
        case .buildReport, .testRunReport:
            self = .unreported
        case .allStatuses:
            self = .late
        }
    }

    /// What the verdict by the default objective tells of a change that is bad: for another one with a shorter deadline
    /// it is late even if it was on time.
    private init?(of verdict: Verdict) {
        switch verdict {
        case .onTime, .late: self = .late
        case .never: self = .never
        case .excluded: return nil
        }
    }
}

extension RunEnd {
    /// Whether the run was judged by its end, an error, and not by its deadline.
    fileprivate func isError(judgedAt: Timestamp, deadline: TimeSpan) -> Bool {
        guard outcome == .error else { return false }
        if let queuedAt, finishedAt - queuedAt > deadline { return false }
        return isRevised || judgedAt >= countedAt
    }
}

/// The judgements of an objective, counted, and what follows from them.
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

    /// As the metrics count them: doubtful events are bad, unknown ones are not counted.
    public var tally: ObjectiveTally { ObjectiveTally(good: good, bad: bad + doubtful) }

    /// Events that were counted.
    public var judged: Int64 { good + bad + doubtful }

    /// All events, including unknown ones.
    public var all: Int64 { judged + unknown }

    /// `nil` while there is nothing to judge.
    public var compliance: Double? { tally.compliance }

    /// The bounds of compliance: if all events in doubt were bad, and if all were good; `nil` if there are none.
    public var complianceBounds: (worst: Double, best: Double)? {
        guard doubtful + unknown > 0 else { return nil }
        return (Double(good) / Double(all), Double(good + doubtful + unknown) / Double(all))
    }
}
