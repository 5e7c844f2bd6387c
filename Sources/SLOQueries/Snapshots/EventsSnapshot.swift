public import SLOCore
import SLOStore

/// Which events of objectives to list.
public struct EventQuery: Sendable {
    public var filter = JudgementFilter()
    public var order = EventOrder.newest
    /// Where the page begins; `nil` for the first one. In the order `longest`, its time is when the first page was
    /// read, and its entity the number of events before it.
    public var place: JudgementPlace?
    public var limit = 50

    public init() {}
}

/// The order of a list of events. Raw values are part of the API: never renamed.
public enum EventOrder: String, CaseIterable, Sendable {
    case newest
    case oldest
    /// What took longest first, or has taken longest so far.
    case longest
}

/// One page of the events of objectives.
public struct EventsSnapshot: Sendable {
    public let at: Timestamp
    public let events: [ObjectiveEvent]
    /// Where the next page begins; `nil` at the end.
    public let next: JudgementPlace?
    /// Of a list by duration: whether only the latest of the events that match were compared.
    public var isPartial = false
}

/// An event of an objective: what was judged, and how, as it may be shown.
public struct ObjectiveEvent: Sendable {
    public enum Kind: Equatable, Sendable {
        case change
        case run(RunKind)
        case command
        case appDelivery
    }

    /// What a change or run waited for when its deadline passed.
    public enum Hop: String, CaseIterable, Sendable {
        case status
        case queued
        case started
        case report
    }

    /// What identifies the change or run. A hidden repository's event has none of it.
    public struct Subject: Equatable, Sendable {
        public var pullRequest: Int?
        public var sha: String?
        /// Of the check.
        public var name: String?
        public var chroot: String?
        public var branch: String?
        /// Copr's build or Testing Farm's request.
        public var backendID: String?
    }

    public let objective: Objective.Name
    public let deployment: Deployment
    public let kind: Kind
    public let verdict: ObjectiveJudgement.Verdict
    public let judgedAt: Timestamp
    /// `nil` if the objective is not configured any more, or has none.
    public let deadline: TimeSpan?
    /// What it spent of the error budget; `nil` for what spent nothing.
    public let cause: BudgetCost?
    public let repository: RepositoryName
    public let subject: Subject
    /// When the wait began: the push, or the queueing.
    public let since: Timestamp?
    public let startedAt: Timestamp?
    /// The first status, or the end.
    public let endedAt: Timestamp?
    /// For a run that has ended.
    public let outcome: Outcome?
    public let reason: OutcomeReason?
    /// For a change.
    public let changeVerdict: Verdict?
    /// For what missed its deadline.
    public let hop: Hop?

    /// From the beginning of the wait to its end, or to now.
    func lasting(until now: Timestamp) -> TimeSpan? { since.map { max(.zero, (endedAt ?? now) - $0) } }

    /// From the beginning of the wait to its end.
    public var duration: TimeSpan? { since.flatMap { since in endedAt.map { max(.zero, $0 - since) } } }
}
