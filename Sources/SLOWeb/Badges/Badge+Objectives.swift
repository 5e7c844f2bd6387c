import SLOCore
import SLOService
import SLOQueries

/// What a badge shows of one objective.
struct BadgeStanding: Sendable {
    let objective: Objective
    let tally: ObjectiveTally

    init(_ standing: Overview.Standing) {
        (objective, tally) = (standing.objective, standing.tally)
    }

    init(_ standing: Report.Standing) {
        (objective, tally) = (standing.objective, standing.counts.tally)
    }

    var isMissed: Bool? { tally.errorBudgetRemaining(target: objective.target).map { $0 < 0 } }

    fileprivate var sentence: String {
        let promise = "\(objective.promise), target \(DisplayFormat.target(objective.target))"
        guard let compliance = tally.compliance, let isMissed else { return "nothing was judged (\(promise))" }
        return "\(DisplayFormat.percent(compliance)) \(promise): \(isMissed ? "missed" : "met")"
    }
}

extension Badge {
    /// The badge of one objective. Without a standing, unknown and hidden repositories look alike.
    init(_ objective: Objective, _ standing: BadgeStanding?, of what: String, window: TimeSpan) {
        label = objective.title.lowercased()
        let compliance = standing?.tally.compliance
        message = compliance.map { DisplayFormat.percent($0) } ?? "no data"
        title =
            "\(what), \(objective.title.lowercased()), last \(DisplayFormat.duration(window)): "
            + (standing?.sentence ?? "nothing was judged")
        tone = standing?.isMissed.map { $0 ? .bad : .good } ?? .quiet
    }

    /// More missed objectives than these would make the badge of all too wide.
    private static let missedTold = 3
    /// Objectives in the title, and of more than these only the missed ones.
    private static let told = 6

    private static func sentences(of standings: [BadgeStanding]) -> String {
        let rest = standings.count - told
        return standings.isEmpty
            ? "all targets are met"
            : (standings.prefix(told).map(\.sentence) + (rest > 0 ? ["and \(rest) more"] : []))
                .joined(separator: "; ")
    }

    /// The badge of all objectives together.
    init(_ standings: [BadgeStanding], of what: String, window: TimeSpan) {
        let judged = standings.filter { $0.isMissed != nil }
        let missed = judged.filter { $0.isMissed == true }
        label = "packit slo"
        message =
            judged.isEmpty
            ? "no data"
            : missed.isEmpty
                ? "met"
                : missed.count <= Self.missedTold
                    ? missed.map { $0.objective.title.lowercased() + " missed" }.joined(separator: ", ")
                    : "\(missed.count) of \(judged.count) missed"
        title =
            "\(what), last \(DisplayFormat.duration(window)): "
            + (judged.isEmpty ? "nothing was judged" : Self.sentences(of: judged.count > Self.told ? missed : judged))
        tone = judged.isEmpty ? .quiet : missed.isEmpty ? .good : .bad
    }
}
