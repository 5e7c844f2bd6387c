import SLOConditions
public import SLOConfiguration
import SLOCore
import SLOJSON

/// The settings of rules, dashboard and definitions: the running configuration, and what only the operators of
/// Prometheus know.
public struct RuleSettings: Sendable {
    let conditions: ConditionSettings
    /// The URL of the pages, without a slash at the end.
    let pagesURL: String
    /// The URL of the runbook: `docs/alerts.md`, which the server shows, too.
    let runbookURL: String
    let options: RuleOptions

    public init(_ configuration: Configuration, options: RuleOptions) {
        conditions = ConditionSettings(configuration, minimumEvents: options.minimumEvents)
        pagesURL = configuration.pages.url ?? configuration.http.pagesURL
        runbookURL = configuration.pages.runbookURL ?? pagesURL + "/runbook"
        self.options = options
    }

    var deployments: [Deployment] { conditions.deployments }
    var objectives: [Objective] { conditions.objectives }
    /// The rolling window of the error budgets of objectives that have none of their own.
    var window: TimeSpan { conditions.window }
    var windows: [TimeSpan] { conditions.windows }
    var queueCapacity: Int { conditions.queueCapacity }
    var burns: [Burn] { Burn.all(window: window) }

    func window(of objective: Objective) -> TimeSpan { conditions.window(of: objective) }

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
    /// The fewest events for which an alert may fire; `nil` for the configured number, with which the server
    /// evaluates.
    public var minimumEvents: Int?
    /// The URL of Prometheus.
    public var prometheusURL: String

    public init(
        job: String? = nil, minimumEvents: Int? = nil,
        prometheusURL: String = "http://127.0.0.1:9090"
    ) {
        self.job = job
        self.minimumEvents = minimumEvents
        self.prometheusURL = prometheusURL
    }
}
