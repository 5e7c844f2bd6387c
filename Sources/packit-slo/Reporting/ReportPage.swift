import SLOCore
import SLOService
import SLOStore

/// A report in words and tables, to be printed as text or as Markdown.
struct ReportPage {
    struct Section {
        let title: String
        var table: TextTable?
        /// Below the table.
        var remarks: [String] = []
    }

    let title: String
    let introduction: [String]
    let notes: [String]
    let sections: [Section]

    /// The most rows of a table, where JSON has all.
    private static let rowLimit = 10

    init(_ report: Report) {
        title = "Objectives from \(Formatting.time(report.beginsAt)) to \(Formatting.time(report.at))"
        introduction = Self.introduction(to: report)
        notes = report.notes
        sections =
            Self.deployments(of: report).map { Self.standings(of: $0, in: report) } + [
                Self.repositories(of: report), Self.blindTimes(of: report),
            ] + Self.openWork(of: report)
    }

    var text: String {
        var lines = [title] + introduction.map { "  " + $0 }
        lines += notes.map { "  Note: " + $0 }
        for section in sections {
            lines += ["", section.title]
            lines += (section.table?.withoutEmptyColumns.text ?? []) + section.remarks.map { "  " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var markdown: String {
        var lines = ["# " + title, "", introduction.map(TextTable.escaped).joined(separator: " ")]
        for note in notes { lines += ["", "> **Note:** " + TextTable.escaped(note)] }
        for section in sections {
            lines += ["", "## " + TextTable.escaped(section.title)]
            if let table = section.table { lines += [""] + table.withoutEmptyColumns.markdown }
            for remark in section.remarks { lines += ["", TextTable.escaped(remark)] }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - What it says

    private static func introduction(to report: Report) -> [String] {
        let origin =
            switch report.basis {
            case .database: "What the server judged"
            case .journal: "What the journal yields when it is judged again"
            case .recordings: "What the recordings yield"
            }
        var lines = ["\(origin), over a window of \(Formatting.span(report.window)) in whole hours, UTC."]
        if let comparison = report.comparison {
            let settings = comparison.settings.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
            lines.append("'Would be' is with \(settings); 'as it was' is with the settings in force.")
        }
        return lines
    }

    private static func deployments(of report: Report) -> [Deployment] {
        var deployments: [Deployment] = []
        for standing in report.standings where !deployments.contains(standing.deployment) {
            deployments.append(standing.deployment)
        }
        return deployments
    }

    private static func standings(of deployment: Deployment, in report: Report) -> Section {
        var table = TextTable([
            .text("objective"), .text(""), .number("within"), .number("target"), .number("compliance"),
            .text("at worst … at best"), .number("good"), .number("bad"), .number("doubtful"), .number("unknown"),
            .number("budget left"), .text("spent on"),
        ])
        for standing in report.standings where standing.deployment == deployment {
            let name = standing.objective.rawValue
            if let before = report.comparison?.standing(like: standing) {
                table.add([name, "as it was"] + cells(of: before))
                table.add(["", "would be"] + cells(of: standing))
            } else {
                table.add([name, ""] + cells(of: standing))
            }
        }
        return Section(title: deployment.label, table: table)
    }

    private static func cells(of standing: Report.Standing) -> [String] {
        let counts = standing.counts
        return [
            Formatting.span(standing.deadline), Formatting.percent(standing.target),
            counts.compliance.map(Formatting.percent) ?? "nothing to judge", bounds(of: counts),
            counts.judged > 0 ? "\(counts.good)" : "", counts.judged > 0 ? "\(counts.bad)" : "",
            number(counts.doubtful), number(counts.unknown),
            standing.budgetRemaining.map(Formatting.percent) ?? "", costs(of: counts),
        ]
    }

    private static func bounds(of counts: JudgementCounts) -> String {
        counts.complianceBounds.map { "\(Formatting.percent($0.worst)) … \(Formatting.percent($0.best))" } ?? ""
    }

    private static func number(_ count: Int64) -> String {
        count > 0 ? "\(count)" : ""
    }

    private static func costs(of counts: JudgementCounts) -> String {
        BudgetCost.allCases.compactMap { cost in counts.costs[cost].map { "\($0) \(cost.rawValue)" } }
            .joined(separator: ", ")
    }

    private static func repositories(of report: Report) -> Section {
        let shown = report.repositories.filter { $0.counts.good < $0.counts.all }
        guard !shown.isEmpty else {
            return Section(title: "Repositories", remarks: ["Nothing was bad in any of them."])
        }
        var table = TextTable([
            .text("repository"), .text("deployment"), .text("objective"), .number("compliance"),
            .text("at worst … at best"), .number("good"), .number("bad"), .number("doubtful"), .number("unknown"),
            .text("spent on"),
        ])
        for row in shown.prefix(rowLimit) {
            let counts = row.counts
            table.add([
                row.name.text ?? "(not told)", row.deployment.label, row.objective.rawValue,
                counts.compliance.map(Formatting.percent) ?? "", bounds(of: counts), "\(counts.good)",
                "\(counts.bad)", number(counts.doubtful), number(counts.unknown), costs(of: counts),
            ])
        }
        return Section(
            title: "Repositories, the worst first", table: table, remarks: rest(of: shown.count, "row", "rows"))
    }

    private static func blindTimes(of report: Report) -> Section {
        let intervals = report.blindIntervals
        guard !intervals.isEmpty else { return Section(title: "Blind times", remarks: ["None."]) }
        var table = TextTable([
            .text("from"), .text("to"), .number("for"), .text("cause"), .text("caught up"),
        ])
        for interval in intervals.suffix(rowLimit) {
            table.add([
                Formatting.time(interval.startedAt), interval.endedAt.map(Formatting.time) ?? "now",
                Formatting.span((interval.endedAt ?? report.at) - interval.startedAt), interval.cause,
                interval.caughtUpAt.map(Formatting.time) ?? "no",
            ])
        }
        return Section(title: "Blind times", table: table, remarks: rest(of: intervals.count, "earlier", "earlier"))
    }

    private static func openWork(of report: Report) -> [Section] {
        guard let work = report.openWork else { return [] }
        return [waitingChanges(work.waitingChanges, at: report.at), unfinishedRuns(work.unfinishedRuns, at: report.at)]
    }

    private static func waitingChanges(_ changes: [WaitingChange], at now: Timestamp) -> Section {
        guard !changes.isEmpty else {
            return Section(title: "Pull requests without a status", remarks: ["None waits beyond its deadline."])
        }
        var table = TextTable([
            .text("pull request"), .text("deployment"), .text("commit"), .text("since"), .number("for"),
            .text("eligibility"),
        ])
        for change in changes.prefix(rowLimit) {
            table.add([
                "\(change.repositoryName)#\(change.number)", change.deployment.label, String(change.headSHA.prefix(7)),
                Formatting.time(change.startedAt), Formatting.span(now - change.startedAt),
                change.eligibility.rawValue,
            ])
        }
        return Section(
            title: "Pull requests without a status", table: table, remarks: rest(of: changes.count, "more", "more"))
    }

    private static func unfinishedRuns(_ runs: [UnfinishedRun], at now: Timestamp) -> Section {
        guard !runs.isEmpty else {
            return Section(title: "Unfinished builds and test runs", remarks: ["None."])
        }
        let overdue = runs.count { $0.isOverdue }
        var table = TextTable([
            .text("run"), .text("of"), .text("deployment"), .text("queued"), .number("for"), .text("state"),
        ])
        for run in runs.prefix(rowLimit) {
            let subject = (run.repositoryName ?? "") + (run.pullRequest.map { "#\($0)" } ?? "")
            table.add([
                run.name, subject, run.deployment.label, Formatting.time(run.queuedAt),
                Formatting.span(now - run.queuedAt),
                (run.hasStarted ? "running" : "queued") + (run.isOverdue ? ", overdue" : ""),
            ])
        }
        return Section(
            title: "Unfinished builds and test runs, \(overdue) of \(runs.count) overdue", table: table,
            remarks: rest(of: runs.count, "more", "more"))
    }

    private static func rest(of count: Int, _ singular: String, _ plural: String) -> [String] {
        guard count > rowLimit else { return [] }
        return ["… and \(Formatting.count(count - rowLimit, singular, plural)): --format json has all."]
    }
}
