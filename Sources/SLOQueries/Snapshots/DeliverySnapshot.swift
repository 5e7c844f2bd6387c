public import SLOCore

/// The filter of deliveries. `nil` matches everything.
public struct DeliveryQuery: Sendable {
    /// A number in the journal, not included.
    public var before: Int64?
    public var source: Source?
    public var event: String?
    public var result: DeliveryOutcome?
    /// `owner/name`, case-insensitive: what was made of the delivery is about it.
    public var repository: String?
    public var pullRequest: Int?
    /// The beginning of a commit's id.
    public var commit: String?
    /// Received at this time or earlier.
    public var until: Timestamp?
    public var limit = 50

    public init() {}
}

public struct DeliveriesSnapshot: Sendable {
    public let at: Timestamp
    public let deliveries: [ShownDelivery]
    /// Where the next page begins; `nil` at the end.
    public let next: Int64?
    public let blindIntervals: [BlindIntervalSnapshot]
}

/// A journalled delivery and what was made of it, as it may be shown.
public struct ShownDelivery: Sendable {
    public let summary: DeliverySummary
    /// The sender's id and GitHub's action; `nil` once the body is not kept any more, or if there is none.
    public internal(set) var id: String?
    public internal(set) var action: String?
    /// `nil` if nothing was made of it.
    public let repository: RepositoryName?
    /// What was made of it. Of a hidden repository only the kinds.
    public let facts: [DeliveryFact]
}

/// One observation that a delivery was decoded to.
public struct DeliveryFact: Equatable, Sendable {
    /// Stable: part of the API.
    public enum Kind: String, CaseIterable, Sendable {
        case changePushed = "change_pushed"
        case changeClosed = "change_closed"
        case statusReported = "status_reported"
        case branchPushed = "branch_pushed"
        case releasePublished = "release_published"
        /// Only the repository's name and whether it is private.
        case repositoryNamed = "repository_named"
        case buildReported = "build_reported"
        case testRunReported = "test_run_reported"
        /// A request at Testing Farm has changed.
        case testRunHinted = "test_run_hinted"
        case commandGiven = "command_given"
        case appCommented = "app_commented"
        /// The answer of an upstream API, which is no delivery.
        case answer
    }

    public let kind: Kind
    public var deployment: Deployment?
    public var pullRequests: [Int] = []
    public var sha: String?
    /// Of a check; a branch or tag; a command.
    public var name: String?
    /// Of a check, a build or a test run; the action of a push.
    public var state: String?
    /// Of a check.
    public var title: String?
    public var chroot: String?
    /// Copr's build or Testing Farm's request.
    public var backendID: String?
    /// The latest of the provider's times.
    public var statedAt: Timestamp?
}

/// One delivery with its body.
public struct DeliverySnapshot: Sendable {
    public enum Body: Equatable, Sendable {
        /// `journal.keep_bodies` or `journal.max_bytes` removed it, or it was never kept.
        case notKept
        /// It is about a private repository, or may be.
        case hidden
        /// Larger than what is shown.
        case tooLarge
        /// It is no JSON, so nothing in it could be masked.
        case unreadable
        /// The JSON text, indented, without secrets; only the beginning of a long one.
        case text(String, isCut: Bool)
    }

    public let at: Timestamp
    public let delivery: ShownDelivery
    public let body: Body
}
