import SLOCore
import SLOService
import SLOQueries

/// One objective of one deployment.
struct ObjectiveCard: Sendable {
    struct State: Sendable {
        let word: String
        let tone: String
    }

    struct Value: Sendable {
        let value: String
        let exact: String
        let text: String
    }

    struct BurnText: Sendable {
        let over: String
        let text: String
        let exact: String
        let tone: String
        /// To the events that it counts; `nil` if there are none.
        let link: String?
    }

    let title: String
    /// To the page of the objective.
    let link: String
    let promise: String
    /// What the operator says of it.
    let description: String?
    /// Why it has no event.
    let missing: String?
    let state: State?
    let compliance: Value?
    /// To the events within the window: all, and those counted as bad.
    let eventsLink: String
    /// `nil` if nothing was judged.
    let missedLink: String?
    /// The bounds of compliance if blind intervals hide some events.
    let bounds: Value?
    let budgetWord: String
    let budget: String
    let budgetTone: String
    /// SVGs.
    let meter: String
    let days: String
    /// Links to the events of each day, in front of its bar.
    let dayLinks: String
    let firstDay: String
    let lastDay: String
    let burns: [BurnText]
    /// When the budget is spent.
    let projection: String?

    /// - Parameters:
    ///   - window: of the objective.
    ///   - projection: `nil` if the budget lasts at the present burn rate.
    init(
        _ standing: Overview.Standing, in overview: Overview, window: TimeSpan,
        projection: Overview.Standing.Projection?
    ) {
        let now = overview.at
        let (tally, target) = (standing.tally, standing.objective.target)
        let left = standing.budgetLeft
        title = standing.objective.title
        link = ObjectivePage.path(of: standing)
        description = standing.objective.description.isEmpty ? nil : standing.objective.description
        missing = standing.missingSource.map { "There is \($0.hint)." }
        promise =
            "target \(DisplayFormat.target(target)) \(standing.objective.promise), over \(DisplayFormat.duration(window))"
            + (standing.objective.selection.text.map { "; \($0)" } ?? "")
            + (standing.countsSince.map { "; events since \(DisplayFormat.moment($0))" } ?? "")
        state =
            standing.isComputing
            ? State(word: "computing", tone: "tone-quiet")
            : left.map { $0 < 0 ? State(word: "missed", tone: "tone-bad") : State(word: "met", tone: "tone-good") }
        compliance = tally.compliance.map { ratio in
            Value(
                value: "\(ratio)",
                exact: "\(DisplayFormat.grouped(tally.good)) good, \(DisplayFormat.grouped(tally.bad)) bad of "
                    + "\(DisplayFormat.grouped(tally.good &+ tally.bad)) \(standing.objective.indicator.events)",
                text: DisplayFormat.percent(ratio))
        }
        let beginsAt = ObjectiveWindow.beginning(of: window, endingAt: now)
        eventsLink = EventsPage.path(standing.objective.name, standing.deployment, from: beginsAt)
        missedLink = tally.compliance.map { _ in
            EventsPage.path(standing.objective.name, standing.deployment, .missed, from: beginsAt)
        }
        bounds = standing.counts.complianceBounds.map { Self.bounds($0, standing) }
        budgetWord =
            left.map { $0 < 0 ? "Budget overspent" : "Budget left" }
            ?? (standing.isComputing ? "Computing what was due before" : "Nothing judged")
        // Beyond this the exact number is of no use.
        budget =
            left.map { $0 < 0 ? "by \(DisplayFormat.percent(-$0, digits: 0))" : DisplayFormat.percent($0, digits: 1) }
            ?? "–"
        budgetTone = standing.budgetState.tone
        meter = Self.meter(standing)
        days = BudgetDays.svg(standing, blind: overview.blindIntervals, notes: overview.timeNotes, now: now)
        dayLinks = BudgetDays.links(standing)
        firstDay = standing.days.first.map { DisplayFormat.day($0.beginsAt) } ?? ""
        lastDay = "today"
        self.projection = projection.map {
            "At the burn rate of the last \(DisplayFormat.duration($0.over)), the budget is spent in "
                + "\(DisplayFormat.duration($0.spentIn))."
        }
        burns = standing.burns.map { BurnText($0, of: standing, now: now) }
    }

    private static func bounds(_ bounds: (worst: Double, best: Double), _ standing: Overview.Standing) -> Value {
        let doubt = standing.doubt
        let parts = [
            doubt.doubtful > 0 ? "\(DisplayFormat.grouped(doubt.doubtful)) counted as bad, perhaps wrongly" : nil,
            doubt.unknown > 0 ? "\(DisplayFormat.grouped(doubt.unknown)) not counted" : nil,
        ].compactMap { $0 }
        return Value(
            value: "\(bounds.worst)",
            exact:
                "Of \(standing.objective.indicator.events) within blind intervals: \(parts.joined(separator: ", ")).",
            text: "Blind intervals hide some: compliance is between \(DisplayFormat.percent(bounds.worst)) and "
                + "\(DisplayFormat.percent(bounds.best))")
    }

    private static func meter(_ standing: Overview.Standing) -> String {
        var svg = SVG(width: 100, height: 4, style: "meter", label: "Error budget: \(standing.budgetText)")
        svg.rectangle("track", x: 0, y: 0, width: 100, height: 4, radius: 1)
        guard let left = standing.budgetLeft else { return svg.text }
        let style =
            switch standing.budgetState {
            case .overspent: "bad"
            case .scarce: "warn"
            case .enough, .nothingJudged: "good"
            }
        svg.rectangle(style, x: 0, y: 0, width: left < 0 ? 100 : min(1, left) * 100, height: 4, radius: 1)
        return svg.text
    }
}

extension ObjectiveCard.BurnText {
    init(_ burn: Overview.Burn, of standing: Overview.Standing, now: Timestamp) {
        let events = standing.objective.indicator.events
        link = burn.tally.compliance.map { _ in
            EventsPage.path(
                standing.objective.name, standing.deployment, burn.tally.bad > 0 ? .missed : nil, from: now - burn.over)
        }
        over = "last \(DisplayFormat.duration(burn.over))"
        guard let left = burn.tally.errorBudgetRemaining(target: standing.objective.target) else {
            text = "–"
            exact = "No events."
            tone = "tone-quiet"
            return
        }
        let rate = 1 - left
        text = DisplayFormat.times(rate)
        exact = "\(DisplayFormat.grouped(burn.tally.good)) good, \(DisplayFormat.grouped(burn.tally.bad)) bad \(events)"
        tone = rate > 1 ? "tone-bad" : ""
    }
}
