import SLOCore
import SLOService
import SLOQueries
import SLOJSON

/// The objectives' state: that of the overview page, with the report's details.
enum ObjectivesJSON {
    private static let repositoriesTold = 100

    /// - Parameter report: may be a little older; `repositories_at` is its time.
    static func document(_ overview: Overview, _ report: Report) -> JSONValue {
        .members([
            ("basis", .text(report.basis.rawValue)),
            ("at", .time(overview.at)),
            (
                "window",
                .members([
                    ("begins_at", .time(ObjectiveWindow.beginning(of: overview.window, endingAt: overview.at))),
                    ("seconds", .seconds(overview.window)),
                ])
            ),
            ("objectives", .array(overview.standings.map { $0.json(costs: report.costs(of: $0)) })),
            ("repositories", .array(report.parts(by: .repository).prefix(repositoriesTold).map(\.json))),
            ("repositories_at", .time(report.at)),
            ("blind_intervals", .array(overview.blindIntervals.map(\.json))),
        ])
    }

    /// The state for one repository.
    static func document(_ report: Report) -> JSONValue {
        .members(
            report.head + [
                ("objectives", .array(report.standings.map { $0.json() })),
                ("repositories", .array(report.parts(by: .repository).prefix(repositoriesTold).map(\.json))),
                ("repositories_at", .time(report.at)),
                ("blind_intervals", .array(report.blindIntervals.map { BlindIntervalSnapshot($0).json })),
            ])
    }
}

extension Report {
    fileprivate func costs(of standing: Overview.Standing) -> [BudgetCost: Int64] {
        standings.first { $0.objective == standing.objective && $0.deployment == standing.deployment }?.counts.costs
            ?? [:]
    }
}

extension Overview.Standing {
    fileprivate func json(costs: [BudgetCost: Int64]) -> JSONValue {
        let target = objective.target
        var counts = counts
        counts.costs = costs
        return .members(
            [
                ("deployment", .text(deployment.label)), ("objective", .text(objective.name.rawValue)),
            ] + objective.words + [
                ("is_computing", .bool(isComputing)), ("counts_since", countsSince.map { .time($0) }),
                ("target", .decimal(target)),
                ("deadline_seconds", objective.statedDeadline.map { .seconds($0) }),
                ("needs_settings", missingSource.map { .array($0.settings.map { .text($0) }) }),
            ] + counts.members + [
                ("error_budget_remaining", tally.errorBudgetRemaining(target: target).map { .decimal($0) }),
                (
                    "burn_rates",
                    .array(burns.map { .members([("seconds", .seconds($0.over))] + $0.tally.members(target: target)) })
                ),
                (
                    "days",
                    .array(
                        days.map { .members([("begins_at", .time($0.beginsAt))] + $0.tally.members(target: target)) })
                ),
            ])
    }
}

extension ObjectiveTally {
    fileprivate func members(target: Double) -> [(String, JSONValue?)] {
        [
            ("good", .integer(good)), ("bad", .integer(bad)), ("compliance", compliance.map { .decimal($0) }),
            ("burn_rate", errorBudgetRemaining(target: target).map { .decimal(1 - $0) }),
        ]
    }
}

extension BlindIntervalSnapshot {
    var json: JSONValue {
        .members([
            ("started_at", .time(from)), ("ended_at", to.map { .time($0) }), ("cause", .text(cause)),
            ("excludes", .bool(excludes)), ("seconds", to.map { .seconds($0 - from) }),
            ("caught_up_at", caughtUpAt.map { .time($0) }),
        ])
    }
}
