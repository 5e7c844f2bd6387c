public import SLOConditions
public import SLOCore

// The service's interface to pages and API. It hides the names of private repositories unless the configuration shows
// them.

/// Answers the queries of pages and API from the database, without involving the writer.
public protocol QueryAPI: Sendable {
    /// The overview, at most a few seconds old.
    func overview() async throws -> Overview
    /// What waits for a status or an end, of the same moment as the overview.
    func openWork() async throws -> OpenWorkSnapshot
    /// The state of each repository, and what spent the budgets; at most a few minutes old.
    /// - Parameter repository: `owner/name`, for this one only.
    /// - Returns: `nil` for a repository that is unknown or hidden.
    func report(of repository: String?) async throws -> Report?
    /// One page of a pull request.
    /// - Returns: `nil` for a pull request that is unknown or hidden.
    func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestSnapshot.Place
    ) async throws -> PullRequestSnapshot?
    /// The runs that ended within the window, at most a few minutes old.
    func history() async throws -> HistorySnapshot
    /// Runs that have ended, the latest first.
    func endedRuns(_ query: RunQuery) async throws -> EndedRunsSnapshot
    /// The events of objectives, with the changes and runs behind them.
    func events(_ query: EventQuery) async throws -> EventsSnapshot
    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesSnapshot
    /// One delivery of the journal, by its number.
    func delivery(_ sequence: Int64) async throws -> DeliverySnapshot?
    /// What the classification rules do not explain; at most a few minutes old.
    func unexplained() async throws -> UnexplainedSnapshot
    /// What a term finds.
    func search(_ term: SearchTerm) async throws -> SearchSnapshot
    /// All stored blind intervals, the latest first.
    func blindIntervals() async throws -> (at: Timestamp, times: [BlindIntervalSnapshot])
    /// What charts show of an objective.
    /// - Returns: `nil` for an objective that is not configured.
    func charts(
        of objective: Objective.Name, _ deployment: Deployment, over range: ChartRange
    ) async throws -> ChartSnapshot?
    /// What people noted of times that overlap a range, those that end last first.
    func timeNotes(
        from: Timestamp?, through: Timestamp?, limit: Int
    ) async throws -> (at: Timestamp, notes: [TimeNoteSnapshot])
    /// The current state of each source.
    func sources() async throws -> [SourceSnapshot]
    /// The conditions that hold, as of the last evaluation.
    func conditions() async throws -> ConditionsNow
    /// The incidents that lasted at some time of the last days, the latest first.
    func incidents(over span: TimeSpan) async throws -> IncidentsSnapshot
    /// One page of all incidents that raised an alert, the latest first.
    func incidents(before place: IncidentsSnapshot.Place?, limit: Int) async throws -> IncidentsSnapshot
    /// The nodes of the cluster; `nil` without one.
    func nodes() async throws -> NodesSnapshot?
    /// Waits a little until a part of the history is read for the first time after the start.
    /// - Returns: whether it is still being read.
    func isReading(_ part: HistoryPart) async -> Bool
    /// The settings by which the server judges.
    var pageSettings: LedgerSettings { get }
}

/// What is read of the whole history, which takes a while after a start.
public enum HistoryPart: Sendable {
    /// The objectives and what waits.
    case standing
    /// The runs that ended within the window.
    case runs
    /// What spent the budgets.
    case report
}

/// The objectives' state, and the activity of the last day.
public struct Overview: Sendable {
    public struct Standing: Sendable {
        public let objective: Objective
        public let deployment: Deployment
        /// Within the window.
        public let tally: ObjectiveTally
        /// The part of it that is in doubt.
        public let doubt: Doubt
        public let burns: [Burn]
        /// The window's days, UTC, the first one first, including days without events.
        public let days: [Day]
        /// Whether what was due before the objective was added is still being computed: then nothing is counted yet
        /// (docs/counting.md, rule 54).
        public var isComputing = false
        /// When its first events are from, if the journal did not reach back to the beginning of its window.
        public var countsSince: Timestamp?
        /// Without which there is no event; `nil` if it is configured or not needed.
        public var missingSource: EventSource?
    }

    /// Events in doubt because of blind intervals.
    public struct Doubt: Equatable, Sendable {
        /// Counted as bad; some evidence may have been missed.
        public var doubtful: Int64 = 0
        /// Not counted, because nothing is known.
        public var unknown: Int64 = 0
    }

    /// The burn rate over a recent time: at 1 the budget lasts exactly the window.
    public struct Burn: Sendable {
        public let over: TimeSpan
        public let tally: ObjectiveTally
    }

    public struct Day: Sendable {
        public let beginsAt: Timestamp
        public let tally: ObjectiveTally
    }

    /// The activity of the last day.
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
    public let blindIntervals: [BlindIntervalSnapshot]
    public let activity: [Activity]
    public let changes: [Changes]
    /// What people noted of times within the windows.
    public var timeNotes: [TimeNoteSnapshot] = []
}

