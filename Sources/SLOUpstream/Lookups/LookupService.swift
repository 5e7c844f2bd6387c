public import Logging
public import SLOCore
public import SLOMetrics
public import SLOService
public import SLOSources
public import ServiceLifecycle

/// Where upstreams are that can be asked about what is open; those without an address are not asked.
public struct LookupSettings: Sendable {
    public var testingFarm: String?
    /// For requests that are not public.
    public var testingFarmToken: String?
    public var copr: String?
    public var packit: String?
    /// How often it is looked what is open, and the shortest time between two questions about one thing.
    public var interval: TimeSpan
    /// To each upstream.
    public var requestsPerMinute: Int
    public var sources: SourceSettings
    public var rules: RuleBook
    public var version: String

    public init(
        interval: TimeSpan, requestsPerMinute: Int, sources: SourceSettings, rules: RuleBook, version: String
    ) {
        self.interval = interval
        self.requestsPerMinute = requestsPerMinute
        self.sources = sources
        self.rules = rules
        self.version = version
    }

    /// Whom to ask, and where.
    public var addresses: [(upstream: Upstream, url: String)] {
        [(Upstream.testingFarm, testingFarm), (.copr, copr), (.packit, packit)]
            .compactMap { upstream, url in url.map { (upstream, $0) } }
    }
}

/// Asks upstreams about what is open (docs/lookups.md), each on a task of its own, so that one that is slow or down
/// delays no other.
public final class LookupService: Service {
    private let pollers: [Poller]
    private let clients: [UpstreamClient]
    private let requests: RequestLookup?
    private let interval: TimeSpan
    private let source: any LookupSource
    private let surroundings: UpstreamSurroundings
    private let logger: Logger

    /// - Parameter metrics: made with the upstreams that have an address among its `upstreams`.
    public init(
        _ settings: LookupSettings, source: any LookupSource, metrics: MetricsRegistry,
        surroundings: UpstreamSurroundings = .real, logger: Logger
    ) {
        var clients: [UpstreamClient] = []
        var requests: RequestLookup?
        pollers = settings.addresses.map { upstream, url in
            let client = UpstreamClient(
                UpstreamSettings(
                    upstream, url: url, requestsPerMinute: settings.requestsPerMinute, version: settings.version),
                metrics: metrics, surroundings: surroundings)
            clients.append(client)
            let lookup: any Lookup
            switch upstream {
            case .copr: lookup = BuildLookup(client: client)
            case .packit: lookup = JobLookup(client: client)
            case .testingFarm, .github:
                let request = RequestLookup(
                    client: client, sources: settings.sources, rules: settings.rules,
                    token: settings.testingFarmToken)
                requests = request
                lookup = request
            }
            return Poller(
                upstream, lookup, interval: settings.interval, source: source, metrics: metrics,
                surroundings: surroundings, logger: logger)
        }
        self.clients = clients
        self.requests = requests
        interval = settings.interval
        self.source = source
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Puts another token for Testing Farm in force at once.
    public func replaceTestingFarmToken(with token: String?) {
        requests?.replaceToken(with: token)
    }

    /// Works until the group stops, also without anybody to ask: one that ends while the group stops others fails it.
    /// What is on its way then is given up: it can be asked for again.
    public func run() async throws {
        guard !pollers.isEmpty else {
            // Throws when it is cancelled, which ends it as well.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for poller in self.pollers { group.addTask { await poller.run() } }
                group.addTask { await self.survey() }
            }
        }
        for client in clients { try await client.shutdown() }
    }

    /// Looks again and again what is open.
    private func survey() async {
        while !Task.isCancelled {
            do {
                let open = try await source.lookupRequests()
                for poller in pollers { poller.survey(open) }
            } catch {
                logger.error("what is open cannot be read; it is tried again", metadata: ["reason": "\(error)"])
            }
            // Ends early when the server stops.
            try? await surroundings.sleep(interval)
        }
    }
}
