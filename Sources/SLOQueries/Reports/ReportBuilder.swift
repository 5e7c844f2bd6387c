public import SLOCore
public import SLOStore

/// Adds judgements up to a report. What it holds is bounded: of more repositories than `repositoriesLimit` the rest are
/// told together.
public struct ReportBuilder: Sendable {
    static let repositoriesLimit = 20_000

    /// When the window's first hour begins.
    public let beginsAt: Timestamp
    /// When the window before begins, if that is looked at: judgements from here on are wanted.
    public let readsFrom: Timestamp
    /// The end of the window.
    public let at: Timestamp
    private let settings: LedgerSettings
    private var counts: [Key: JudgementCounts] = [:]
    private var repositoryNames: Set<String> = []
    private var tellsOfAll = true
    /// Of the window before, with repositories taken together.
    private var countsBefore: [Key: JudgementCounts] = [:]
    private var firstJudgedBefore: Timestamp?

    private struct Key: Hashable {
        let objective: Objective.Name
        let deployment: Deployment
        let repositoryName: String?
    }

    /// - Parameter looksBack: whether to tell how the objectives stood in the window before, too.
    public init(settings: LedgerSettings, at: Timestamp, looksBack: Bool) {
        self.settings = settings
        self.at = at
        beginsAt = ObjectiveWindow.beginning(of: settings.window, endingAt: at)
        readsFrom = looksBack ? beginsAt - settings.window : beginsAt
    }

    /// Adds what was judged; what lies outside the windows does nothing.
    public mutating func add(_ stored: StoredJudgement) {
        let judgement = stored.judgement
        guard judgement.at >= readsFrom, judgement.at <= at else { return }
        let isBefore = judgement.at < beginsAt
        let key = Key(
            objective: judgement.objective, deployment: judgement.deployment,
            repositoryName: isBefore ? nil : judgement.repositoryName.flatMap { told($0) })
        let cost = settings[judgement.objective].flatMap { BudgetCost(stored, of: $0) }
        if isBefore {
            firstJudgedBefore = min(firstJudgedBefore ?? judgement.at, judgement.at)
            countsBefore[key, default: JudgementCounts()].add(judgement.verdict, cost: cost)
        } else {
            counts[key, default: JudgementCounts()].add(judgement.verdict, cost: cost)
        }
    }

    /// - Returns: `nil` for a repository that is told of together with others.
    private mutating func told(_ name: String) -> String? {
        if repositoryNames.contains(name) { return name }
        guard repositoryNames.count < Self.repositoriesLimit else {
            tellsOfAll = false
            return nil
        }
        repositoryNames.insert(name)
        return name
    }

    /// - Parameters:
    ///   - blindIntervals: all that are known; those outside the window are left out.
    ///   - ledger: the state at the end of the window, if that is known.
    public func report(
        basis: Report.Basis, blindIntervals: [BlindInterval], openWorkOf ledger: Ledger?
    ) -> Report {
        Report(
            basis: basis, at: at, beginsAt: beginsAt, window: settings.window, standings: standings(of: counts),
            repositories: repositories.sorted(by: Self.isWorse), tellsOfAll: tellsOfAll, before: before,
            blindIntervals: blindIntervals.filter { $0.startedAt <= at && ($0.endedAt ?? at) >= beginsAt },
            openWork: ledger.map(Report.OpenWork.init(of:)))
    }

    private var before: Report.Before? {
        firstJudgedBefore.map {
            Report.Before(beginsAt: readsFrom, firstJudgedAt: $0, standings: standings(of: countsBefore))
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

    /// The configured ones, then those that were.
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
                name: key.repositoryName.map(Report.RepositoryStanding.Name.known) ?? .untold, counts: counts)
        }
    }

    /// By compliance, then by how much was bad, then by names, so that the order is always the same.
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
