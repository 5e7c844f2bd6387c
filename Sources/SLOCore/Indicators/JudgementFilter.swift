/// Which judgements are asked for. What is `nil` matches everything.
public struct JudgementFilter: Equatable, Sendable {
    public var objective: Objective.Name?
    public var deployment: Deployment?
    public var verdicts = Set(ObjectiveJudgement.Verdict.allCases)
    /// `owner/name`, case-insensitive.
    public var repository: String?
    public var chroot: String?
    /// The last part of the chroot.
    public var architecture: String?
    public var branch: String?
    /// Of a check.
    public var name: String?
    /// The first time of judgement, included.
    public var from: Timestamp?
    /// The time of judgement at which they end, not included.
    public var to: Timestamp?

    public init() {}

    /// Whether it tells apart what names a repository, or may reveal one.
    public var asksForNames: Bool {
        repository != nil || chroot != nil || architecture != nil || branch != nil || name != nil
    }
}

/// The boundary between two pages of judgements: their order is by time, then by the rest.
public struct JudgementPlace: Equatable, Sendable {
    public let at: Timestamp
    public let objective: String
    public let entity: Int64
    public let deployment: String

    public init(at: Timestamp, objective: String, entity: Int64, deployment: String) {
        self.at = at
        self.objective = objective
        self.entity = entity
        self.deployment = deployment
    }

    public init(after judgement: ObjectiveJudgement) {
        self.init(
            at: judgement.at, objective: judgement.objective.rawValue, entity: judgement.entity.number,
            deployment: judgement.deployment.label)
    }
}

/// The order of a list by time.
public enum TimeOrder: String, CaseIterable, Sendable {
    case newest
    case oldest
}
