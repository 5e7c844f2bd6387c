public import SLOCore

/// An event of an objective; for a bad one, with its details from history.
public struct StoredJudgement: Equatable, Sendable {
    public let judgement: ObjectiveJudgement
    /// For a change that was judged bad.
    public let changeVerdict: Verdict?
    /// For a run that was judged bad and has ended since.
    public let runEnd: RunEnd?
    /// What spent the budget, if the judgement was filled in: then history does not contain its change or run.
    public let cause: String?

    public init(
        _ judgement: ObjectiveJudgement, changeVerdict: Verdict? = nil, runEnd: RunEnd? = nil, cause: String? = nil
    ) {
        self.cause = cause
        self.judgement = judgement
        self.changeVerdict = changeVerdict
        self.runEnd = runEnd
    }
}

/// How a run ended.
public struct RunEnd: Equatable, Sendable {
    public let outcome: Outcome
    public let queuedAt: Timestamp?
    public let finishedAt: Timestamp
    /// When the end was counted, or last revised.
    public let countedAt: Timestamp
    public let isRevised: Bool

    public init(_ record: RunRecord) {
        self.init(
            outcome: record.outcome, queuedAt: record.queuedAt, finishedAt: record.finishedAt,
            countedAt: record.countedAt, isRevised: record.revisedOutcome != nil)
    }

    public init(
        outcome: Outcome, queuedAt: Timestamp?, finishedAt: Timestamp, countedAt: Timestamp, isRevised: Bool
    ) {
        self.outcome = outcome
        self.queuedAt = queuedAt
        self.finishedAt = finishedAt
        self.countedAt = countedAt
        self.isRevised = isRevised
    }
}
