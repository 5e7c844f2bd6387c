import SLOConditions
import SLOCore
import SLOQueries

/// What holds now: the first thing on the first page.
struct NowBlock: Sendable {
    struct Row: Sendable {
        let word: String
        let tone: String
        let summary: String
        /// The chroots and the repositories of most that wait.
        let parts: [String]
        let description: String
        /// The day only if it is not today.
        let since: TimeText
        let lasting: SpanText
        let waiting: String
        /// To what waits.
        let waitingLink: String?
        let party: String
        let partyReason: String?
        let link: String
        let linkText: String
        /// The alert, and its section of the runbook.
        let alert: String
        let alertLink: String

        init(_ condition: HoldingCondition, now: Timestamp) {
            let incident = condition.incident
            let alarm = incident.severity == .critical ? "critical" : "warning"
            word =
                condition.isFiring
                ? alarm : "\(alarm) in \(DisplayFormat.duration(max(.seconds(1), condition.firesAt - now)))"
            tone = !condition.isFiring ? "tone-quiet" : incident.severity == .critical ? "tone-bad" : "tone-warn"
            summary = incident.summary
            parts = [condition.parts.chroots, condition.parts.repositories].compactMap(Self.text)
            description = condition.description
            since = TimeText(moment: incident.since, after: now)
            lasting = SpanText(max(.zero, now - incident.since))
            waiting = condition.waiting.map { DisplayFormat.grouped($0) } ?? "–"
            party = incident.party.title
            partyReason = condition.partyReason
            (link, linkText) = condition.linkToEvents
            waitingLink = condition.page == .waiting && condition.waiting != nil ? link : nil
            alert = incident.condition
            alertLink = RunbookPage.path(of: alert)
        }

        private static let partsShown = 3

        private static func text(_ parts: [WaitingParts.Part]) -> String? {
            guard !parts.isEmpty else { return nil }
            let shown = parts.prefix(partsShown).map { "\($0.name) \(DisplayFormat.grouped(Int64($0.count)))" }
            let rest = parts.count - shown.count
            return (shown + (rest > 0 ? ["\(DisplayFormat.grouped(Int64(rest))) more"] : [])).joined(separator: ", ")
        }
    }

    let rows: [Row]
    let hasRows: Bool
    let tone: String
    /// What is told if nothing holds.
    let quiet: String
    /// How many are left out; `nil` if all are shown.
    let more: String?
    /// Why something may be missing.
    let note: String?
    /// What comes of it: how the objectives stand if what waits is lost, and which budget is spent next.
    let outlook: [String]

    private static let shownOnOverview = 8
    /// Conditions that look back further than this are about what is usual for the hour of the week.
    private static let usualReach = TimeSpan.hours(6)
    private static let late = TimeSpan.minutes(3)

    /// - Parameter page: what else the first page tells, where the first few are enough.
    init(_ conditions: ConditionsNow, on page: (overview: Overview, work: OpenWorkSnapshot)? = nil, now: Timestamp) {
        let limit = page == nil ? Int.max : Self.shownOnOverview
        rows = conditions.holding.prefix(limit).map { Row($0, now: now) }
        hasRows = !rows.isEmpty
        let isAlarming = conditions.holding.contains { $0.isFiring && $0.incident.severity == .critical }
        tone = isAlarming ? "tone-bad" : hasRows ? "tone-warn" : "tone-good"
        let rest = conditions.holding.count - rows.count
        more = rest > 0 ? DisplayFormat.count(rest, "more condition", "more conditions") : nil
        quiet =
            conditions.at == nil
            ? "Not evaluated yet: the first evaluation follows the start."
            : "No alert condition holds."
        note = Self.note(conditions, now: now)
        outlook =
            page.map {
                Self.losses(conditions, $0.overview, $0.work) + [Self.next($0.overview)].compactMap { $0 }
            } ?? []
    }

    private static func note(_ conditions: ConditionsNow, now: Timestamp) -> String? {
        guard let at = conditions.at else { return nil }
        if now - at > late { return "Last evaluated \(DisplayFormat.time(at, now: now))." }
        guard let first = conditions.samplesSince, now - first < usualReach else { return nil }
        let reach = DisplayFormat.duration(max(.zero, now - first))
        return "Samples begin \(reach) ago. A condition that looks back further may not show yet."
    }

