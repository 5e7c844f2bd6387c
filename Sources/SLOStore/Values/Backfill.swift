public import SLOCore

/// An objective whose judgements are filled in, or have been.
public struct Backfill: Equatable, Sendable {
    public let objective: Objective.Name
    /// The last moment of what is filled in: the service judges what comes later.
    public let through: Timestamp
    /// The beginning of what was filled in; `nil` while that is not known.
    public let beginsAt: Timestamp?
    /// `nil` while judgements are missing.
    public let completedAt: Timestamp?

    public init(
        objective: Objective.Name, through: Timestamp, beginsAt: Timestamp? = nil, completedAt: Timestamp? = nil
    ) {
        self.objective = objective
        self.through = through
        self.beginsAt = beginsAt
        self.completedAt = completedAt
    }
}

/// A judgement that was filled in.
public struct BackfilledJudgement: Equatable, Sendable {
    /// Its entity is a number below zero, which no change or run of the service has.
    public let judgement: ObjectiveJudgement
    /// What spent the budget.
    public let cause: String?

    public init(_ judgement: ObjectiveJudgement, cause: String?) {
        self.judgement = judgement
        self.cause = cause
    }
}
