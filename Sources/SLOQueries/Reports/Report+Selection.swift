import SLOCore

extension Report {
    /// The report of one repository alone, whose name is compared as GitHub does.
    /// - Returns: `nil` where it may be told of together with others only.
    public func filtered(to repository: String) -> Report? {
        var report = self
        report.repositories = repositories.filter { $0.name.text?.lowercased() == repository.lowercased() }
        guard tellsOfAll || !report.repositories.isEmpty else { return nil }
        report.standings = standings.map { standing in
            var standing = standing
            standing.counts = report.repositories
                .filter { $0.objective == standing.objective.name && $0.deployment == standing.deployment }
                .map(\.counts).reduce(JudgementCounts(), +)
            return standing
        }
        return report
    }

    /// The report without the names of repositories that must not be told, each objective's taken together.
    public func hidingNames(except isPublic: (String) -> Bool) -> Report {
        var report = self
        report.repositories = repositories.filter { $0.name.text.map(isPublic) ?? true }
        let hidden = repositories.filter { !($0.name.text.map(isPublic) ?? true) }
        for standing in standings {
            let rows = hidden.filter { $0.objective == standing.objective.name && $0.deployment == standing.deployment }
            guard !rows.isEmpty else { continue }
            report.repositories.append(
                RepositoryStanding(
                    objective: standing.objective.name, deployment: standing.deployment, name: .hidden,
                    counts: rows.map(\.counts).reduce(JudgementCounts(), +)))
        }
        report.repositories.sort(by: ReportBuilder.isWorse)
        return report
    }
}
