import SLOCore
import SLOQueries

/// One of many objectives of a deployment, in a list.
struct ObjectiveRow: Sendable {
    let title: String
    /// To the page of the objective.
    let link: String
    let promise: String
    let compliance: String
    let budget: String
    let tone: String

    init(_ standing: Overview.Standing) {
        let objective = standing.objective
        title = objective.title
        link = ObjectivePage.path(of: standing)
        let window = objective.window.map { ", over \(DisplayFormat.duration($0))" } ?? ""
        let selection = objective.selection.text.map { "; \($0)" } ?? ""
        let hint = standing.missingSource.map { "; \($0.hint)" } ?? ""
        promise = "\(DisplayFormat.target(objective.target)) \(objective.promise)\(window)\(selection)\(hint)"
        compliance = standing.tally.compliance.map { DisplayFormat.percent($0) } ?? "–"
        budget = standing.isComputing ? "computing" : standing.budgetText
        tone = standing.budgetState.tone
    }
}

extension Overview.Standing {
    /// How an error budget stands.
    enum BudgetState: Sendable {
        case nothingJudged, enough, scarce, overspent

        var tone: String {
            switch self {
            case .nothingJudged: "tone-quiet"
            case .enough: ""
            case .scarce: "tone-warn"
            case .overspent: "tone-bad"
            }
        }
    }

    var budgetLeft: Double? { tally.errorBudgetRemaining(target: objective.target) }

    var budgetState: BudgetState {
        budgetLeft.map { $0 < 0 ? .overspent : $0 < 0.25 ? .scarce : .enough } ?? .nothingJudged
    }

    /// "62.6 % left", "overspent".
    var budgetText: String {
        budgetLeft.map { $0 < 0 ? "overspent" : "\(DisplayFormat.percent($0, digits: 1)) left" } ?? "nothing judged"
    }

    /// Missed, or soon to be.
    fileprivate var needsAttention: Bool { budgetState == .overspent || budgetState == .scarce }
}

/// Which of a deployment's objectives have a card, and which are rows of a list.
///
/// A few all have a card, in the order of the configuration. Of many, only the worst have one: what is met is one
/// line to unfold.
struct ObjectiveSplit {
    let cards: [Overview.Standing]
    let rows: [Overview.Standing]

    private static let fewObjectives = 6
    private static let cardsOfMany = 12

    init(_ standings: [Overview.Standing]) {
        guard standings.count > Self.fewObjectives else {
            (cards, rows) = (standings, [])
            return
        }
        // Without a budget nothing was judged: last.
        let worstFirst = standings.enumerated().sorted { left, right in
            (left.element.budgetLeft ?? 2, left.offset) < (right.element.budgetLeft ?? 2, right.offset)
        }.map(\.element)
        cards = Array(worstFirst.filter(\.needsAttention).prefix(Self.cardsOfMany))
        rows = Array(worstFirst.dropFirst(cards.count))
    }

    /// What the list holds.
    var rowsText: String {
        let missed = rows.count { ($0.budgetLeft ?? 0) < 0 }
        let judged = rows.count { $0.budgetLeft != nil }
        let parts = [
            missed == 0 ? nil : "\(DisplayFormat.count(missed, "objective is missed", "objectives are missed"))",
            judged == missed
                ? nil : "\(DisplayFormat.count(judged - missed, "objective is met", "objectives are met"))",
            rows.count == judged
                ? nil
                : "of \(DisplayFormat.count(rows.count - judged, "objective", "objectives")) nothing was judged",
        ].compactMap { $0 }
        return (cards.isEmpty ? "" : "Besides: ") + parts.joined(separator: ", ")
    }
}
