public import SLOCore
public import SLOStore

/// Adds judgements up to a report. Its memory is bounded: repositories beyond `repositoriesLimit` are combined.
public struct ReportBuilder: Sendable {
    static let repositoriesLimit = 20_000

    /// The beginning of the first hour of the window that objectives have by default.
    public let beginsAt: Timestamp
    /// The time from which on judgements are needed: the earliest beginning of a window, or of a previous window if
    /// they are included.
    public let readsFrom: Timestamp
    private let looksBack: Bool
    /// Of the objectives that are configured.
    private let windows: [Objective.Name: Window]
    /// The end of the window.
    public let at: Timestamp
    private let settings: LedgerSettings
    private var counts: [Key: JudgementCounts] = [:]
    private var repositoryNames: Set<String> = []
    private var listsAllRepositories = true
    /// The counts of the previous window, without repositories.
    private var countsBefore: [Key: JudgementCounts] = [:]
    private var firstJudgedBefore: Timestamp?

    private struct Key: Hashable {
        let objective: Objective.Name
        let deployment: Deployment
        let repositoryName: String?
    }

    /// - Parameter looksBack: whether to include the previous window.
    public init(settings: LedgerSettings, at: Timestamp, looksBack: Bool) {
        self.settings = settings
        self.at = at
        self.looksBack = looksBack
        beginsAt = ObjectiveWindow.beginning(of: settings.window, endingAt: at)
        windows = Dictionary(
            settings.objectives.map { ($0.name, Window(of: settings.window(of: $0), endingAt: at)) }
        ) { first, _ in first }
        let longest = Window(of: settings.longestWindow, endingAt: at)
        readsFrom = looksBack ? longest.previousBeginsAt : longest.beginsAt
    }

    private struct Window {
        let beginsAt: Timestamp
        let previousBeginsAt: Timestamp

        init(of length: TimeSpan, endingAt at: Timestamp) {
            beginsAt = ObjectiveWindow.beginning(of: length, endingAt: at)
            previousBeginsAt = beginsAt - length
        }
    }

    /// Adds a judgement. Those outside the windows are ignored.
    public mutating func add(_ stored: StoredJudgement) {
        let judgement = stored.judgement
        let window = windows[judgement.objective] ?? Window(of: settings.window, endingAt: at)
        guard judgement.at >= (looksBack ? window.previousBeginsAt : window.beginsAt), judgement.at <= at else {
            return
        }
        let isBefore = judgement.at < window.beginsAt
        let key = Key(
            objective: judgement.objective, deployment: judgement.deployment,
            repositoryName: isBefore ? nil : judgement.repositoryName.flatMap { named($0) })
        let cost = settings[judgement.objective].flatMap { BudgetCost(stored, of: $0) }
        if isBefore {
            firstJudgedBefore = min(firstJudgedBefore ?? judgement.at, judgement.at)
            countsBefore[key, default: JudgementCounts()].add(judgement.verdict, cost: cost)
        } else {
            counts[key, default: JudgementCounts()].add(judgement.verdict, cost: cost)
        }
    }

    /// - Returns: `nil` for a repository that is combined with others.
    private mutating func named(_ name: String) -> String? {
        if repositoryNames.contains(name) { return name }
        guard repositoryNames.count < Self.repositoriesLimit else {
            listsAllRepositories = false
            return nil
        }
        repositoryNames.insert(name)
        return name
    }

    /// - Parameters:
    ///   - blindIntervals: all known ones; those outside the window are left out.
    ///   - ledger: the state at the end of the window, if it is known.
    public func report(
        basis: Report.Basis, blindIntervals: [BlindInterval], openWorkOf ledger: Ledger?
    ) -> Report {
        Report(
            basis: basis, at: at, beginsAt: beginsAt, window: settings.window, standings: standings(of: counts),
            repositories: repositories.sorted(by: Self.isWorse), listsAllRepositories: listsAllRepositories,
            before: before,
            blindIntervals: blindIntervals.filter { $0.startedAt <= at && ($0.endedAt ?? at) >= beginsAt },
            openWork: ledger.map(Report.OpenWork.init(of:)))
    }

    private var before: Report.Before? {
        firstJudgedBefore.map {
            Report.Before(
                beginsAt: beginsAt - settings.window, firstJudgedAt: $0, standings: standings(of: countsBefore))
        }
    }

    private func standings(of counts: [Key: JudgementCounts]) -> [Report.Standing] {
        deployments.flatMap { deployment in
            settings.objectives.map { objective in
                let counts = counts.filter { $0.key.objective == objective.name && $0.key.deployment == deployment }
                return Report.Standing(
                    objective: objective, deployment: deployment, counts: counts.values.reduce(JudgementCounts(), +))
            }
        }
    }

    /// The configured deployments, then former ones.
    private var deployments: [Deployment] {
        var deployments: [Deployment] = []
        let former = Set(counts.keys.map(\.deployment)).sorted()
        for deployment in settings.deployments + former where !deployments.contains(deployment) {
            deployments.append(deployment)
        }
        return deployments
    }

    private var repositories: [Report.RepositoryStanding] {
        counts.map { key, counts in
            Report.RepositoryStanding(
                objective: key.objective, deployment: key.deployment,
                name: key.repositoryName.map(Report.RepositoryStanding.Name.known) ?? .unknown, counts: counts)
        }
    }

    /// By compliance, then by the number of bad events, then by names, so that the order is stable.
    static func isWorse(_ left: Report.RepositoryStanding, _ right: Report.RepositoryStanding) -> Bool {
        func rank(_ row: Report.RepositoryStanding) -> (Double, Int64, Int64) {
            (row.counts.compliance ?? 2, -row.counts.tally.bad, -row.counts.all)
        }
        let (leftRank, rightRank) = (rank(left), rank(right))
        if leftRank != rightRank { return leftRank < rightRank }
        func names(_ row: Report.RepositoryStanding) -> (String, String, String) {
            (row.name.text ?? "", row.deployment.label, row.objective.rawValue)
        }
        return names(left) < names(right)
    }
}

extension Report.RepositoryStanding.Name {
    public var text: String? {
        if case .known(let name) = self { name } else { nil }
    }
}

extension Report.OpenWork {
    init(of ledger: Ledger) {
        let runs = ledger.unfinishedRuns
        self.init(
            waitingChanges: ledger.waitingChanges,
            unfinishedRuns: runs.filter(\.isOverdue) + runs.filter { !$0.isOverdue })
    }
}
