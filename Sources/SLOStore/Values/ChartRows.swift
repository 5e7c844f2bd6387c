public import SLOCore

/// What charts need of a change that was judged.
public struct JudgedChange: Equatable, Sendable {
    public let deployment: Deployment
    public let verdict: Verdict
    public let isCounted: Bool
    /// From the push to the first status; `nil` if there was none, and never negative.
    public let latency: TimeSpan?
}

/// What charts need of a run that was counted as ended.
public struct CountedRun: Equatable, Sendable {
    public let kind: RunKind
    public let deployment: Deployment
    public let outcome: Outcome
    public let isCounted: Bool
    public let queuedAt: Timestamp?
    public let startedAt: Timestamp?
    public let backendEndedAt: Timestamp?
    public let finishedAt: Timestamp
}
