import SLOCore
import SLOService
import SLOStore
import SLOQueries

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

    /// The limit of rows in a table; JSON contains all.
    private static let rowLimit = 10

    init(_ report: Report) {
        title = "Objectives from \(Formatting.time(report.beginsAt)) to \(Formatting.time(report.at))"
        introduction = Self.introduction(to: report)
        notes = report.notes
        sections =
            Self.deployments(of: report).map { Self.standings(of: $0, in: report) } + [
                Self.costs(in: report)
            ] + Self.timeNotes(of: report) + Report.Dimension.allCases.compactMap { Self.parts(of: report, by: $0) }
            + Self.openWork(of: report) + [
                Self.blindIntervals(of: report)
            ]
    }

    var text: String {
        var lines = [title] + introduction.map { "  " + $0 }
        lines += notes.map { "  Note: " + $0 }
        for section in sections {
            lines += ["", section.title]
            lines += (section.table?.withoutEmptyColumns.text ?? []) + section.remarks.map { "  " + $0 }
        }
        return PlainText.lines(lines)
    }

    var markdown: String {
        var lines = ["# " + title, "", introduction.map(TextTable.escaped).joined(separator: " ")]
        for note in notes { lines += ["", "> **Note:** " + TextTable.escaped(note)] }
        for section in sections {
            lines += ["", "## " + TextTable.escaped(section.title)]
            if let table = section.table { lines += [""] + table.withoutEmptyColumns.markdown }
            for remark in section.remarks { lines += ["", TextTable.escaped(remark)] }
        }
        return PlainText.lines(lines)
    }

    // MARK: - Sections

    private static func introduction(to report: Report) -> [String] {
        let origin =
            switch report.basis {
            case .database: "The server's judgements"
            case .journal: "The journal, judged again"
            case .recordings: "The recordings"
            }
        var lines = ["\(origin), over a window of \(Formatting.span(report.window)) in whole hours, UTC."]
        if let comparison = report.comparison {
            let settings = comparison.settings.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
            lines.append("'Would be' is with \(settings); 'as it was' is with the configured settings.")
        } else if let before = report.before {
            var line = "The previous window began at \(Formatting.time(before.beginsAt))"
            if before.firstJudgedAt - before.beginsAt > .days(1) {
                line += ", and its first judgement is of \(Formatting.time(before.firstJudgedAt))"
            }
            if !before.isComparable(until: report.beginsAt) {
                line += "; too little of it was observed to speak of a change"
            }
            lines.append(line + ".")
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
            .text("status"), .text("at worst … at best"), .number("good"), .number("bad"), .number("doubtful"),
            .number("unknown"), .number("budget left"), .number("without notes"), .number("previous window"),
            .number("change"),
        ])
        for standing in report.standings where standing.deployment == deployment {
            let name = Self.name(of: standing.objective)
            if let comparison = report.comparison {
                let asItWas = comparison.asItWas.like(standing)
                if let asItWas { table.add([name, "as it was"] + cells(of: asItWas, before: nil)) }
                table.add([asItWas == nil ? name : "", "would be"] + cells(of: standing, before: nil))
            } else {
                table.add([name, ""] + cells(of: standing, before: comparable(report)?.standings.like(standing)))
            }
        }
        return Section(title: deployment.label, table: table)
    }

    /// The previous window, if enough of it was observed.
    private static func comparable(_ report: Report) -> Report.Before? {
        report.before.flatMap { $0.isComparable(until: report.beginsAt) ? $0 : nil }
    }

    /// With its window, if it has one of its own.
    private static func name(of objective: Objective) -> String {
        objective.name.rawValue + (objective.window.map { " (over \(Formatting.span($0)))" } ?? "")
    }

    private static func cells(of standing: Report.Standing, before: Report.Standing?) -> [String] {
        let counts = standing.counts
        let (now, then) = (counts.compliance, before?.counts.compliance)
        return [
            standing.objective.statedDeadline.map(Formatting.span) ?? "",
            Formatting.percent(standing.objective.target),
            now.map(Formatting.percent) ?? "nothing to judge", status(of: standing), bounds(of: counts),
            counts.judged > 0 ? "\(counts.good)" : "", counts.judged > 0 ? "\(counts.bad)" : "",
            number(counts.doubtful), number(counts.unknown),
            standing.budgetRemaining.map(Formatting.percent) ?? "",
            standing.withoutNotes?.compliance.map(Formatting.percent) ?? "", then.map(Formatting.percent) ?? "",
            now.flatMap { now in then.map { Formatting.points(from: $0, to: now) } } ?? "",
        ]
    }

    /// Whether the target is met; missed events may leave that open.
    private static func status(of standing: Report.Standing) -> String {
        guard let compliance = standing.counts.compliance else { return "" }
        let (worst, best) = standing.counts.complianceBounds ?? (compliance, compliance)
        if worst >= standing.objective.target { return "met" }
        return best < standing.objective.target ? "missed" : "in doubt"
    }

    private static func bounds(of counts: JudgementCounts) -> String {
        counts.complianceBounds.map { "\(Formatting.percent($0.worst)) … \(Formatting.percent($0.best))" } ?? ""
    }

    private static func number(_ count: Int64) -> String {
        count > 0 ? "\(count)" : ""
    }

    /// With the keys of the report's JSON.
    private static func costs(of counts: JudgementCounts) -> String {
        BudgetCost.allCases.compactMap { cost in counts.costs[cost].map { "\($0) \(cost.rawValue)" } }
            .joined(separator: ", ")
    }

    /// What spent each budget, by cause.
    private static func costs(in report: Report) -> Section {
        var table = TextTable([
            .text("deployment"), .text("objective"), .text("cause"), .number("events"), .number("of the budget"),
            .number("previous window"),
        ])
        for standing in report.standings {
            let before = report.comparison == nil ? comparable(report)?.standings.like(standing) : nil
            for cost in BudgetCost.allCases {
                let (now, then) = (standing.counts.costs[cost] ?? 0, before?.counts.costs[cost] ?? 0)
                guard now + then > 0 else { continue }
                let budget = Double(standing.counts.judged) * (1 - standing.objective.target)
                table.add([
                    standing.deployment.label, standing.objective.name.rawValue, cost.cause(in: standing),
                    "\(now)", budget > 0 ? Formatting.percent(Double(now) / budget) : "",
                    before == nil ? "" : "\(then)",
                ])
            }
        }
        guard !table.rows.isEmpty else { return Section(title: "What spent the budgets", remarks: ["Nothing."]) }
        return Section(title: "What spent the budgets", table: table)
    }

    /// What spent the budgets, by a dimension.
    /// - Returns: `nil` where nothing is told by it.
    private static func parts(of report: Report, by dimension: Report.Dimension) -> Section? {
        let shown = report.parts(by: dimension).filter { $0.counts.good < $0.counts.all }
        guard !shown.isEmpty else {
            return dimension == .repository ? Section(title: "Repositories", remarks: ["No bad events."]) : nil
        }
        var table = TextTable([
            .text(dimension.title.lowercased()), .text("deployment"), .text("objective"), .number("compliance"),
            .text("at worst … at best"), .number("good"), .number("bad"), .number("doubtful"), .number("unknown"),
            .number("of the budget"), .text("cause"),
        ])
        for part in shown.prefix(rowLimit) {
            let counts = part.counts
            table.add([
                part.name.text ?? "(no name)", part.deployment.label, part.objective.rawValue,
                counts.compliance.map(Formatting.percent) ?? "", bounds(of: counts), "\(counts.good)",
                "\(counts.bad)", number(counts.doubtful), number(counts.unknown),
                part.budgetSpent.map(Formatting.percent) ?? "", costs(of: counts),
            ])
        }
        return Section(
            title: "\(dimension.plural), the highest costs first", table: table,
            remarks: rest(of: shown.count, "row", "rows"))
    }

    private static func blindIntervals(of report: Report) -> Section {
        let intervals = report.blindIntervals
        guard !intervals.isEmpty else { return Section(title: "Blind intervals", remarks: ["None."]) }
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
        return Section(title: "Blind intervals", table: table, remarks: rest(of: intervals.count, "earlier", "earlier"))
    }

    private static func timeNotes(of report: Report) -> [Section] {
        guard !report.timeNotes.isEmpty else { return [] }
        var table = TextTable([.text("from"), .text("to"), .text("kind"), .text("noted")])
        for note in report.timeNotes.prefix(rowLimit) {
            table.add([Formatting.time(note.from), Formatting.time(note.to), note.kind.rawValue, note.words])
        }
        let remark = "'Without notes' leaves out what these touch; every other number has it."
        return [
            Section(
                title: "Notes", table: table,
                remarks: rest(of: report.timeNotes.count, "earlier", "earlier") + [remark])
        ]
    }

    private static func openWork(of report: Report) -> [Section] {
        guard let work = report.openWork else { return [] }
        return [waitingChanges(work.waitingChanges, at: report.at), unfinishedRuns(work.unfinishedRuns, at: report.at)]
    }

    private static func waitingChanges(_ changes: [WaitingChange], at now: Timestamp) -> Section {
        guard !changes.isEmpty else {
            return Section(title: "Pull requests without a status", remarks: ["None is overdue."])
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
        return ["… and \(Formatting.count(count - rowLimit, singular, plural)): --format json lists all."]
    }
}

extension BudgetCost {
    /// The likely cause, as far as it can be observed from outside.
    fileprivate func cause(in standing: Report.Standing) -> String {
        return switch self {
        case .late: "Packit late"
        case .never: "Packit silent"
        case .error:
            switch standing.objective.indicator.runKind {
            case .build: "error of Copr or Packit"
            case .testRun: "error of Testing Farm or Packit"
            case .job, nil: "error"
            }
        case .unfinished: "not finished within \(Formatting.span(standing.objective.deadline))"
        case .unstarted: "not started within \(Formatting.span(standing.objective.deadline))"
        case .failed: "not answered with 2xx"
        case .unanswered: "not answered within \(Formatting.span(standing.objective.deadline))"
        case .unreported: "not shown within \(Formatting.span(standing.objective.deadline))"
        }
    }
}
