import SLOCore

/// The recording rules of objectives, for each window that alerts use.
///
/// Without events in the window nothing is recorded: there is no burn rate.
enum Recording: String, CaseIterable {
    case events = "packit_objective_events"
    case badEvents = "packit_objective_bad_events"
    /// The ratio of bad events divided by the ratio that the target allows.
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
