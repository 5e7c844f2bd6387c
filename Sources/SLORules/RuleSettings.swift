public import SLOConfiguration
import SLOCore
import SLOJSON

/// What rules, dashboard and definitions are made from: the running configuration, and what only those know who
/// run Prometheus.
public struct RuleSettings: Sendable {
    let deployments: [Deployment]
    let objectives: [Objective]
    /// The rolling window of the error budgets.
    let window: TimeSpan
    /// Whose misses count in the objective of the initial status.
    let countedEligibilities: [Eligibility]
    let queueCapacity: Int
    /// Where people reach the pages, without a slash at the end.
    let pagesURL: String
    /// Where the runbook, `docs/alerts.md`, can be read.
    let runbookURL: String?
    let options: RuleOptions

    public init(_ configuration: Configuration, options: RuleOptions) {
        let judging = configuration.ledgerSettings
        deployments = judging.deployments
        objectives = judging.objectives
        window = judging.window
        countedEligibilities = judging.countedEligibilities
        queueCapacity = configuration.http.maxQueuedDeliveries
        pagesURL = configuration.pages.url ?? configuration.http.pagesURL
        runbookURL = configuration.pages.runbookURL
        self.options = options
    }

    var burns: [Burn] { Burn.all(window: window) }

    /// The page of the product that shows more.
    func link(_ page: Page) -> String {
        pagesURL + page.rawValue
    }

    /// What is asked of the observer's process, where every program has series of the same names.
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
    /// Where the pages are served.
    fileprivate var pagesURL: String {
        "\(tls.certificateFile == nil ? "http" : "https")://\(operationsListen ?? listen)"
    }
}

/// What the configuration does not know and the rules need.
public struct RuleOptions: Sendable {
    /// Prometheus' name for the job that scrapes this observer; needed only where it scrapes several.
    public var job: String?
    /// How many events it takes besides the condition of an alert: what fewer show is chance.
    public var minimumEvents: Int
    /// Where Prometheus answers.
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

/// The product's pages that rules and panels lead to.
enum Page: String, Sendable {
    case overview = "/"
    case waiting = "/waiting"
    case history = "/history"
    case deliveries = "/deliveries"
}

extension Objective {
    /// What is counted as good: "builds end as success or failure within 12h".
    var meaning: String { "\(indicator.events) \(indicator.good) within \(DurationText.text(deadline))" }

    var targetPercent: String { "\((target * 100).decimal) %" }

    /// The fastest that a budget can burn: when every event is bad.
    var fastestBurn: Double { 1 / (1 - target) }
}
