import SLOCore

extension Report {
    /// The report of one repository; names are case-insensitive, as on GitHub.
    /// - Returns: `nil` if it is part of the repositories without a name.
    public func filtered(to repository: String) -> Report? {
        var report = self
        report.repositories = repositories.filter { $0.name.text?.lowercased() == repository.lowercased() }
        guard listsAllRepositories || !report.repositories.isEmpty else { return nil }
        report.standings = standings.map { standing in
            var standing = standing
            standing.counts = report.repositories
                .filter { $0.objective == standing.objective.name && $0.deployment == standing.deployment }
                .map(\.counts).reduce(JudgementCounts(), +)
            return standing
        }
        return report
    }

    /// The report without the names of private repositories, combined into one per objective.
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
