public import SLOCore
public import SLOStore

/// How the objectives stand over a window, what cost their budgets, and what is stuck now.
public struct Report: Equatable, Sendable {
    /// One objective of one deployment.
    public struct Standing: Equatable, Sendable {
        public let objective: Objective
        public let deployment: Deployment
        public var counts: JudgementCounts

        /// The part of the error budget that is left, not clamped; `nil` while there is nothing to judge.
        public var budgetRemaining: Double? { counts.tally.errorBudgetRemaining(target: objective.target) }
    }

    /// One objective of one deployment in one repository.
    public struct RepositoryStanding: Equatable, Sendable {
        /// What is shown instead of a name.
        public enum Name: Hashable, Sendable {
            case known(String)
            /// Only a backend showed the runs, and did not tell.
            case untold
            /// Not to be told.
            case hidden
        }

        public let objective: Objective.Name
        public let deployment: Deployment
        public let name: Name
        public let counts: JudgementCounts
    }

    /// What waits for an answer or an end at the time of the report.
    public struct OpenWork: Equatable, Sendable {
        public let waitingChanges: [WaitingChange]
        /// Of those whose end is not heard of, the ones that take longer than their objective allows come first.
        public let unfinishedRuns: [UnfinishedRun]
    }

    /// The objectives over the window before, which ended where the report's begins.
    public struct Before: Equatable, Sendable {
        public let beginsAt: Timestamp
        /// The first that was judged in it: what lies before that was not observed, or is forgotten.
        public let firstJudgedAt: Timestamp
        public let standings: [Standing]
    }

    /// The same numbers under the settings in force, beside those under other ones.
    public struct Comparison: Equatable, Sendable {
        public struct Setting: Equatable, Sendable {
            public let key: String
            public let value: String

            public init(key: String, value: String) {
                self.key = key
                self.value = value
            }
        }

        public let settings: [Setting]
        public let asItWas: [Standing]

        public init(settings: [Setting], asItWas: [Standing]) {
            self.settings = settings
            self.asItWas = asItWas
        }
    }

    /// Where the numbers come from. Raw values are part of the report's JSON: never renamed.
    public enum Basis: String, Sendable {
        /// What the server judged, as its database keeps it.
        case database
        /// What its journal yields when it is judged again.
        case journal
        case recordings
    }

    public let basis: Basis
    /// The end of the window.
    public let at: Timestamp
    /// When the window's first hour begins.
    public let beginsAt: Timestamp
    public let window: TimeSpan
    /// By deployment in the order of the configuration, and objective.
    public var standings: [Standing]
    /// The worst first.
    public var repositories: [RepositoryStanding]
    /// Whether each repository that was judged is in `repositories`; otherwise some are told together as untold.
    public let tellsOfAll: Bool
    /// `nil` where nothing was judged in the window before.
    public let before: Before?
    /// What lay in the window at least in part, in the order of the starts.
    public let blindIntervals: [BlindInterval]
    /// `nil` where the report is of a time that is past.
    public let openWork: OpenWork?
    /// Set where the standings are what they would have been.
    public var comparison: Comparison?
    /// What a reader must know to read the numbers right, in sentences.
    public var notes: [String] = []
}

extension [Report.Standing] {
    /// The same objective of the same deployment.
    public func like(_ other: Report.Standing) -> Report.Standing? {
        first { $0.objective.name == other.objective.name && $0.deployment == other.deployment }
    }
}