extension Overview.Standing {
    /// The counts with those in doubt separated, without costs.
    public var counts: JudgementCounts {
        var counts = JudgementCounts()
        counts.good = tally.good
        counts.bad = max(0, tally.bad - doubt.doubtful)
        (counts.doubtful, counts.unknown) = (doubt.doubtful, doubt.unknown)
        return counts
    }
}

/// Incidents that raised an alert, the latest first.
public struct IncidentsSnapshot: Sendable {
    /// Where a page of the list begins.
    public struct Place: Equatable, Sendable {
        /// The beginning of the last incident before it.
        public let beganAt: Timestamp
        /// How many with this beginning are before it.
        public let skipping: Int

        public init(beganAt: Timestamp, skipping: Int) {
            self.beganAt = beganAt
            self.skipping = skipping
        }
    }

    public let at: Timestamp
    public let incidents: [Incident]
    /// Where the next page begins; `nil` at the end.
    public let next: Place?

    public init(at: Timestamp, incidents: [Incident], next: Place? = nil) {
        self.at = at
        self.incidents = incidents
        self.next = next
    }
}

/// An interval in which deliveries were missed, or may have been.
public struct BlindIntervalSnapshot: Equatable, Sendable {
    public let from: Timestamp
    /// `nil` while it lasts.
    public let to: Timestamp?
    /// `down`, `suspended`, `refused`, `missing` or `unverified`.
    public let cause: String
    /// Whether deadlines within it are excluded. Otherwise misses around it are doubtful.
    public let excludes: Bool
    public let caughtUpAt: Timestamp?
}

/// A repository's name as it may be shown.
public enum RepositoryName: Hashable, Sendable {
    case known(String)
    /// Only a backend reported the run, without a repository.
    case unknown
    /// Private, and therefore not shown.
    case hidden

    public var text: String? {
        if case .known(let name) = self { name } else { nil }
    }
}

/// What waits for a status or an end, ready to be shown.
public struct OpenWorkSnapshot: Sendable {
    public struct Item: Sendable {
        public enum Kind: Sendable, Equatable {
            /// A change that waits for its first status.
            case change(Eligibility)
            case run(RunKind)
        }

        /// The current hop. Raw values are part of the API: never renamed.
        public enum Hop: String, CaseIterable, Sendable {
            case status
            /// A test that was accepted but is not submitted within the objective's deadline.
            case submission
            case queued
            case started
            /// The backend has ended it, and its check does not show that yet.
            case report
        }

        public let kind: Kind
        public let deployment: Deployment
        public let repository: RepositoryName
        /// The following are `nil` if the repository is hidden.
        public let pullRequest: Int?
        public let sha: String?
        public let name: String?
        public let chroot: String?
        /// Copr's build or Testing Farm's request.
        public var backendID: String?
        public let since: Timestamp
        public let startedAt: Timestamp?
        public let hop: Hop
        public let deadline: TimeSpan
        public let isOverdue: Bool
        /// Whether a miss spends an error budget.
        public let isCounted: Bool

        /// Until its deadline; negative once that has passed.
        public func timeLeft(at now: Timestamp) -> TimeSpan { deadline - (now - since) }
    }

    public let at: Timestamp
    /// Overdue items first, each part the longest waiting first; limited to some thousands.
    public let items: [Item]
    /// Further items beyond the limit.
    public internal(set) var leftOut: [LeftOut] = []

    public struct LeftOut: Equatable, Sendable {
        public let deployment: Deployment
        /// Whether these are changes; otherwise runs.
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
    /// Where a page begins. What the ledger tracks comes first, then what only history contains.
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
        /// `nil` until it is final.
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
    /// `nil` if only history contains the pull request.
    public let isOpen: Bool?
    public let closedAt: Timestamp?
    /// The heads on this page, the latest first.
    public let heads: [Head]
    /// The previous and next page; `nil` if there is none.
    public let previous: Place?
    public let next: Place?
}

public struct SourceSnapshot: Sendable {
    public let source: Source
    public let lastDelivery: Timestamp?
    /// The median lag behind the provider's time, since counting began.
    public let medianLag: TimeSpan?
    public let outcomes: [(outcome: DeliveryOutcome, count: Int64)]
}

/// The filter of ended runs. `nil` matches everything.
public struct RunQuery: Sendable {
    public var repository: String?
    public var kind: RunKind?
    public var chroot: String?
    public var deployment: Deployment?
    public var outcome: Outcome?
    /// The times at which ends were counted, both included.
    public var from: Timestamp?
    public var until: Timestamp?
    public var before: Place?
    public var limit = 50

    /// The boundary between two pages.
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

        /// A hidden repository's other identifying details are hidden, too.
        public var isHidden: Bool { repository == .hidden }
    }

    public let at: Timestamp
    public let runs: [Run]
    /// Where the next page begins; `nil` at the end.
    public let next: RunQuery.Place?
}
