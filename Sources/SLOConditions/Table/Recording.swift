public import SLOCore

/// The recording rules of objectives, for each window that conditions use.
///
/// Without events in the window nothing is recorded: there is no burn rate.
public enum Recording: String, CaseIterable, Sendable {
    case events = "packit_objective_events"
    case badEvents = "packit_objective_bad_events"
    /// The ratio of bad events divided by the ratio that the target allows.
    case burnRate = "packit_objective_burn_rate"

    public func name(over span: TimeSpan) -> String {
        "deployment_objective:\(rawValue):increase\(span.text)"
    }

    /// What is recorded of the objectives that the matchers select.
    public func definition(over span: TimeSpan, _ matchers: [Selector.Matcher] = []) -> SeriesExpression {
        func increase(_ more: [Selector.Matcher]) -> SeriesExpression {
            Selector("packit_objective_events_total", matchers + more).increase(over: span)
                .sum(by: "deployment", "objective")
        }
        switch self {
        case .events: return increase([])
        case .badEvents: return increase([.equals("verdict", "bad")])
        case .burnRate:
            let target = Selector("packit_objective_target_ratio", matchers).now.max(by: "deployment", "objective")
            return SeriesExpression.recorded(.badEvents, over: span, matchers)
                .divided(by: .recorded(.events, over: span, matchers) > 0)
                .divided(by: 1 - target, on: "deployment", "objective")
        }
    }
}
