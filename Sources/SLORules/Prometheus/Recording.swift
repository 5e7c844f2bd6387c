import SLOCore

/// What is recorded of the objectives over each window that alerts look at.
///
/// Nothing is recorded of a window without events: a pace of nothing is neither good nor bad.
enum Recording: String, CaseIterable {
    case events = "packit_objective_events"
    case badEvents = "packit_objective_bad_events"
    /// The ratio of bad events over that which the target allows.
    case burnRate = "packit_objective_burn_rate"

    func name(over span: TimeSpan) -> String {
        "deployment_objective:\(rawValue):increase\(span.text)"
    }

    func expression(over span: TimeSpan, _ settings: RuleSettings) -> String {
        let labels = "by (deployment, objective)"
        switch self {
        case .events:
            return "sum \(labels) (increase(\(settings.series("packit_objective_events_total"))[\(span.text)]))"
        case .badEvents:
            let bad = settings.series("packit_objective_events_total", #"verdict="bad""#)
            return "sum \(labels) (increase(\(bad)[\(span.text)]))"
        case .burnRate:
            return """
                \(settings.series(Self.badEvents.name(over: span)))
                / (\(settings.series(Self.events.name(over: span))) > 0)
                / on (deployment, objective)
                (1 - max \(labels) (\(settings.series("packit_objective_target_ratio"))))
                """
        }
    }
}
