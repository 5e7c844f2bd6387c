/// What tells of the events of an indicator, where GitHub's deliveries alone do not.
public enum EventSource: String, CaseIterable, Hashable, Sendable {
    /// GitHub's list of the deliveries to a watched App.
    case appDeliveries = "app_deliveries"
    /// How Copr ended a build: its messages, or look-ups.
    case coprEnds = "copr"
    /// How Testing Farm ended a request: its documents, or look-ups.
    case testingFarmEnds = "testing_farm"

    /// The keys of the configuration of which one must be set.
    public var settings: [String] {
        switch self {
        case .appDeliveries: ["github.app_keys"]
        case .coprEnds: ["fedora_messaging.url", "copr.webhook_secrets", "copr.api_url"]
        case .testingFarmEnds: ["testing_farm.webhook_secrets", "testing_farm.api_url"]
        }
    }
}

extension Objective.Indicator {
    /// Without which it has no event; `nil` if GitHub's deliveries are enough.
    public var source: EventSource? {
        switch self {
        case .appDeliveries: .appDeliveries
        case .buildReport: .coprEnds
        case .testRunReport: .testingFarmEnds
        case .initialStatus, .allStatuses, .commandAnswer, .builds, .testRuns, .jobs, .buildStart, .testRunStart: nil
        }
    }
}

extension LedgerSettings {
    /// The source without which an objective cannot have an event of a deployment; `nil` if none is missing.
    public func missingSource(of objective: Objective, for deployment: Deployment) -> EventSource? {
        objective.indicator.source.flatMap { missingSources[deployment, default: []].contains($0) ? $0 : nil }
    }
}
