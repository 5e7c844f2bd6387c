public import SLOCore

// What the pages and the API ask of the service. Names of private repositories stay behind it, unless the
// configuration lets them be shown.

/// Answers the questions of pages and API, from the database and away from the writer.
public protocol QueryAPI: Sendable {
    /// How things stand, at most some seconds old.
    func overview() async throws -> Overview
    /// What waits for an answer or an end, of the same moment as the overview.
    func openWork() async throws -> OpenWorkSnapshot
    /// How each repository stands, and what cost the budgets, at most some minutes old.
    /// - Parameter repository: `owner/name`, to tell of that one alone.
    /// - Returns: `nil` for a repository that is not known, or not to be told of.
    func report(of repository: String?) async throws -> Report?
    /// One page of a pull request.
    /// - Returns: `nil` for what is not known, or not to be told of.
    func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestSnapshot.Place
    ) async throws -> PullRequestSnapshot?
    /// What ended over the window, at most some minutes old.
    func history() async throws -> HistorySnapshot
    /// Single runs that have ended, the latest first.
    func endedRuns(_ query: RunQuery) async throws -> EndedRunsSnapshot
    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesSnapshot
    /// All that are kept, the latest first.
    func blindTimes() async throws -> (at: Timestamp, times: [BlindTime])
    /// How each source is doing, right now.
    func sources() async throws -> [SourceSnapshot]
    /// What all of it is judged by.
    var pageSettings: LedgerSettings { get }
}

/// How the objectives stand, and what moved lately.
public struct Overview: Sendable {
    public struct Standing: Sendable {
        public let objective: Objective
        public let deployment: Deployment
        /// Over the window.
        public let tally: ObjectiveTally
        /// What of that is in doubt.
        public let doubt: Doubt
        public let burns: [Burn]
        /// The window's days, UTC, the first one first; days on which nothing was judged too.
        public let days: [Day]
    }

    /// Events of which blind times hide the truth.
    public struct Doubt: Equatable, Sendable {
        /// Counted as bad; part of the evidence may have been missed.
        public var doubtful: Int64 = 0
        /// Not counted: nothing can be said.
        public var unknown: Int64 = 0
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
        public static let span = TimeSpan.days(1)

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

extension Overview.Standing {
    /// What is in doubt apart from what is not; without costs.
    public var counts: JudgementCounts {
        var counts = JudgementCounts()
        counts.good = tally.good
        counts.bad = max(0, tally.bad - doubt.doubtful)
        (counts.doubtful, counts.unknown) = (doubt.doubtful, doubt.unknown)
        return counts
    }
}

/// A time in which deliveries were missed, or may have been.
public struct BlindTime: Equatable, Sendable {
    public let from: Timestamp
    /// `nil` while it lasts.
    public let to: Timestamp?
    /// `down`, `suspended`, `refused`, `missing` or `unverified`.
    public let cause: String
    /// Whether the deadlines in it are excluded, or misses around it only in doubt.
    public let excludes: Bool
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
public struct OpenWorkSnapshot: Sendable {
    public struct Item: Sendable {
        public enum Kind: Sendable, Equatable {
            /// Waits for its first status.
            case change(Eligibility)
            case run(RunKind)
        }

        /// At which hop it is.
        public enum Hop: Sendable, Equatable {
            case status
            /// A test that was accepted and not submitted, for longer than its objective allows.
            case submission
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
    /// What is over its deadline first, each part the longest waiting first; the first some thousand.
    public let items: [Item]
    /// How much more waits that is not among them.
    public internal(set) var leftOut: [LeftOut] = []

    public struct LeftOut: Equatable, Sendable {
        public let deployment: Deployment
        /// Whether changes or runs are meant.
        public let isChanges: Bool
        public let isOverdue: Bool
        public let count: Int
    }

    /// How many changes of a deployment wait for their first status.
    public func waitingChanges(of deployment: Deployment) -> Int {
        items.count { $0.deployment == deployment && $0.hop == .status }
            + leftOut.filter { $0.deployment == deployment && $0.isChanges }.reduce(0) { $0 + $1.count }
    }
}

/// One page of a pull request, hop by hop.
public struct PullRequestSnapshot: Sendable {
    /// Where a page begins: what the ledger remembers comes first, then what history alone knows.
    public enum Place: Equatable, Sendable {
        case remembered(PullRequestStory.Place)
        /// A page, counted from 0.
        case history(page: Int)

        public static let start = Place.remembered(.start)
    }

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
    /// What is told of them on this page, the latest first.
    public let heads: [Head]
    /// Where the page before and the next one begin; `nil` where there is none.
    public let previous: Place?
    public let next: Place?
}

public struct SourceSnapshot: Sendable {
    public let source: Source
    public let lastDelivery: Timestamp?
    /// Half of its deliveries came at most so long after the provider's time, since counting began.
    public let medianLag: TimeSpan?
    public let outcomes: [(outcome: DeliveryOutcome, count: Int64)]
}

/// Which of the runs that have ended are asked for. What is `nil` does not matter.
public struct RunQuery: Sendable {
    public var repository: String?
    public var kind: RunKind?
    public var chroot: String?
    public var deployment: Deployment?
    public var outcome: Outcome?
    /// Times at which ends were counted, both included.
    public var from: Timestamp?
    public var until: Timestamp?
    public var before: Place?
    public var limit = 50

    /// Where one page ends and the next begins.
    public struct Place: Sendable {
        public let countedAt: Timestamp
        public let run: Int64

        public init(countedAt: Timestamp, run: Int64) {
            self.countedAt = countedAt
            self.run = run
        }
    }

    public init() {}
}

public struct EndedRunsSnapshot: Sendable {
    public struct Run: Sendable {
        public let record: RunRecord
        public let repository: RepositoryName

        /// Where the repository is hidden, all that may give it away is, too.
        public var isHidden: Bool { repository == .hidden }
    }

    public let at: Timestamp
    public let runs: [Run]
    /// The place before which to go on; `nil` at the end.
    public let next: RunQuery.Place?
}

public struct DeliveryQuery: Sendable {
    public var before: Int64?
    public var source: Source?
    public var result: DeliveryOutcome?
    public var limit: Int

    public init(before: Int64? = nil, source: Source? = nil, result: DeliveryOutcome? = nil, limit: Int = 50) {
        self.before = before
        self.source = source
        self.result = result
        self.limit = limit
    }
}

public struct DeliveriesSnapshot: Sendable {
    public let at: Timestamp
    public let deliveries: [DeliverySummary]
    /// The place before which to go on; `nil` at the end.
    public let next: Int64?
    public let blindTimes: [BlindTime]
}
