import SLOConditions
import SLOCore
import SLOService
import SLOQueries

/// The page at `/`.
struct OverviewPage: Sendable {
    struct Section: Sendable {
        let id: String
        let name: String
        let window: String
        let isEmpty: Bool
        /// Which objectives have no event, and why, if there is no card to say so.
        let missing: [String]
        let cards: [ObjectiveCard]
        let hasRows: Bool
        let rowsText: String
        let rows: [ObjectiveRow]
    }

    /// A line of the banner.
    struct Headline: Sendable {
        let text: String
        /// To what it tells of.
        let page: String?
        let pageName: String
    }

    struct BlindRow: Sendable {
        let from: TimeText
        let span: SpanText
        let reason: String
        let caughtUp: TimeText?

        init(_ time: BlindIntervalSnapshot, now: Timestamp) {
            from = TimeText(time.from, now: now)
            span = SpanText((time.to ?? now) - time.from)
            reason = time.reason
            caughtUp = time.caughtUpAt.map { TimeText($0, now: now) }
        }
    }

    let frame: Frame
    let now: NowBlock
    let headlines: [Headline]
    let bannerTone: String
    let deployments: [Section]
    let hasDays: Bool
    let attention: [WaitingRow]
    let hasAttention: Bool
    let attentionCaption: String
    let activity: [ActivityRow]
    let verdicts: [String]
    let changes: [ChangesRow]
    let sources: [SourceRow]
    let blind: [BlindRow]
    let hasNotes: Bool
    let hasBlind: Bool

    private static let attentionLimit = 8
    private static let blindTold = 5

    init(
        _ overview: Overview, _ work: OpenWorkSnapshot, _ sources: [SourceSnapshot], _ health: [ComponentHealth],
        _ conditions: ConditionsNow
    ) {
        let now = overview.at
        frame = Frame("Overview", at: "/", fresh: 30, asOf: now)
        self.now = NowBlock(conditions, on: (overview, work), now: now)
        let summary = Summary(overview, work, health, holding: conditions.holding.count)
        headlines = summary.lines
        bannerTone = summary.tone
        let window = DisplayFormat.duration(overview.window)
        var labels: [Deployment] = []
        for standing in overview.standings where !labels.contains(standing.deployment) {
            labels.append(standing.deployment)
        }
        deployments = labels.enumerated().map { place, deployment in
            let own = overview.standings.filter { $0.deployment == deployment }
            let split = ObjectiveSplit(own)
            let isEmpty = own.allSatisfy { $0.days.allSatisfy { $0.tally == ObjectiveTally() } }
            let missing = isEmpty ? own : []
            return Section(
                id: "deployment-\(place + 1)", name: deployment.label, window: window, isEmpty: isEmpty,
                missing: missing.compactMap { standing in
                    standing.missingSource.map { "\(standing.objective.title): \($0.hint)" }
                },
                cards: split.cards.map {
                    ObjectiveCard(
                        $0, in: overview, window: $0.objective.window ?? overview.window,
                        projection: $0.projection(window: overview.window))
                }, hasRows: !split.rows.isEmpty, rowsText: split.rowsText, rows: split.rows.map(ObjectiveRow.init))
        }
        hasDays = deployments.contains { !$0.isEmpty }
        let late = work.items.filter(\.isOverdue)
        let lateCount = late.count + work.leftOut.filter(\.isOverdue).reduce(0) { $0 + $1.count }
        attention = late.prefix(Self.attentionLimit).map { WaitingRow($0, now: now) }
        hasAttention = !late.isEmpty
        attentionCaption =
            lateCount > Self.attentionLimit
            ? "The worst \(Self.attentionLimit) of \(DisplayFormat.grouped(Int64(lateCount)))"
            : "Everything overdue, the longest first"
        activity = overview.activity.map { ActivityRow($0, now: now) }
        verdicts = Verdict.allCases.map { Self.capitalized($0.title) } + ["Waiting now"]
        changes = overview.changes.map { ChangesRow($0, work) }
        self.sources = sources.map { SourceRow($0, now: now) }
        blind = overview.blindIntervals.suffix(Self.blindTold).reversed().map { BlindRow($0, now: now) }
        hasBlind = !blind.isEmpty
        hasNotes = !overview.timeNotes.isEmpty
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    struct ActivityRow: Sendable {
        let name: String
        let deployment: String
        let queued, started, success, failure, error, other, open: String
        let errorTone: String
        /// To the runs that are counted.
        let successLink, failureLink, errorLink, openLink: String

        init(_ activity: Overview.Activity, now: Timestamp) {
            func count(_ outcomes: [Outcome]) -> Int64 { outcomes.map { activity.ended[$0] ?? 0 }.reduce(0, +) }
            name = activity.kind.plural
            deployment = activity.deployment.label
            queued = DisplayFormat.grouped(activity.queued)
            started = DisplayFormat.grouped(activity.started)
            success = DisplayFormat.grouped(count([.success]))
            failure = DisplayFormat.grouped(count([.failure]))
            error = DisplayFormat.grouped(count([.error]))
            other = DisplayFormat.grouped(count([.canceled, .skipped, .superseded]))
            open = DisplayFormat.grouped(activity.unfinished)
            errorTone = count([.error]) > 0 ? "tone-bad" : ""
            func link(_ outcome: Outcome) -> String {
                RunsPage.path(activity.kind, activity.deployment, outcome, from: now - Overview.Activity.span)
            }
            (successLink, failureLink, errorLink) = (link(.success), link(.failure), link(.error))
            var filter = WaitingFilter()
            (filter.kind, filter.deployment) = (activity.kind.rawValue, activity.deployment.label)
            openLink = filter.link(page: 1)
        }
    }

    struct ChangesRow: Sendable {
        struct Count: Sendable {
            let text: String
            let tone: String
        }

        let deployment: String
        let counts: [Count]

        init(_ changes: Overview.Changes, _ work: OpenWorkSnapshot) {
            deployment = changes.deployment.label
            let waiting = work.waitingChanges(of: changes.deployment)
            counts =
                Verdict.allCases.map { verdict in
                    let count = changes.judged[verdict] ?? 0
                    return Count(
                        text: DisplayFormat.grouped(count), tone: count > 0 && verdict.tone == "bad" ? "tone-bad" : "")
                } + [Count(text: DisplayFormat.grouped(Int64(waiting)), tone: "")]
        }
    }

    struct SourceRow: Sendable {
        let name: String
        let last: TimeText?
        let absence: String
        let lag: String
        let lagExact: String?
        let taken: String
        let refused: String
        let refusedTone: String
        let link: String

        init(_ source: SourceSnapshot, now: Timestamp) {
            name = source.source.title
            last = source.lastText(now: now)
            absence = source.outcomes.contains { $0.count > 0 } ? "none recently" : "never"
            lag = source.medianLag.map { "≤\u{A0}\(DisplayFormat.duration($0))" } ?? "–"
            lagExact = source.medianLag.map { _ in
                "Half of all deliveries arrive within this time of the provider’s time"
            }
            let refusals = source.outcomes.filter(\.outcome.isRefusal).map(\.count).reduce(0, +)
            taken = DisplayFormat.grouped(source.outcomes.map(\.count).reduce(0, +) - refusals)
            refused = DisplayFormat.grouped(refusals)
            refusedTone = refusals > 0 ? "tone-bad" : ""
            link = "/deliveries#source-\(source.source.rawValue)"
        }
    }
}

/// The state in a few sentences, the worst first.
private struct Summary {
    private static let missedTold = 4

