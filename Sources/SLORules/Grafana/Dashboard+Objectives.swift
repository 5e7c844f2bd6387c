import SLOConditions
import SLOCore

// The rows about Packit.

extension Dashboard {
    static func rows(_ settings: RuleSettings) -> [Row] {
        [
            Row(title: "Now", panels: now(settings)),
            Row(title: "Objective: $objective", panels: objective(settings), repeatedBy: "objective"),
            Row(title: "Initial status", panels: initialStatus(settings)),
            Row(
                title: "Builds",
                panels: runs("builds", "build", "build", settings) + hops("build", settings) + [notSubmitted(settings)]),
            Row(
                title: "Test runs",
                panels: runs("test_runs", "test_run", "test run", settings) + hops("test_run", settings)),
            Row(title: "Other jobs", panels: runs("jobs", "job", "job", settings, by: ["kind"])),
            Row(title: "Commands", panels: commands(settings)),
            Row(title: "Deliveries to the App", panels: appDeliveries(settings)),
            Row(title: "The observer", panels: observer(settings)),
        ]
    }

    /// A series, filtered by the deployments selected on the dashboard.
    static func chosen(_ name: String, _ settings: RuleSettings, _ matchers: String = "") -> String {
        settings.series(name, #"deployment=~"$deployment""# + (matchers.isEmpty ? "" : "," + matchers))
    }

    /// A series of objectives, filtered by the deployments and objectives selected on the dashboard. In a row that is
    /// repeated for each objective, that is the row's.
    private static func ofObjective(_ name: String, _ settings: RuleSettings) -> String {
        chosen(name, settings, #"objective=~"$objective""#)
    }

    private static let good = "green"
    private static let worse = "orange"
    private static let bad = "red"

    private static func now(_ settings: RuleSettings) -> [Panel] {
        [
            Panel(
                title: "Compliance", kind: .stat, unit: .ratio, width: 8,
                description: "The share of good events over the window. Red is below the target. "
                    + "Missing while there is nothing to judge.",
                page: .overview,
                queries: [
                    .init(
                        expression:
                            "max by (deployment, objective) (\(ofObjective("packit_objective_compliance_ratio", settings)))",
                        legend: "{{deployment}} {{objective}}")
                ],
                stepsByEnding: settings.objectives.map {
                    (" " + $0.name.rawValue, [(colour: bad, from: nil), (colour: good, from: $0.target)])
                }),
            Panel(
                title: "Error budget left", kind: .stat, unit: .ratio, width: 8,
                description: "The remaining error budget over the window; negative if it is overspent.",
                page: .overview,
                queries: [budgetLeft(settings)],
                steps: [(bad, nil), (worse, 0), (good, 0.25)]),
            Panel(
                title: "Waiting", kind: .stat, unit: .count, width: 6,
                description: "Overdue now: pull requests without a status, and runs without an end.",
                page: .waiting,
                queries: [
                    .init(
                        expression: "sum(\(chosen("packit_pull_requests_without_status", settings)))",
                        legend: "without a status"),
                    .init(expression: "sum(\(chosen("packit_builds_overdue", settings)))", legend: "builds overdue"),
                    .init(
                        expression: "sum(\(chosen("packit_test_runs_overdue", settings)))",
                        legend: "test runs overdue"),
                    .init(expression: "sum(\(chosen("packit_jobs_overdue", settings)))", legend: "other jobs overdue"),
                ],
                steps: [(good, nil), (worse, 1)]),
            Panel(
                title: "Alerts", kind: .stat, unit: .count, width: 2,
                description: "The number of firing alerts of the rule file.",
                page: .overview,
                queries: [
                    .init(
                        expression: #"count(ALERTS{alertname=~"Packit.+",alertstate="firing"}) or vector(0)"#,
                        legend: "firing")
                ],
                steps: [(good, nil), (bad, 1)]),
        ]
    }

    private static func budgetLeft(_ settings: RuleSettings) -> Panel.Query {
        let remaining = ofObjective("packit_objective_error_budget_remaining_ratio", settings)
        return .init(
            expression: "max by (deployment, objective) (\(remaining))", legend: "{{deployment}} {{objective}}")
    }

    private static func objective(_ settings: RuleSettings) -> [Panel] {
        let burns = settings.burns.map { burn in
            Panel(
                title: "Burn rate over \(burn.long.text)", kind: .timeseries, unit: .factor, width: 8,
                description: "At 1 the error budget lasts exactly the window. Above the line an alert fires, "
                    + "if there are enough events. A gap is a time without events. Uses the recording rules.",
                page: .overview,
                queries: [
                    .init(
                        expression: ofObjective(Recording.burnRate.name(over: burn.long), settings),
                        legend: "{{deployment}} {{objective}}")
                ],
                steps: [(good, nil), (bad, burn.factor)])
        }
        let events = ofObjective("packit_objective_events_total", settings)
        return burns + [
            Panel(
                title: "Error budget left", kind: .timeseries, unit: .ratio, width: 12,
                description: "Over the rolling window: \(settings.window.text), unless the objective has its own.",
                page: .history,
                queries: [budgetLeft(settings)]),
            increases(
                "Good and bad", events, by: ["objective", "verdict"], "Judged events.", page: .history,
                isStacked: false),
        ]
    }

    private static func initialStatus(_ settings: RuleSettings) -> [Panel] {
        let changes = chosen("packit_pull_request_changes_total", settings)
        let missed = chosen("packit_initial_status_deadlines_missed_total", settings)
        let waiting = chosen("packit_pull_requests_without_status", settings)
        let buckets = chosen("packit_initial_status_duration_seconds_bucket", settings)
        let lastChecks = chosen("packit_all_statuses_duration_seconds_bucket", settings)
        return [
            increases(
                "Verdicts", changes, by: ["verdict", "eligibility"], between: ", ",
                "Changes by verdict. For assumed repositories it is unknown whether Packit handles them.",
                page: .history),
            quantiles("Time to the first status", buckets, page: .history),
            Panel(
                title: "Without a status now", kind: .timeseries, unit: .count, width: 8,
                description: "Overdue pull requests without a status.", page: .waiting,
                queries: [
                    .init(
                        expression: "sum by (deployment, eligibility) (\(waiting))",
                        legend: "{{deployment}} {{eligibility}}")
                ]),
            increases(
                "Deadlines missed", missed, by: ["deployment", "eligibility"],
                "Provisional: the verdict follows after the grace period.", page: .waiting, width: 8,
                isStacked: false),
            heatmap("How long the first status took", buckets),
            quantiles("Time to the first status of the last check", lastChecks, page: .history),
            heatmap("How long the first status of the last check took", lastChecks, width: 12),
        ]
    }

    /// - Parameters:
    ///   - plural: as in the names of counters.
    ///   - singular: as in the names of histograms and in `kind`.
    ///   - labels: which tell its runs apart.
    private static func runs(
        _ plural: String, _ singular: String, _ noun: String, _ settings: RuleSettings, by labels: [String] = []
    ) -> [Panel] {
        let steps = ["queued", "started", "finished"].map { step in
            Panel.Query(
                expression: "sum(increase(\(chosen("packit_\(plural)_\(step)_total", settings))[1h]))", legend: step)
        }
        let finished = chosen("packit_\(plural)_finished_total", settings)
        let buckets = chosen("packit_\(singular)_duration_seconds_bucket", settings)
        let settling = chosen("packit_runs_settling", settings, #"kind="\#(singular)""#)
        return [
            Panel(
                title: "Queued, started, finished, per hour", kind: .timeseries, unit: .count, width: 8,
                description: "If finished stays below queued, \(noun)s wait.", page: .waiting,
                queries: steps),
            increases(
                "Outcomes", finished, by: labels + ["outcome"],
                "The author of the change fixes a failure; an error is a fault of infrastructure.", page: .history,
                width: 8),
            Panel(
                title: "Not finished now", kind: .timeseries, unit: .count, width: 8,
                description: "Overdue: past the deadline. Settling: ended, but the outcome may still change.",
                page: .waiting,
                queries: [
                    .init(expression: "sum(\(chosen("packit_\(plural)_unfinished", settings)))", legend: "unfinished"),
                    .init(expression: "sum(\(chosen("packit_\(plural)_overdue", settings)))", legend: "overdue"),
                    .init(expression: "sum(\(settling))", legend: "settling"),
                ]),
            quantiles("From queued to finished", buckets, page: .history),
            heatmap("How long a \(noun) took", buckets, width: 12),
        ]
    }

    /// Times of a run before and after its work.
    private static func hops(_ singular: String, _ settings: RuleSettings) -> [Panel] {
        let starts = chosen("packit_\(singular)_start_duration_seconds_bucket", settings)
        let reports = chosen("packit_\(singular)_report_duration_seconds_bucket", settings)
        return [
            quantiles("From queued to started", starts, page: .history),
            quantiles("From the end at the backend to GitHub", reports, page: .history),
        ]
    }

    private static func notSubmitted(_ settings: RuleSettings) -> Panel {
        increases(
            "Not submitted", chosen("packit_builds_not_submitted_total", settings), by: ["reason"],
            "Builds whose checks ended before Copr had them, by reason.", page: .history)
    }

    private static func commands(_ settings: RuleSettings) -> [Panel] {
        let commands = chosen("packit_commands_total", settings)
        let buckets = chosen("packit_command_answer_duration_seconds_bucket", settings)
        return [
            increases(
                "Verdicts on commands", commands, by: ["verdict", "eligibility"], between: ", ",
                "Commands that people gave in comments, by the verdict on their answer.", page: .history),
            quantiles("Time to the answer", buckets, page: .history),
        ]
    }

    private static func appDeliveries(_ settings: RuleSettings) -> [Panel] {
        let attempts = chosen("packit_app_deliveries_total", settings)
        let buckets = chosen("packit_app_delivery_duration_seconds_bucket", settings)
        return [
            increases(
                "Attempts", attempts, by: ["status"],
                "GitHub's attempts to deliver to Packit's App, by the response of its endpoint. "
                    + "0 without a key in github.app_keys.",
                page: .overview),
            quantiles("Time to the response", buckets, page: .overview),
        ]
    }

    /// What a counter counted in each hour, by labels.
    /// - Parameter separator: of the labels' values in the legend.
    private static func increases(
        _ title: String, _ counter: String, by labels: [String], between separator: String = " ",
        _ description: String, page: Page, width: Int = 12, isStacked: Bool = true
    ) -> Panel {
        Panel(
            title: title + ", per hour", kind: .timeseries, unit: .count, width: width, description: description,
            page: page,
            queries: [
                .init(
                    expression: "sum by (\(labels.joined(separator: ", "))) (increase(\(counter)[1h]))",
                    legend: labels.map { "{{\($0)}}" }.joined(separator: separator))
            ], hasExemplars: true, isStacked: isStacked)
    }

    private static func quantiles(_ title: String, _ buckets: String, page: Page) -> Panel {
        Panel(
            title: title, kind: .timeseries, unit: .seconds, width: 12,
            description: "50th, 90th and 99th percentile of the last six hours.",
            page: page,
            queries: [("50 %", "0.5"), ("90 %", "0.9"), ("99 %", "0.99")].map { legend, quantile in
                .init(
                    expression: "histogram_quantile(\(quantile), sum by (le) (increase(\(buckets)[6h])))",
                    legend: legend)
            }, hasExemplars: true)
    }

    private static func heatmap(_ title: String, _ buckets: String, width: Int = 8) -> Panel {
        Panel(
            title: title, kind: .heatmap, unit: .seconds, width: width,
            description: "A darker colour means more in that hour.", page: .history,
            queries: [.init(expression: "sum by (le) (increase(\(buckets)[1h]))", legend: "{{le}}")])
    }
}
