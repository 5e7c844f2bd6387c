import SLOCore

/// One row of the table of alerts: what the rule file, the runbook's check and the tests are made from.
///
/// Several rows may share a name: they are the same alert for several objectives.
struct Alert: Sendable {
    enum Severity: String, Sendable {
        /// Somebody should look now.
        case critical
        /// Somebody should look within a working day.
        case warning
    }

    let name: String
    let severity: Severity
    /// How long the condition holds before the alert fires.
    var hold = TimeSpan.zero
    /// What the rule adds to the labels of its expression.
    var labels: [(String, String)] = []
    let expression: String
    /// One line for a pager. May use Prometheus' templates, as the description may.
    let summary: String
    /// What is the matter, and what to do.
    let description: String
    let page: Page

    /// The alert's value, where it is what a counter rose by. Prometheus extrapolates that to the edges of the window:
    /// one that came just after the first scrape may read as two.
    static let aboutSoMany = #"About {{ $value | printf "%.0f" }}"#

    /// Every alert, in the order of the rule file.
    static func all(_ settings: RuleSettings) -> [Alert] {
        objectives(settings) + observer(settings)
    }
}
