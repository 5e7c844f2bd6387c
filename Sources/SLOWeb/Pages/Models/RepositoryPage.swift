import SLOCore
import SLOQueries

/// The page at `/repositories/{owner}/{repository}`: how the objectives stand for it, what waits, what missed.
struct RepositoryPage: Sendable {
    struct Row: Sendable {
        let title: String
        /// To the page of the objective.
        let link: String
        let deployment: String
        let promise: String
        let compliance: String
        let bad, good: String
        let tone: String
        let missedLink, goodLink: String
    }

    let frame: Frame
    let repository: String
    let link: String
    let hasObjectives: Bool
    let objectives: [Row]
    let hasWaiting: Bool
    let waiting: [WaitingRow]
    /// `nil` if everything that waits is shown.
    let allWaiting: String?
    let hasRows: Bool
    let verdictTitle = "Verdict"
    let timeTitle = "Judged"
    let rows: [EventRow]
    let allEvents: String
    let deliveries: String

    static let route = "/repositories/{owner}/{name}"

    static func path(of repository: String) -> String { "/repositories/\(Path.escaped(repository))" }

    private static let waitingLimit = 10
    static let eventLimit = 20

    /// - Parameters:
    ///   - report: of the repository.
    ///   - missed: its latest events that are counted as bad.
    init(
        _ report: Report, _ work: OpenWorkSnapshot, _ missed: EventsSnapshot, named name: String,
        settings: LedgerSettings, hosts: LinkHosts
    ) {
        frame = Frame(name, fresh: 60, asOf: missed.at)
        repository = name
        link = hosts.repository(name)
        objectives = report.standings.filter { $0.counts.all > 0 }.map { Row($0, of: name, report) }
        hasObjectives = !objectives.isEmpty
        let items = work.items.filter { $0.repository.text?.lowercased() == name.lowercased() }
        waiting = items.prefix(Self.waitingLimit).map { WaitingRow($0, now: work.at) }
        hasWaiting = !waiting.isEmpty
        var filter = WaitingFilter()
        filter.repository = name
        allWaiting = items.count > waiting.count ? filter.link(page: 1) : nil
        rows = missed.events.map { EventRow($0, hosts: hosts) }
        hasRows = !rows.isEmpty
        allEvents = EventsPage.path(names: [("repository", name)])
        deliveries = DeliveriesPage.path(repository: name, until: nil, now: missed.at)
    }
}

extension RepositoryPage.Row {
    fileprivate init(_ standing: Report.Standing, of repository: String, _ report: Report) {
        let objective = standing.objective
        let window = objective.window ?? report.window
        let beginsAt = ObjectiveWindow.beginning(of: window, endingAt: report.at)
        func path(_ verdict: VerdictFilter) -> String {
            EventsPage.path(
                objective.name, standing.deployment, verdict, from: beginsAt, names: [("repository", repository)])
        }
        title = objective.title
        link = ObjectivePage.path(of: objective.name, standing.deployment)
        deployment = standing.deployment.label
        promise =
            "\(DisplayFormat.target(objective.target)) \(objective.promise), over \(DisplayFormat.duration(window))"
        compliance = standing.counts.compliance.map { DisplayFormat.percent($0) } ?? "–"
        bad = DisplayFormat.grouped(standing.counts.tally.bad)
        good = DisplayFormat.grouped(standing.counts.good)
        tone = (standing.budgetRemaining ?? 0) < 0 ? "mark tone-bad" : ""
        missedLink = path(.missed)
        goodLink = path(.good)
    }
}
