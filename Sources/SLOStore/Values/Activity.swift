public import SLOCore

/// Runs of one kind within a time range.
public struct RunActivity: Equatable, Sendable {
    public let kind: RunKind
    public let deployment: Deployment
    public let outcome: Outcome
    /// How many ended with the outcome; and how many of these were queued, and started, within the same range.
    public let ended: Int64
    public let queued: Int64
    public let started: Int64
}

/// Changes judged within a time range.
public struct ChangeActivity: Equatable, Sendable {
    public let deployment: Deployment
    public let verdict: Verdict
    public let count: Int64
}

/// Good and bad events of one objective within a time range, as counted.
public struct ObjectiveCount: Equatable, Sendable {
    public let objective: Objective.Name
    public let deployment: Deployment
    public let good: Int64
    public let bad: Int64
}

/// Judgements of one objective that are in doubt: `doubtful` or `unknown`.
public struct DoubtCount: Equatable, Sendable {
    public let objective: Objective.Name
    public let deployment: Deployment
    public let verdict: ObjectiveJudgement.Verdict
    public let count: Int64
}
