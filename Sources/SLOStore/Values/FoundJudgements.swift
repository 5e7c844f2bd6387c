public import SLOCore

/// A page of judgements.
public struct FoundJudgements: Equatable, Sendable {
    public struct Item: Equatable, Sendable {
        public let judgement: ObjectiveJudgement
        /// What spent the budget, if the judgement was filled in.
        public let cause: String?
    }

    public let items: [Item]
    /// Where the next page begins; `nil` if nothing is left.
    public let next: JudgementPlace?
}
