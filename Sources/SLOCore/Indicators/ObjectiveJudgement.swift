/// One event of an objective, judged once and for good.
public struct ObjectiveJudgement: Hashable, Sendable {
    /// Stored text: never renamed.
    public enum Verdict: String, CaseIterable, Hashable, Sendable {
        case good
        case bad
        /// Bad for want of evidence, part of which may have come in a blind interval: counted as bad, at best good.
        case doubtful
        /// Nothing can be said, since the observer was blind: not counted, at worst bad (docs/counting.md, rule 24).
        case unknown
    }

    public let objective: Objective.Name
    public let deployment: Deployment
    /// The change or run.
    public let entity: EntityID
    /// What was known of the event when it was judged.
    public let subject: ObjectiveSelection.Subject
    public let verdict: Verdict
    /// When it was judged; reports count whole hours of these.
    public let at: Timestamp

    public init(
        objective: Objective.Name, deployment: Deployment, entity: EntityID,
        subject: ObjectiveSelection.Subject, verdict: Verdict, at: Timestamp
    ) {
        self.objective = objective
        self.deployment = deployment
        self.entity = entity
        self.subject = subject
        self.verdict = verdict
        self.at = at
    }
}
