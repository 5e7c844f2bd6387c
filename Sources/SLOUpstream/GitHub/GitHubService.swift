public import Logging
public import SLOCore
public import SLOMetrics
public import SLOService
public import ServiceLifecycle

/// What is read of GitHub's API, and with which keys.
public struct GitHubSettings: Sendable {
    /// `https://api.github.com`
    public var url: String
    /// The App that sends the deliveries; `nil` if its list is not compared with the journal.
    public var own: AppKeyFile?
    /// Whether redeliveries to the own App are requested.
    public var redeliver = false
    /// The Apps whose deliveries are judged.
    public var watched: [WatchedAppSettings] = []
    public var interval: TimeSpan
    public var requestsPerMinute: Int
    public var version: String

    public init(url: String, interval: TimeSpan, requestsPerMinute: Int, version: String) {
        self.url = url
        self.interval = interval
        self.requestsPerMinute = requestsPerMinute
        self.version = version
    }
}

/// An App of Packit whose deliveries are judged.
public struct WatchedAppSettings: Equatable, Sendable {
    /// For log lines.
    public let slug: String
    public let deployment: Deployment
    public let key: AppKeyFile

    public init(slug: String, deployment: Deployment, key: AppKeyFile) {
        self.slug = slug
        self.deployment = deployment
        self.key = key
    }
}

/// Everything that asks GitHub: all share one client, and so the limit of requests.
public final class GitHubService: Service {
    private let own: GitHubDeliveries?
    private let watched: [AppDeliveries]
    private let client: UpstreamClient

    /// - Parameter metrics: created with GitHub among its `upstreams`.
    /// - Returns: `nil` if there is nothing to ask.
    /// - Throws: `AppKeyError` if a key cannot be read now.
    public init?(
        _ settings: GitHubSettings, reconciliations: any ReconciliationJournal,
        appDeliveries: any AppDeliveryJournal, metrics: MetricsRegistry, logger: Logger,
        surroundings: UpstreamSurroundings = .real
    ) throws {
        guard settings.own != nil || !settings.watched.isEmpty else { return nil }
        own = try settings.own.map { app in
            try GitHubDeliveries(
                GitHubDeliveries.Settings(app: app, redeliver: settings.redeliver, interval: settings.interval),
                journal: reconciliations, logger: logger, surroundings: surroundings)
        }
        watched = try settings.watched.map { app in
            try AppDeliveries(
                app, interval: settings.interval, journal: appDeliveries, logger: logger, surroundings: surroundings)
        }
        client = UpstreamClient(
            UpstreamSettings(
                .github, url: settings.url, requestsPerMinute: settings.requestsPerMinute, version: settings.version),
            metrics: metrics, surroundings: surroundings)
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                if let own = self.own { group.addTask { await own.run(self.client) } }
                for app in self.watched { group.addTask { await app.run(self.client) } }
            }
        }
        try await client.shutdown()
    }
}
