public import SLOCore
public import SLOMetrics

// What the pages ask of the service. Names of private repositories stay behind it, unless the configuration lets
// them be shown.

/// Answers the pages' questions, from the database and away from the writer.
public protocol PageSource: Sendable {
    /// How things stand, at most some seconds old.
    func overview() async throws -> Overview
    /// What waits for an answer or an end, of the same moment as the overview.
    func openWork() async throws -> OpenWorkReading
    /// - Returns: `nil` for what is not known, or not to be told of.
    func pullRequest(_ number: Int, in repository: String) async throws -> PullRequestReading?
    /// What ended over the window, at most some minutes old.
    func history() async throws -> HistoryReading
    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesReading
    /// How each source is doing, right now.
    func sources() async throws -> [SourceReading]
    /// What all of it is judged by.
    var pageSettings: LedgerSettings { get }
}

/// How the objectives stand, and what moved lately.
public struct Overview: Sendable {
    public struct Standing: Sendable {
        public let objective: Objective
        public let deployment: Deployment
        public let target: Double
        public let deadline: TimeSpan
        /// Over the window.
        public let tally: ObjectiveTally
        public let burns: [Burn]
        /// The window's days, UTC, the first one first; days on which nothing was judged too.
        public let days: [Day]
    }

    /// How fast the budget went lately: 1 is the pace at which it lasts exactly the window.
    public struct Burn: Sendable {
        public let over: TimeSpan
        public let tally: ObjectiveTally
    }

    public struct Day: Sendable {
        public let beginsAt: Timestamp
        public let tally: ObjectiveTally
    }

    /// What moved within the last day.
    public struct Activity: Sendable {
        public let kind: RunKind
        public let deployment: Deployment
        public var queued: Int64 = 0
        public var started: Int64 = 0
        public var ended: [Outcome: Int64] = [:]
        public var unfinished: Int64 = 0
        public var overdue: Int64 = 0
    }

    public struct Changes: Sendable {
        public let deployment: Deployment
        public var judged: [Verdict: Int64] = [:]
    }

    public let at: Timestamp
    public let window: TimeSpan
    public let standings: [Standing]
    public let blindTimes: [BlindTime]
    public let activity: [Activity]
    public let changes: [Changes]
}

/// A time in which deliveries were missed, or may have been.
public struct BlindTime: Equatable, Sendable {
    public let from: Timestamp
    /// `nil` while it lasts.
    public let to: Timestamp?
    /// `down`, `suspended` or `refused`.
    public let cause: String
    public let caughtUpAt: Timestamp?
}

/// A repository as it may be told.
public enum RepositoryName: Hashable, Sendable {
    case known(String)
    /// Only a backend showed the run, and did not tell.
    case untold
    /// Not to be told.
    case hidden

    public var text: String? {
        if case .known(let name) = self { name } else { nil }
    }
}

/// What waits, ready to be shown.
public struct OpenWorkReading: Sendable {
    public struct Item: Sendable {
        public enum Kind: Sendable, Equatable {
            /// Waits for its first status.
            case change(Eligibility)
            case run(RunKind)
        }

        /// At which hop it is.
        public enum Hop: Sendable, Equatable {
            case status
            case queued
            case started
            /// The backend has ended it, and its check does not say so yet.
            case report
        }

        public let kind: Kind
        public let deployment: Deployment
        public let repository: RepositoryName
        /// All of these are `nil` where the repository is hidden.
        public let pullRequest: Int?
        public let sha: String?
        public let name: String?
        public let chroot: String?
        public let since: Timestamp
        public let startedAt: Timestamp?
        public let hop: Hop
        public let deadline: TimeSpan
        public let isOverdue: Bool
        /// Whether a miss would spend a budget.
        public let isCounted: Bool
    }

    public let at: Timestamp
    /// What is over its deadline first, each part the longest waiting first.
    public let items: [Item]
}

/// One pull request, hop by hop.
public struct PullRequestReading: Sendable {
    public struct Head: Sendable {
        public let sha: String
        public let moves: [PullRequestStory.Move]
        public let changes: [Change]
        public let runs: [Run]
    }

    public struct Change: Sendable {
        public let deployment: Deployment
        public let startedAt: Timestamp
        public let answeredAt: Timestamp?
        /// `nil` until it is given.
        public let verdict: Verdict?
        public let exclusion: Exclusion?
        public let eligibility: Eligibility?
        public let isCounted: Bool
    }

    public struct Run: Sendable {
        public let story: PullRequestStory.Run
        public let revisedOutcome: Outcome?
        public let isCounted: Bool
    }

    public let at: Timestamp
    public let repositoryName: String
    public let isPrivate: Bool
    public let number: Int
    /// `nil` where only history knows it.
    public let isOpen: Bool?
    public let closedAt: Timestamp?
    /// The latest first.
    public let heads: [Head]
}

public struct SourceReading: Sendable {
    public let source: Source
    public let lastDelivery: Timestamp?
    /// Half of its deliveries came at most so long after the provider's time, since counting began.
    public let medianLag: TimeSpan?
    public let results: [(result: DeliveryResult, count: Int64)]
}

public struct DeliveryQuery: Sendable {
    public var before: Int64?
    public var source: Source?
    public var result: DeliveryResult?
    public var limit: Int

    public init(before: Int64? = nil, source: Source? = nil, result: DeliveryResult? = nil, limit: Int = 50) {
        self.before = before
        self.source = source
        self.result = result
        self.limit = limit
    }
}

public struct DeliveriesReading: Sendable {
    public struct Arrival: Sendable {
        public let sequence: Int64
        public let receivedAt: Timestamp
        public let source: Source
        public let event: String
        public let result: String
        public let bodyByteCount: Int64
    }

    public let at: Timestamp
    public let arrivals: [Arrival]
    /// The place before which to go on; `nil` at the end.
    public let next: Int64?
    public let blindTimes: [BlindTime]
}
