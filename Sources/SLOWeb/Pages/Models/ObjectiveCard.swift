import SLOCore
import SLOMetrics
import SLOService

/// One objective of one deployment.
struct ObjectiveCard: Sendable {
    struct State: Sendable {
        let word: String
        let tone: String
    }

    struct Value: Sendable {
        let value: String
        let exact: String
        let said: String
    }

    struct BurnText: Sendable {
        let over: String
        let said: String
        let exact: String
        let tone: String
    }

    let title: String
    let promise: String
    let state: State?
    let compliance: Value?
    /// What it may have been in truth, where blind times hide some.
    let bounds: Value?
    let budgetWord: String
    let budget: String
    let budgetTone: String
    /// Drawings.
    let meter: String
    let days: String
    let firstDay: String
    let lastDay: String
    let burns: [BurnText]

    init(_ standing: Overview.Standing, blind: [BlindTime], window: String, now: Timestamp) {
        let (tally, target) = (standing.tally, standing.target)
        let left = tally.errorBudgetRemaining(target: target)
        title = standing.objective.title
        promise =
            "target \(Spoken.target(target)) \(standing.objective.promise) within "
            + "\(Spoken.duration(standing.deadline)), over \(window)"
        state = left.map { $0 < 0 ? State(word: "missed", tone: "tone-bad") : State(word: "met", tone: "tone-good") }
        compliance = tally.compliance.map { ratio in
            Value(
                value: "\(ratio)",
                exact: "\(Spoken.grouped(tally.good)) good, \(Spoken.grouped(tally.bad)) bad of "
                    + "\(Spoken.grouped(tally.good &+ tally.bad)) \(standing.objective.events)",
                said: Spoken.percent(ratio))
        }
        bounds = standing.counts.complianceBounds.map { Self.bounds($0, standing) }
        budgetWord = left.map { $0 < 0 ? "Budget overspent" : "Budget left" } ?? "Nothing judged"
        // Beyond some point only that it is far is worth saying.
        budget = left.map { $0 < 0 ? "by \(Spoken.percent(-$0, digits: 0))" : Spoken.percent($0, digits: 1) } ?? "–"
        budgetTone = left.map { $0 < 0 ? "tone-bad" : $0 < 0.25 ? "tone-warn" : "" } ?? "tone-quiet"
        meter = Self.meter(left)
        days = BudgetDays.svg(standing, blind: blind, now: now)
        firstDay = standing.days.first.map { Spoken.day($0.beginsAt) } ?? ""
        lastDay = "today"
        burns = standing.burns.map { BurnText($0, target: target, events: standing.objective.events) }
    }

    private static func bounds(_ bounds: (worst: Double, best: Double), _ standing: Overview.Standing) -> Value {
        let doubt = standing.doubt
        let parts = [
            doubt.doubtful > 0 ? "\(Spoken.grouped(doubt.doubtful)) counted as bad, perhaps wrongly" : nil,
            doubt.unknown > 0 ? "\(Spoken.grouped(doubt.unknown)) not counted" : nil,
        ].compactMap { $0 }
        return Value(
            value: "\(bounds.worst)",
            exact: "Of \(standing.objective.events) that fell into blind times: \(parts.joined(separator: ", ")).",
            said: "Blind times hide some: in truth between \(Spoken.percent(bounds.worst)) and "
                + "\(Spoken.percent(bounds.best))")
    }

    private static func meter(_ left: Double?) -> String {
        let told = left.map { $0 < 0 ? "overspent" : "\(Spoken.percent($0, digits: 1)) left" } ?? "nothing judged"
        var svg = SVG(width: 100, height: 4, style: "meter", label: "Error budget: \(told)")
        svg.rectangle("track", x: 0, y: 0, width: 100, height: 4, radius: 1)
        guard let left else { return svg.text }
        let style = left < 0 ? "bad" : left < 0.25 ? "warn" : "good"
        svg.rectangle(style, x: 0, y: 0, width: left < 0 ? 100 : min(1, left) * 100, height: 4, radius: 1)
        return svg.text
    }
}

extension ObjectiveCard.BurnText {
    init(_ burn: Overview.Burn, target: Double, events: String) {
        over = "last \(Spoken.duration(burn.over))"
        guard let left = burn.tally.errorBudgetRemaining(target: target) else {
            said = "–"
            exact = "Nothing was judged."
            tone = "tone-quiet"
            return
        }
        let rate = 1 - left
        said = Spoken.times(rate)
        exact = "\(Spoken.grouped(burn.tally.good)) good, \(Spoken.grouped(burn.tally.bad)) bad \(events)"
        tone = rate > 1 ? "tone-bad" : ""
    }
}
