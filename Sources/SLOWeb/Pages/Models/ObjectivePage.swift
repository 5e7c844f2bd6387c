import SLOCore
import SLOQueries
import SLOService

/// The page at `/objective`: one objective of one deployment, and what spent its error budget.
struct ObjectivePage: Sendable {
    struct List: Sendable {
        struct Row: Sendable {
            let name, spent, tone, bad, good, compliance: String
            /// To the page of a repository.
            let link: String?
            /// To the events; `nil` of what has no name to find them by.
            let missedLink, goodLink: String?
        }

        struct More: Sendable {
            let link: String
            let text: String
        }

        let id: String
        let title: String
        let of: String
        /// What spent something; if nothing did, what had most events.
        let rows: [Row]
        /// "3 more spent nothing".
        let rest: String?
        let more: More?
    }

    let frame: Frame
    let heading: String
    let lead: String
    let objectives: [Choice]
    let deployments: [Choice]
    let deployment: String?
    /// `nil` only where no objective is configured.
    let card: ObjectiveCard?
    let charts: ObjectiveCharts?
    let hasLists: Bool
    let emptyText: String
    let lists: [List]

    static let path = "/objective"

    static func path(of standing: Overview.Standing) -> String {
        path(of: standing.objective.name, standing.deployment)
    }

    static func path(of objective: Objective.Name, _ deployment: Deployment) -> String {
        "\(path)?objective=\(objective.rawValue)&deployment=\(Path.escaped(deployment.label))"
    }

    /// - Parameters:
    ///   - objective: a name; another one shows the first objective.
    ///   - deployment: likewise.
    ///   - charts: of the standing that `chosen` gives, and the range that they are of.
    init(
        _ overview: Overview, _ report: Report?, objective: String, deployment: String,
        charts: (snapshot: ChartSnapshot, range: ChartRange)?
    ) {
        let standing = Self.chosen(objective: objective, deployment: deployment, in: overview)
        let objectives = Self.distinct(overview.standings.map(\.objective.name.rawValue))
        let labels = Self.distinct(overview.standings.map(\.deployment.label))
        self.objectives = Choice.list(
            all: nil, objectives.map { ($0, $0) }, chosen: standing?.objective.name.rawValue ?? "")
        deployments = Choice.list(all: nil, labels.map { ($0, $0) }, chosen: standing?.deployment.label ?? "")
        frame = Frame("Objective", fresh: 60, asOf: report?.at ?? overview.at)
        heading = standing?.objective.title ?? "Objective"
        lead =
            "What spent the error budget, by repository, chroot, architecture, branch and check name: the highest "
            + "costs first."
        self.deployment = standing?.deployment.label
        card = standing.map {
            ObjectiveCard(
                $0, in: overview, window: $0.objective.window ?? overview.window,
                projection: $0.projection(window: overview.window))
        }
        self.charts = standing.flatMap { standing in
            charts.map {
                ObjectiveCharts(
                    $0.snapshot, standing, range: $0.range, window: standing.objective.window ?? overview.window)
            }
        }
        lists = standing.map { standing in Report.Dimension.allCases.compactMap { List(report, $0, standing) } } ?? []
        hasLists = !lists.isEmpty
        emptyText =
            report == nil
            ? "The judgements are being read."
            : "No event of this objective was judged within its window."
                + (standing?.objective.indicator.origin.map { " \($0)" } ?? "")
    }

    /// The standing that the page shows; `nil` only where no objective is configured.
    static func chosen(objective: String, deployment: String, in overview: Overview) -> Overview.Standing? {
        let standings = overview.standings
        let name = standings.first { $0.objective.name.rawValue == objective }?.objective.name
        let known = standings.filter { $0.objective.name == name ?? standings.first?.objective.name }
        return known.first { $0.deployment.label == deployment } ?? known.first
    }

    private static func distinct(_ values: [String]) -> [String] {
        var found: Set<String> = []
        return values.filter { found.insert($0).inserted }
    }
}

extension Objective.Indicator {
    /// Where its events come from, if that must be set up besides.
    fileprivate var origin: String? {
        switch self {
        case .commandAnswer: "Commands come with the GitHub App's event “Issue comment”."
        default: nil
        }
    }
}

extension ObjectivePage.List {
    private static let rowLimit = 15
    private static let unspentLimit = 5

    /// - Returns: `nil` where the objective's events are not told by the dimension.
    init?(_ report: Report?, _ dimension: Report.Dimension, _ standing: Overview.Standing) {
        let parts = (report?.parts(by: dimension) ?? []).filter {
            $0.objective == standing.objective.name && $0.deployment == standing.deployment
        }
        guard !parts.isEmpty else { return nil }
        id = "by-\(dimension.pathComponent)"
        title = dimension.plural
        of = dimension.title
        let costly = parts.filter { $0.counts.tally.bad > 0 }
        let shown = costly.isEmpty ? parts.prefix(Self.unspentLimit) : costly.prefix(Self.rowLimit)
        let beginsAt = report.map {
            ObjectiveWindow.beginning(of: standing.objective.window ?? $0.window, endingAt: $0.at)
        }
        rows = shown.map { Row($0, from: beginsAt) }
        let unspent = parts.count - max(costly.count, shown.count)
        rest = unspent > 0 ? "\(DisplayFormat.grouped(Int64(unspent))) more spent nothing" : nil
        let query =
            "objective=\(standing.objective.name.rawValue)&deployment=\(Path.escaped(standing.deployment.label))"
        more =
            parts.count > shown.count
            ? More(
                link: "\(APIOperation.root)/\(dimension.pathComponent)?\(query)&limit=200",
                text: "All \(DisplayFormat.grouped(Int64(parts.count))), as JSON") : nil
    }
}

extension ObjectivePage.List.Row {
    /// - Parameter beginsAt: the beginning of the objective's window.
    init(_ part: Report.Part, from beginsAt: Timestamp?) {
        switch part.name {
        case .known(let text): name = text
        case .unknown: name = "not known"
        case .hidden: name = "private"
        }
        link = part.dimension == .repository ? part.name.text.map(RepositoryPage.path(of:)) : nil
        func path(_ verdict: VerdictFilter, _ count: Int64) -> String? {
            // Strangers may give a check any name.
            guard count > 0, let text = part.name.text,
                EventQuery.parameter(of: part.dimension).objection(to: text) == nil
            else { return nil }
            return EventsPage.path(
                part.objective, part.deployment, verdict, from: beginsAt, names: [(part.dimension.rawValue, text)])
        }
        missedLink = path(.missed, part.counts.tally.bad)
        goodLink = path(.good, part.counts.good)
        let counts = part.counts
        spent = part.budgetSpent.map { DisplayFormat.percent($0, digits: 1) } ?? "–"
        tone = counts.tally.bad == 0 ? "" : (part.budgetSpent ?? 0) > 1 ? "mark tone-bad" : "mark"
        bad = DisplayFormat.grouped(counts.tally.bad)
        good = DisplayFormat.grouped(counts.good)
        compliance = counts.compliance.map { DisplayFormat.percent($0) } ?? "–"
    }
}