    /// Of each objective that a condition is about: how it stands if none of the runs that wait ends in time. A
    /// selection of an objective is not applied to what waits, so such an objective is left out.
    private static func losses(
        _ conditions: ConditionsNow, _ overview: Overview, _ work: OpenWorkSnapshot
    ) -> [String] {
        overview.standings.compactMap { standing in
            let objective = standing.objective
            guard let kind = objective.indicator.runKind, objective.indicator == kind.endIndicator,
                objective.selection.text == nil, conditions.holding.contains(where: { $0.concerns(standing) }),
                let activity = overview.activity.first(where: {
                    $0.kind == kind && $0.deployment == standing.deployment
                }), activity.unfinished > activity.overdue
            else { return nil }
            let waiting = activity.unfinished - activity.overdue
            let lost = standing.tally + ObjectiveTally(bad: waiting)
            guard let compliance = lost.compliance else { return nil }
            let first = work.items.filter { item in
                !item.isOverdue && item.deployment == standing.deployment && item.kind == .run(kind)
            }.map { $0.timeLeft(at: overview.at) }.min()
            let isMissed = compliance < objective.target
            return "\(standing.deployment.label), \(objective.title.lowercased()): "
                + "\(DisplayFormat.grouped(waiting)) unfinished. If none of them ends in time, compliance is "
                + "\(DisplayFormat.percent(compliance)), and the target of \(DisplayFormat.target(objective.target)) is "
                + (isMissed ? "missed" : "still met")
                + (first.map { "; the first deadline is in \(DisplayFormat.duration(max(.zero, $0)))." } ?? ".")
        }
    }

    private static func next(_ overview: Overview) -> String? {
        let soonest = overview.standings.compactMap { standing in
            standing.projection(window: overview.window).map { (standing, $0) }
        }.min { $0.1.spentIn < $1.1.spentIn }
        guard let (standing, projection) = soonest else { return nil }
        return "Next: \(standing.deployment.label), \(standing.objective.title.lowercased()): the error budget "
            + "is spent in \(DisplayFormat.duration(projection.spentIn)) at the burn rate of the last "
            + "\(DisplayFormat.duration(projection.over))."
    }
}

extension HoldingCondition {
    fileprivate func concerns(_ standing: Overview.Standing) -> Bool {
        incident.objective == standing.objective.name && incident.deployment == standing.deployment
    }

    /// To what it is about: the events that missed the objective, or what waits, as far as its labels tell.
    fileprivate var linkToEvents: (path: String, text: String) {
        let labels = Labels(incident.subject) ?? .none
        let (objective, deployment) = (incident.objective, incident.deployment)
        switch page {
        case .waiting:
            var filter = WaitingFilter()
            filter.deployment = deployment?.label ?? ""
            filter.kind = RunKind.allCases.first { $0.objective == objective }?.rawValue ?? ""
            if incident.condition.hasPrefix("PackitAnswers") { filter.hop = .status }
            return (filter.link(page: 1), "what waits")
        case .deliveries:
            let source = labels["source"].flatMap(Source.init(rawValue:))
            return (DeliveriesPage.path + Path.query([("source", source?.rawValue ?? "")]), "deliveries")
        case .history: return ("/history", "history")
        case .overview:
            guard let events = incident.eventsLink else { return (ConditionsPage.path, "what to do") }
            return (events, "what missed it")
        }
    }
}

extension Incident {
    fileprivate var objective: Objective.Name? {
        Labels(subject)?["objective"].flatMap(Objective.Name.init(rawValue:))
    }

    fileprivate var deployment: Deployment? { Labels(subject)?["deployment"].map { Deployment($0) } }

    /// To the events that missed the objective since it began, or while it lasted; `nil` if it is about none.
    var eventsLink: String? {
        objective.map { EventsPage.path($0, deployment, .missed, from: since, to: endedAt) }
    }
}
