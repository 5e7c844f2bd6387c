import Logging
import SLOConfiguration
import SLOReplay
import SLOService
import SLOUpstream
import ServiceLifecycle

/// What only the process that decides does besides: it asks upstreams, reads GitHub's lists, consumes messages, fills
/// in judgements and evaluates conditions.
struct DecidingServices: Sendable {
    private let lookups: LookupService
    private let bus: MessageBus?
    private let github: GitHubService?
    private let conditions: ConditionWatch?
    private let backfiller: Backfiller

    /// - Parameter receiver: where messages go.
    /// - Throws: an error of the settings, or of a file with a key.
    init(
        _ configuration: Configuration, _ settings: ServiceSettings, _ access: DeciderAccess,
        receiver: any MessageReceiver, logger: Logger
    ) throws {
        lookups = LookupService(
            try LookupSettings(configuration), source: access.lookups, metrics: access.registry, logger: logger)
        github = try GitHubService(
            GitHubSettings(configuration), reconciliations: access.reconciliations,
            appDeliveries: access.appDeliveries, metrics: access.registry, logger: logger)
        bus = MessageBus(configuration, receiver: receiver, logger: logger)
        conditions = access.conditions
        backfiller = Backfiller(access.backfills, settings: settings, logger: logger)
    }

    /// In the order in which they start.
    var all: [any Service] {
        let optional: [(any Service)?] = [conditions, bus?.service, github]
        return [lookups, backfiller] + optional.compactMap(\.self)
    }

    /// Applies new tokens and certificates.
    func use(_ configuration: Configuration) {
        lookups.replaceTestingFarmToken(with: configuration.testingFarm.apiToken.all.first?.text)
        bus?.use(configuration)
    }
}
