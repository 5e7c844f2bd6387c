public import SLOConfiguration
import SLOCore
import SLOJSON

/// The settings of rules, dashboard and definitions: the running configuration, and what only the operators of
/// Prometheus know.
public struct RuleSettings: Sendable {
    let deployments: [Deployment]
    let objectives: [Objective]
    /// By which the mission's own series judge changes.
    let initialStatusDeadline: TimeSpan
    /// The rolling window of the error budgets of objectives that have none of their own.
    let window: TimeSpan
    /// The eligibilities that count in the initial status objective.
    let countedEligibilities: [Eligibility]
    let queueCapacity: Int
    /// The URL of the pages, without a slash at the end.
    let pagesURL: String
    /// The URL of the runbook, `docs/alerts.md`.
    let runbookURL: String?
    let options: RuleOptions

    public init(_ configuration: Configuration, options: RuleOptions) {
        let judging = configuration.ledgerSettings
        deployments = judging.deployments
        objectives = judging.objectives
        initialStatusDeadline = judging.initialStatusDeadline
        window = judging.window
        countedEligibilities = judging.countedEligibilities
        queueCapacity = configuration.http.maxQueuedDeliveries
        pagesURL = configuration.pages.url ?? configuration.http.pagesURL
        runbookURL = configuration.pages.runbookURL
        self.options = options
    }

    var burns: [Burn] { Burn.all(window: window) }

    func window(of objective: Objective) -> TimeSpan { objective.window ?? window }

    /// The windows of the objectives, without repetitions, the longest first.
    var windows: [TimeSpan] { Set([window] + objectives.map(window(of:))).sorted(by: >) }

    /// The page of the product with more details.
    func link(_ page: Page) -> String {
        pagesURL + page.rawValue
    }

    /// Restricts an expression to the observer's process, because every program has series of the same names.
    func ofProcess(_ expression: String) -> String {
        "\(expression) and on (instance, job) \(series("packit_slo_build_info"))"
    }

    /// A selector of a series, restricted to the configured scrape job.
    func series(_ name: String, _ matchers: String = "") -> String {
        let job = options.job.map { "job=\(jsonString($0))" }
        let all = [matchers.isEmpty ? nil : matchers, job].compactMap { $0 }
        return all.isEmpty ? name : "\(name){\(all.joined(separator: ","))}"
    }
}

extension Configuration.HTTP {
    /// The URL of the pages.
    fileprivate var pagesURL: String {
        "\(tls.certificateFile == nil ? "http" : "https")://\(operationsListen ?? listen)"
    }
}

/// What the rules need besides the configuration.
public struct RuleOptions: Sendable {
    /// Prometheus' name for the job that scrapes this observer; needed only if it scrapes several.
    public var job: String?
    /// The fewest events for which an alert may fire: fewer may be chance.
    public var minimumEvents: Int
    /// The URL of Prometheus.
    public var prometheusURL: String

    public static let defaultMinimumEvents = 5

    public init(
        job: String? = nil, minimumEvents: Int = RuleOptions.defaultMinimumEvents,
        prometheusURL: String = "http://127.0.0.1:9090"
    ) {
        self.job = job
        self.minimumEvents = minimumEvents
        self.prometheusURL = prometheusURL
    }
}

/// The pages to which rules and panels link.
enum Page: String, Sendable {
    case overview = "/"
    case waiting = "/waiting"
    case history = "/history"
    case deliveries = "/deliveries"
}

extension Objective {
    /// What is counted as good: "builds end as success or failure within 12h".
    var meaning: String {
        "\(indicator.events) \(indicator.good)"
            + (statedDeadline.map { " within \(DurationText.text($0))" } ?? "")
    }

    var targetPercent: String { "\((target * 100).decimal) %" }

    /// The highest possible burn rate: when every event is bad.
    var fastestBurn: Double { 1 / (1 - target) }
}
