import SLOCore
import SLOStore
package import SLOJSON

// The report as JSON. docs/reports.md describes its keys, which are never renamed. Keys without a value are left out.

extension Report {
    /// The whole report.
    public var json: String {
        JSONValue.members(
            head + [
                ("what_if", comparison?.whatIf),
                ("notes", .array(notes.map { .text($0) })),
            ] + objectiveMembers + [
                ("window_before", before?.json),
                ("waiting_changes", openWork.map { .array($0.waitingChanges.map(\.json)) }),
                ("unfinished_runs", openWork.map { .array($0.unfinishedRuns.map(\.json)) }),
            ]
        ).document
    }

    package var head: [(String, JSONValue?)] {
        [
            ("basis", .text(basis.rawValue)),
            ("at", .time(at)),
            ("window", .members([("begins_at", .time(beginsAt)), ("seconds", .seconds(window))])),
        ]
    }

    private var objectiveMembers: [(String, JSONValue?)] {
        [
            ("objectives", .array(standings.map { $0.json(asItWas: comparison?.asItWas.like($0)) })),
            ("repositories", .array(parts(by: .repository).map(\.json))),
            ("chroots", .array(parts(by: .chroot).map(\.json))),
            ("architectures", .array(parts(by: .architecture).map(\.json))),
            ("branches", .array(parts(by: .branch).map(\.json))),
            ("check_names", .array(parts(by: .checkName).map(\.json))),
            ("blind_intervals", .array(blindIntervals.map(\.json))),
            ("time_notes", .array(timeNotes.map(\.json))),
        ]
    }
}

extension Report.Comparison {
    fileprivate var whatIf: JSONValue {
        .members([("settings", .members(settings.map { ($0.key, .text($0.value)) }))])
    }
}

extension Report.Before {
    fileprivate var json: JSONValue {
        .members([
            ("begins_at", .time(beginsAt)), ("first_judged_at", .time(firstJudgedAt)),
            ("objectives", .array(standings.map { $0.json(asItWas: nil) })),
        ])
    }
}

extension Objective {
    /// What it counts, as the configuration says.
    package var words: [(String, JSONValue?)] {
        [
            ("indicator", .text(indicator.rawValue)),
            ("description", description.isEmpty ? nil : .text(description)),
            ("window_seconds", window.map { .seconds($0) }),
        ]
    }
}

extension Report.Standing {
    package func json(asItWas before: Report.Standing? = nil) -> JSONValue {
        .members(
            [("deployment", .text(deployment.label)), ("objective", .text(objective.name.rawValue))]
                + objective.words + numbers + [("as_it_was", before.map { .members($0.numbers) })])
    }

    private var numbers: [(String, JSONValue?)] {
        [
            ("target", .decimal(objective.target)),
            ("deadline_seconds", objective.statedDeadline.map { .seconds($0) }),
        ] + counts.members
            + [
                ("error_budget_remaining", budgetRemaining.map { .decimal($0) }),
                ("without_notes", withoutNotes.map { .members($0.members) }),
            ]
    }
}

extension Report.Part {
    package var json: JSONValue {
        .members(
            [
                ("deployment", .text(deployment.label)), ("objective", .text(objective.rawValue)),
                (nameKey, name.text.map { .text($0) } ?? .null), ("is_private", .bool(name == .hidden)),
            ] + counts.members + [("budget_spent", budgetSpent.map { .decimal($0) })])
    }

    private var nameKey: String {
        dimension == .repository ? "repository_name" : dimension.rawValue
    }
}

extension JudgementCounts {
    package var members: [(String, JSONValue?)] {
        [
            ("good", .integer(good)), ("bad", .integer(bad)), ("doubtful", .integer(doubtful)),
            ("unknown", .integer(unknown)),
            ("compliance", compliance.map { .decimal($0) }),
            ("compliance_worst", complianceBounds.map { .decimal($0.worst) }),
            ("compliance_best", complianceBounds.map { .decimal($0.best) }),
            (
                "costs",
                .members(BudgetCost.allCases.map { cost in (cost.rawValue, costs[cost].map { .integer($0) }) })
            ),
        ]
    }
}

extension TimeNoteSnapshot {
    package var json: JSONValue {
        .members([
            ("id", .integer(id)), ("kind", .text(kind.rawValue)), ("from", .time(from)), ("to", .time(to)),
            ("words", .text(words)),
        ])
    }
}

extension BlindInterval {
    fileprivate var json: JSONValue {
        .members([
            ("started_at", .time(startedAt)), ("ended_at", endedAt.map { .time($0) }), ("cause", .text(cause)),
            ("excludes", .bool(excludes)), ("seconds", endedAt.map { .seconds($0 - startedAt) }),
            ("caught_up_at", caughtUpAt.map { .time($0) }),
        ])
    }
}

extension WaitingChange {
    fileprivate var json: JSONValue {
        .members([
            ("deployment", .text(deployment.label)), ("repository_name", .text(repositoryName)),
            ("is_private", .bool(isPrivate)), ("number", .integer(Int64(number))), ("head_sha", .text(headSHA)),
            ("started_at", .time(startedAt)), ("eligibility", .text(eligibility.rawValue)),
        ])
    }
}

extension UnfinishedRun {
    fileprivate var json: JSONValue {
        .members([
            ("kind", .text(kind.rawValue)), ("deployment", .text(deployment.label)),
            ("repository_name", repositoryName.map { .text($0) } ?? .null), ("is_private", .bool(isPrivate)),
            ("pull_request", pullRequest.map { .integer(Int64($0)) }), ("name", .text(name)),
            ("chroot", chroot.map { .text($0) }), ("queued_at", .time(queuedAt)), ("has_started", .bool(hasStarted)),
            ("is_overdue", .bool(isOverdue)),
        ])
    }
}
