import SLOCore

extension Report {
    /// The report of one repository; names are case-insensitive, as on GitHub.
    /// - Returns: `nil` if it is part of the repositories without a name.
    public func filtered(to repository: String) -> Report? {
        var report = self
        let own = parts(by: .repository).filter { $0.name.text?.lowercased() == repository.lowercased() }
        guard listsAllRepositories || !own.isEmpty else { return nil }
        report.parts = [.repository: own]
        report.standings = standings.map { standing in
            var standing = standing
            standing.withoutNotes = nil
            standing.counts =
                own
                .filter { $0.objective == standing.objective.name && $0.deployment == standing.deployment }
                .map(\.counts).reduce(JudgementCounts(), +)
            return standing
        }
        return report
    }
}
