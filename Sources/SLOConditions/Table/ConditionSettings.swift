public import SLOConfiguration
public import SLOCore

/// What decides the conditions and their thresholds: the running configuration.
public struct ConditionSettings: Sendable {
    /// In the order of their rank.
    public let deployments: [Deployment]
    public let objectives: [Objective]
    /// By which the mission's own series judge changes.
    let initialStatusDeadline: TimeSpan
    /// The rolling window of the error budgets of objectives that have none of their own.
    public let window: TimeSpan
    /// The eligibilities that count in the initial status objective.
    let countedEligibilities: [Eligibility]
    public let queueCapacity: Int
    /// The fewest events for which a condition may hold: fewer may be chance.
    let minimumEvents: Int
    /// Whether several nodes share a database.
    let isCluster: Bool

    /// - Parameter minimumEvents: in place of the configured one.
    public init(_ configuration: Configuration, minimumEvents: Int? = nil) {
        let judging = configuration.ledgerSettings
        deployments = configuration.rankedDeployments
        objectives = judging.objectives
        initialStatusDeadline = judging.initialStatusDeadline
        window = judging.window
        countedEligibilities = judging.countedEligibilities
        queueCapacity = configuration.http.maxQueuedDeliveries
        isCluster = configuration.cluster.database != nil
        self.minimumEvents = minimumEvents ?? configuration.alerts.minimumEvents
    }

    public func window(of objective: Objective) -> TimeSpan { objective.window ?? window }

    /// The windows of the objectives, without repetitions, the longest first.
    public var windows: [TimeSpan] { Set([window] + objectives.map(window(of:))).sorted(by: >) }

    var minimum: SeriesExpression { SeriesExpression(minimumEvents) }

    /// As few as show an outage where little happens, if they are waited for longer.
    var few: SeriesExpression { SeriesExpression(max(1, minimumEvents / 2)) }
}

extension Objective {
    /// What is counted as good: "builds end as success or failure within 12h".
    public var meaning: String {
        "\(indicator.events) \(indicator.good)" + (statedDeadline.map { " within \($0.text)" } ?? "")
    }

    public var targetPercent: String { "\((target * 100).decimal) %" }

    /// The highest possible burn rate: when every event is bad.
    var fastestBurn: Double { 1 / (1 - target) }

    /// Selects its series.
    var matcher: Selector.Matcher { .equals("objective", name.rawValue) }
}
