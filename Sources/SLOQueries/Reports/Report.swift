public import SLOCore
public import SLOStore

/// The objectives' state over a window, what spent their budgets, and what is open now.
public struct Report: Equatable, Sendable {
    /// One objective of one deployment.
    public struct Standing: Equatable, Sendable {
        public let objective: Objective
        public let deployment: Deployment
        public var counts: JudgementCounts
        /// The same without the events that people's notes touch; `nil` if there are no notes.
        public var withoutNotes: JudgementCounts?

        /// The remaining part of the error budget, which may be negative; `nil` while there is nothing to judge.
        public var budgetRemaining: Double? { counts.tally.errorBudgetRemaining(target: objective.target) }
    }

    /// By what the events of an objective are told apart. Raw values are part of the API: never renamed.
    public enum Dimension: String, CaseIterable, Hashable, Sendable {
        case repository
        case chroot
        /// The last part of the chroot.
        case architecture
        /// The base of a pull request, else the branch or tag.
        case branch
        case checkName = "check_name"

        /// For people.
        public var title: String { words.title }

        public var plural: String { words.plural }

        private var words: (title: String, plural: String) {
            switch self {
            case .repository: ("Repository", "Repositories")
            case .chroot: ("Chroot", "Chroots")
            case .architecture: ("Architecture", "Architectures")
            case .branch: ("Branch", "Branches")
            case .checkName: ("Check name", "Check names")
            }
        }
    }

    /// A part of the events of one objective of one deployment: those of one repository, of one chroot, and so on.
    public struct Part: Equatable, Sendable {
        /// The name as it may be shown.
        public enum Name: Hashable, Sendable {
            case known(String)
            /// Not told, as where only a backend reported the runs; and the parts beyond the limit, combined.
            case unknown
            /// Of private repositories, and therefore not shown.
            case hidden
        }

        public let objective: Objective.Name
        public let deployment: Deployment
        public let dimension: Dimension
        public let name: Name
        public let counts: JudgementCounts
        /// The ratio of the objective's error budget that the part spent; `nil` if there is none to spend.
        public let budgetSpent: Double?
    }

    /// What waits for a status or an end at the time of the report.
    public struct OpenWork: Equatable, Sendable {
        public let waitingChanges: [WaitingChange]
        /// Overdue runs first.
        public let unfinishedRuns: [UnfinishedRun]
    }

    /// The objectives over the previous window, which ends where the report's begins.
    public struct Before: Equatable, Sendable {
        public let beginsAt: Timestamp
        /// The first judgement in it. What happened before was not observed, or is deleted.
        public let firstJudgedAt: Timestamp
        public let standings: [Standing]

        /// Whether enough of it was observed to speak of a change: at least half.
        /// - Parameter end: where the report's window begins.
        public func isComparable(until end: Timestamp) -> Bool {
            (end - firstJudgedAt).milliseconds * 2 >= (end - beginsAt).milliseconds
        }
    }

    /// The same counts under the settings in force, for comparison with those under other settings.
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

    /// The source of the counts. Raw values are part of the report's JSON: never renamed.
    public enum Basis: String, Sendable {
        /// The server's judgements, from its database.
        case database
        /// The server's journal, judged again.
        case journal
        case recordings
    }

    public let basis: Basis
    /// The end of the window.
    public let at: Timestamp
    /// The beginning of the window's first hour.
    public let beginsAt: Timestamp
    /// The window of all objectives that have none of their own.
    public let window: TimeSpan
    /// By deployment in the order of the configuration, then by objective.
    public var standings: [Standing]
    /// Of each dimension, what spent most of its error budget first.
    public var parts: [Dimension: [Part]]
    /// Whether every repository is listed by itself; otherwise some are combined as `unknown`.
    public let listsAllRepositories: Bool
    /// `nil` if nothing was judged in the previous window.
    public let before: Before?
    /// Those that overlap the window, in order of their starts.
    public let blindIntervals: [BlindInterval]
    /// What people noted of times that overlap the windows, those that end last first. No number leaves them out,
    /// except `withoutNotes`.
    public let timeNotes: [TimeNoteSnapshot]
    /// `nil` if the report's time is in the past.
    public let openWork: OpenWork?
    /// Set if the standings are those under other settings.
    public var comparison: Comparison?
    /// What a reader must know to interpret the numbers, in sentences.
    public var notes: [String] = []
}

extension Report {
    public func parts(by dimension: Dimension) -> [Part] { parts[dimension] ?? [] }
}

extension [Report.Standing] {
    /// The standing of the same objective and deployment.
    public func like(_ other: Report.Standing) -> Report.Standing? {
        first { $0.objective.name == other.objective.name && $0.deployment == other.deployment }
    }
}