    private(set) var lines: [OverviewPage.Headline] = []
    private(set) var tone = "tone-good"

    /// - Parameter holding: how many conditions hold, which are told of above.
    init(_ overview: Overview, _ work: OpenWorkSnapshot, _ health: [ComponentHealth], holding: Int) {
        for fault in health where !fault.isReady {
            add("Not ready: \(fault.component) (\(fault.reason)).", fault.isVital ? "tone-bad" : "tone-warn")
        }
        let judged = overview.standings.filter { $0.tally.compliance != nil }
        // The deployment that ranks first, the first one in the configuration, is told of first and loudest.
        let first = overview.standings.first?.deployment
        let missed = judged.filter { ($0.budgetLeft ?? 0) < 0 }.sorted {
            ($0.deployment == first ? 0 : 1, $0.budgetLeft ?? 0) < ($1.deployment == first ? 0 : 1, $1.budgetLeft ?? 0)
        }
        for standing in missed.prefix(Self.missedTold) {
            add(
                "\(standing.deployment.label): the target of \(standing.objective.title.lowercased()) is missed, "
                    + "\(DisplayFormat.percent(standing.tally.compliance ?? 0)) of \(DisplayFormat.target(standing.objective.target)).",
                standing.deployment == first ? "tone-bad" : "tone-warn",
                page: EventsPage.path(
                    standing.objective.name, standing.deployment, .missed,
                    from: overview.at - (standing.objective.window ?? overview.window)), named: "what missed it")
        }
        if missed.count > Self.missedTold {
            let rest = missed.count - Self.missedTold
            add("\(DisplayFormat.count(rest, "more target is", "more targets are")) missed.", "tone-warn")
        }
        func leftOut(changes: Bool) -> Int {
            work.leftOut.filter { $0.isChanges == changes && $0.isOverdue }.reduce(0) { $0 + $1.count }
        }
        let changes = work.items.count { $0.hop == .status } + leftOut(changes: true)
        let runs = work.items.count { $0.hop != .status && $0.isOverdue } + leftOut(changes: false)
        if changes > 0 || runs > 0 {
            let parts = [
                changes == 0 ? nil : "\(DisplayFormat.count(changes, "change", "changes")) without a status",
                runs == 0 ? nil : DisplayFormat.count(runs, "run", "runs"),
            ].compactMap { $0 }
            add("Overdue: \(parts.joined(separator: ", ")).", "tone-warn", page: "/waiting", named: "what waits")
        }
        guard lines.isEmpty else { return }
        add(
            judged.isEmpty
                ? "Nothing has been judged yet. Configure senders for /webhooks/github, /webhooks/copr and "
                    + "/webhooks/testing-farm; results appear here."
                : "All objectives are met until now, and nothing is overdue.",
            judged.isEmpty || holding > 0 ? "" : "tone-good")
    }

    private mutating func add(_ line: String, _ tone: String, page: String? = nil, named name: String = "") {
        lines.append(OverviewPage.Headline(text: line, page: page, pageName: name))
        if self.tone != "tone-bad" { self.tone = tone }
    }
}
