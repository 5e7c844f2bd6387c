import SLOCore

/// Counts the events of each objective by repository, chroot, architecture, branch and check name.
struct PartTally: Sendable {
    /// How many names of a dimension are told apart; strangers may invent as many as they like.
    static func namesLimit(_ dimension: Report.Dimension) -> Int {
        dimension == .repository ? 20_000 : 2000
    }

    private let isShown: @Sendable (String) -> Bool
    private var shown: [String: Bool] = [:]
    private var names: [Report.Dimension: Set<String>] = [:]
    private var full: Set<Report.Dimension> = []
    private var counts: [DeploymentObjective: [Key: JudgementCounts]] = [:]

    private struct Key: Hashable {
        let dimension: Report.Dimension
        let name: Report.Part.Name
    }

    init(isShown: @escaping @Sendable (String) -> Bool) {
        self.isShown = isShown
    }

    /// Whether names of a dimension were combined.
    func isFull(_ dimension: Report.Dimension) -> Bool { full.contains(dimension) }

    mutating func add(_ judgement: ObjectiveJudgement, in scope: DeploymentObjective, cost: BudgetCost?) {
        let isHidden = isHidden(judgement.subject.repository)
        for dimension in Report.Dimension.allCases {
            let key = Key(dimension: dimension, name: name(of: judgement.subject, by: dimension, isHidden: isHidden))
            counts[scope, default: [:]][key, default: JudgementCounts()].add(judgement.verdict, cost: cost)
        }
    }

    private mutating func name(
        of subject: ObjectiveSelection.Subject, by dimension: Report.Dimension, isHidden: Bool
    ) -> Report.Part.Name {
        guard let text = subject.text(by: dimension) else { return .unknown }
        if isHidden { return .hidden }
        if names[dimension]?.contains(text) == true { return .known(text) }
        guard names[dimension]?.count ?? 0 < Self.namesLimit(dimension) else {
            full.insert(dimension)
            return .unknown
        }
        names[dimension, default: []].insert(text)
        return .known(text)
    }

    /// What is known without its repository may be of a private one.
    private mutating func isHidden(_ repository: String?) -> Bool {
        let name = repository ?? ""
        if let known = shown[name] { return !known }
        let isShown = isShown(name)
        if shown.count < Self.namesLimit(.repository) { shown[name] = isShown }
        return !isShown
    }

    /// Of each dimension, what spent most of its error budget first.
    func parts(of standings: [Report.Standing]) -> [Report.Dimension: [Report.Part]] {
        var parts: [Report.Dimension: [Report.Part]] = [:]
        for standing in standings {
            let own = counts[DeploymentObjective(standing.objective.name, standing.deployment)] ?? [:]
            // An objective whose events have no chroot is not told by chroot.
            var told = Set(own.keys.filter { $0.name != .unknown }.map(\.dimension))
            if standing.objective.indicator.isOfRepositories { told.insert(.repository) }
            for (key, counts) in own where told.contains(key.dimension) {
                parts[key.dimension, default: []].append(
                    Report.Part(
                        objective: standing.objective.name, deployment: standing.deployment, dimension: key.dimension,
                        name: key.name, counts: counts, budgetSpent: standing.budgetSpent(by: counts)))
            }
        }
        return parts.mapValues { $0.sorted(by: Report.Part.isWorse) }
    }
}

extension ObjectiveSelection.Subject {
    fileprivate func text(by dimension: Report.Dimension) -> String? {
        switch dimension {
        case .repository: repository
        case .chroot: chroot
        case .architecture: chroot.flatMap(ChrootName.architecture)
        case .branch: branch
        case .checkName: name
        }
    }
}

extension Report.Standing {
    /// - Returns: `nil` where the target leaves no budget, or nothing was judged.
    func budgetSpent(by part: JudgementCounts) -> Double? {
        let budget = Double(counts.judged) * (1 - objective.target)
        return budget > 0 ? Double(part.tally.bad) / budget : nil
    }
}

extension Report.Part {
    /// By the budget spent, by the number of bad events, by compliance, then by names, so that the order is stable.
    static func isWorse(_ left: Report.Part, _ right: Report.Part) -> Bool {
        func rank(_ part: Report.Part) -> (Double, Int64, Double, Int64) {
            (-(part.budgetSpent ?? 0), -part.counts.tally.bad, part.counts.compliance ?? 2, -part.counts.all)
        }
        let (leftRank, rightRank) = (rank(left), rank(right))
        if leftRank != rightRank { return leftRank < rightRank }
        func names(_ part: Report.Part) -> (String, String, String) {
            (part.name.text ?? "", part.deployment.label, part.objective.rawValue)
        }
        return names(left) < names(right)
    }
}

extension Report.Part.Name {
    public var text: String? {
        if case .known(let name) = self { name } else { nil }
    }
}
