/// The settings by which the ledger judges. Plain values, independent of configuration files.
public struct LedgerSettings: Equatable, Sendable {
    /// Which misses count in the initial status objective (docs/counting.md, rule 2).
    public enum Policy: String, CaseIterable, Hashable, Sendable {
        case all
        case learned
        case listed
    }

    /// All configured deployments, in the order of the configuration. Never empty.
    public var deployments: [Deployment] = [Deployment("prod"), Deployment("stg")]

    /// In the order in which people read them.
    public var objectives = Objective.defaults { didSet { indexObjectives() } }
    /// By which the mission's own series judge changes: the default objective, even where it is left out of
    /// `objectives`. Read on every delivery, hence no look-up by name.
    public private(set) var initialStatus = Objective.initialStatus
    /// The other objectives of changes, and all if the default one is left out: shortest deadline first.
    private(set) var furtherJudgesOfChanges: [Judge] = []
    /// By which the series of commands judge: the objective `command_answer`, even where it is left out of
    /// `objectives` (docs/counting.md, *Further indicators*).
    public private(set) var commandAnswer = Objective.commandAnswer
    /// The objectives of all statuses of changes, shortest deadline first.
    private(set) var judgesOfAllStatuses: [Judge] = []
    /// By which the mission's own series judge runs.
    private var buildsDeadline = Objective.builds.deadline
    private var testRunsDeadline = Objective.testRuns.deadline
    private var jobsDeadline = Objective.jobs.deadline
    private var judgesByIndicator = Self.byIndicator(Objective.defaults)
    /// For a ledger that decides a journal again: the objectives that it judges on behalf of a running service, each
    /// up to and including a moment (docs/counting.md, rule 54).
    public var backfillThrough: [Objective.Name: Timestamp] = [:]
    /// The rolling window of the error budgets of objectives that have none of their own.
    public var window = TimeSpan.days(28)

    /// What tells of some indicators' events and is not configured. For people: it changes no number.
    public var missingSources: [Deployment: Set<EventSource>] = [:]

    public var policy = Policy.learned
    /// Globs on `owner/name`.
    public var listedRepositories: [String] = []
    public var ignoredRepositories: [String] = []
    public var learnedWindow = TimeSpan.days(30)

    /// Accounts whose Copr projects Packit names itself.
    public var coprAccounts: Set<String> = ["packit", "packit-stg"]
    /// Repositories of builds in projects that Packit did not name (docs/counting.md, rule 32).
    public var coprProjects: [CoprProjectRule] = []

    public var settle = TimeSpan.minutes(2)
    public var joinWait = TimeSpan.minutes(15)
    public var horizon = TimeSpan.days(7)

    public var openChangesLimit = 200_000
    public var openRunsLimit = 200_000
    public var openCommandsLimit = 200_000
    /// The limit of pull requests, heads, lanes and backend runs in memory.
    public var trackedLimit = 1_000_000
    /// The limit of memory for everything tracked, in bytes.
    public var trackedBytesLimit = 400 << 20
    public var bounds = Bounds()

    public init() {}

    /// The deployment that owns what names none: the one labelled `prod`, otherwise the first (docs/counting.md, rule
    /// 1).
    public var primary: Deployment {
        deployments.first { $0.label == "prod" } ?? deployments.first ?? Deployment("prod")
    }

