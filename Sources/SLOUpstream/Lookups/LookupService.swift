public import Logging
public import SLOCore
public import SLOMetrics
public import SLOService
public import SLOSources
public import ServiceLifecycle

/// The URLs of the upstreams. Upstreams without a URL are not polled.
public struct LookupSettings: Sendable {
    public var testingFarm: String?
    /// For requests that are not public.
    public var testingFarmToken: String?
    public var copr: String?
    public var packit: String?
    /// How often open entities are read, and the shortest time between two lookups of one subject.
    public var interval: TimeSpan
    /// The limit for each upstream.
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

    /// The upstreams to poll, with their URLs.
    public var addresses: [(upstream: Upstream, url: String)] {
        [(Upstream.testingFarm, testingFarm), (.copr, copr), (.packit, packit)]
            .compactMap { upstream, url in url.map { (upstream, $0) } }
    }
}

/// Polls the upstreams about open entities (docs/lookups.md), each in a task of its own, so that a slow or failing one
/// does not delay the others.
public final class LookupService: Service {
    private let pollers: [Poller]
    private let clients: [UpstreamClient]
    private let requests: RequestLookup?
    private let interval: TimeSpan
    private let source: any LookupSource
    private let surroundings: UpstreamSurroundings
    private let logger: Logger

    /// - Parameter metrics: created with the polled upstreams among its `upstreams`.
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

    /// Applies a new Testing Farm token at once.
    public func replaceTestingFarmToken(with token: String?) {
        requests?.replaceToken(with: token)
    }

    /// Runs until shutdown, even without upstreams: a service that ended during a shutdown would fail the group.
    /// Interrupts lookups, which can be repeated.
    public func run() async throws {
        guard !pollers.isEmpty else {
            // Throws when it is cancelled, which also ends the service.
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

    /// Reads the open entities at intervals.
    private func survey() async {
        while !Task.isCancelled {
            do {
                let open = try await source.lookupRequests()
                for poller in pollers { poller.survey(open) }
            } catch {
                logger.error("open entities cannot be read for lookups; trying again", metadata: ["reason": "\(error)"])
            }
            // Ends early when the server stops.
            try? await surroundings.sleep(interval)
        }
    }
}
