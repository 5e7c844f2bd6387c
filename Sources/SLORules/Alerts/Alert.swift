import SLOCore
import SLOJSON

/// A row of the table of alerts, from which the rule file, the runbook's check and the tests are generated.
///
/// Several rows may share a name: one alert for several objectives.
struct Alert: Sendable {
    enum Severity: String, Sendable {
        /// Act now.
        case critical
        /// Act within a working day.
        case warning
    }

    let name: String
    let severity: Severity
    /// How long the condition holds before the alert fires.
    var hold = TimeSpan.zero
    /// The labels that the rule adds to those of its expression.
    var labels: [(String, String)] = []
    let expression: String
    /// One line for a pager. May use Prometheus' templates, as the description may.
    let summary: String
    /// What is wrong, and what to do.
    let description: String
    let page: Page

    /// The alert's value if it is the increase of a counter. Prometheus extrapolates to the edges of the window, so
    /// that one event may count as two.
    static let aboutSoMany = #"About {{ $value | printf "%.0f" }}"#

    /// The value of the label `severity`, which Prometheus evaluates for each firing alert. Only the deployment that
    /// ranks first, the first one in the configuration, is worth waking somebody.
    func severityLabel(_ settings: RuleSettings) -> String {
        guard severity == .critical, summary.contains("{{ $labels.deployment }}"), settings.deployments.count > 1,
            let first = settings.deployments.first
        else { return severity.rawValue }
        return "{{ if eq $labels.deployment \(jsonString(first.label)) }}\(Severity.critical.rawValue){{ else }}"
            + "\(Severity.warning.rawValue){{ end }}"
    }

    /// Every alert, in the order of the rule file.
    static func all(_ settings: RuleSettings) -> [Alert] {
        objectives(settings) + observer(settings)
    }
}