    /// An objective by its name.
    public subscript(_ name: Objective.Name) -> Objective? {
        get { objectives.first { $0.name == name } }
        set {
            let place = objectives.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let objective?): objectives[place] = objective
            case (let place?, nil): objectives.remove(at: place)
            case (nil, let objective?): objectives.append(objective)
            case (nil, nil): break
            }
        }
    }

    public var initialStatusDeadline: TimeSpan { initialStatus.deadline }

    /// How long after that deadline the final verdict on a change waits for what is still on its way.
    public var initialStatusGrace: TimeSpan { initialStatus.grace }

    /// The longest time from a change's start to its last judgement.
    public var longestInitialStatusWait: TimeSpan {
        (furtherJudgesOfChanges + judgesOfAllStatuses).reduce(initialStatus.terms.longestWait) {
            max($0, $1.terms.longestWait)
        }
    }

    /// The longest time from a command to its last judgement.
    var longestCommandWait: TimeSpan {
        judges(of: .commandAnswer).reduce(commandAnswer.terms.longestWait) { max($0, $1.terms.longestWait) }
    }

    /// By which the series of runs of a kind judge.
    public func deadline(of kind: RunKind) -> TimeSpan {
        switch kind {
        case .build: buildsDeadline
        case .testRun: testRunsDeadline
        case .job: jobsDeadline
        }
    }

    /// Of the objective by which people read the times of all statuses, if there is one.
    public var allStatusesDeadline: TimeSpan? {
        objectives.first(named: .allStatuses, of: .allStatuses)?.deadline
    }

    /// The rolling window of an objective's error budget.
    public func window(of objective: Objective) -> TimeSpan {
        objective.window ?? window
    }

    /// The longest window of an objective.
    public var longestWindow: TimeSpan {
        objectives.reduce(window) { max($0, self.window(of: $1)) }
    }

    /// Whether an objective judges by the verdicts that the mission's own series count.
    var judgesByVerdict: Bool { self[.initialStatus] != nil }

    /// An objective as far as it concerns each event, because a whole one takes longer to copy than to judge.
    struct Judge: Equatable, Sendable {
        let name: Objective.Name
        let indicator: Objective.Indicator
        let terms: Objective.Terms
        /// Its place in `objectives`.
        let place: Int
    }

    /// The objectives of an indicator, shortest deadline first; none of what is not measured.
    func judges(of indicator: Objective.Indicator?) -> [Judge] {
        indicator.flatMap { judgesByIndicator[$0] } ?? []
    }

    /// Whether an objective counts an event.
    func selects(_ subject: ObjectiveSelection.Subject, for judge: Judge) -> Bool {
        objectives[judge.place].selection.contains(subject)
    }

    /// Without a default objective its default deadline goes on.
    private mutating func indexObjectives() {
        func mission(_ objective: Objective) -> Objective { self[objective.name] ?? objective }
        /// The objective that series of a further indicator follow.
        func followed(_ byDefault: Objective) -> Objective {
            if let objective = objectives.first(named: byDefault.name, of: byDefault.indicator) { return objective }
            var objective = byDefault
            objective.grace = mission(.initialStatus).grace
            return objective
        }
        initialStatus = mission(.initialStatus)
        buildsDeadline = mission(.builds).deadline
        testRunsDeadline = mission(.testRuns).deadline
        commandAnswer = followed(.commandAnswer)
        jobsDeadline = followed(.jobs).deadline
        judgesByIndicator = Self.byIndicator(objectives)
        furtherJudgesOfChanges = judges(of: .initialStatus).filter { $0.name != .initialStatus }
        judgesOfAllStatuses = judges(of: .allStatuses)
    }

    private static func byIndicator(_ objectives: [Objective]) -> [Objective.Indicator: [Judge]] {
        Dictionary(grouping: objectives.enumerated(), by: \.element.indicator).mapValues { places in
            let judges = places.map { place, objective in
                Judge(name: objective.name, indicator: objective.indicator, terms: objective.terms, place: place)
            }
            return judges.sorted { $0.terms.deadline < $1.terms.deadline }
        }
    }

    /// The eligibilities that count in the initial status objective, for good and bad events alike (docs/counting.md,
    /// rule 2).
    public var countedEligibilities: [Eligibility] {
        switch policy {
        case .all: Eligibility.allCases
        case .learned: [.listed, .learned]
        case .listed: [.listed]
        }
    }

    public func isListed(_ fullName: String) -> Bool {
        listedRepositories.contains { Glob($0).matches(fullName) }
    }

    public func isIgnored(_ fullName: String) -> Bool {
        ignoredRepositories.contains { Glob($0).matches(fullName) }
    }
}

/// The Copr projects in which a repository's builds are made.
public struct CoprProjectRule: Hashable, Sendable {
    /// A glob on `owner/project`.
    public let projects: String
    /// `owner/name`.
    public let repository: String

    public init(projects: String, repository: String) {
        self.projects = projects
        self.repository = repository
    }
}
