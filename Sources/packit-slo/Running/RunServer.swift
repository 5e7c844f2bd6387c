import Logging
import SLOConditions
import SLOConfiguration
import SLOCore
import SLOHTTP
import SLOMetrics
import SLOQueries
import SLOService
import SLOSources
import SLOStore
import SLOUpstream
import SLOWeb
import ServiceLifecycle

/// Runs the server until it is stopped.
/// - Parameters:
///   - announce: called with each address once it accepts connections.
///   - others: more services to run beside it.
/// - Throws: `ConfigurationError` before anything starts; afterwards, the error that ended the server.
func runServer(
    _ source: ConfigurationSource, announcing announce: @escaping @Sendable (ListenAddress) -> Void = { _ in },
    others: (any Observing) -> [ServiceGroupConfiguration.ServiceConfiguration] = { _ in [] }
) async throws {
    let signals = ProcessSignals()
    let loaded = try source.load()
    let configuration = loaded.configuration
    let logger = Logger(configuration)
    for warning in loaded.warnings { logger.warning("\(warning)") }
    for source in configuration.sourcesWithoutSecrets {
        logger.notice(
            "no secret is configured for this source: its deliveries are refused", metadata: ["source": "\(source)"])
    }

    let webConfiguration = try WebConfiguration(configuration, sockets: .take())
    try await WebServer.requireFree(webConfiguration)
    for warning in webConfiguration.ignoredAddresses { logger.warning("\(warning)") }
    var settings = try ServiceSettings(configuration)
    settings.socket = webConfiguration.sockets.webhooks?.identity
    let process = try ObservingProcess(configuration, settings, logger: logger)
    let observer = process.observer
    let routes = try WebRoutes(
        status: observer, queries: process.queries, notes: observer, links: LinkHosts(configuration.pages),
        logger: logger)
    let web = try WebServer(
        configuration: webConfiguration, receiver: observer, status: observer, logger: logger,
        responder: routes.responder(for:), onListening: { announce($1) })
    let reload = Reloading(
        source: source, configuration: configuration, hangups: signals.hangups, observer: observer, web: web,
        logger: logger, useInUpstreams: process.use)
    // Services stop in reverse order: receivers before the store.
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
        .init(
            service: observer, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup),
        .init(
            service: web, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup),
    ]
    services += process.others.map { .init(service: $0, successTerminationBehavior: .ignore) }
    services.append(.init(service: reload, successTerminationBehavior: .ignore))
    services += others(observer)
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger.quiet))
    let drain = webConfiguration.sockets.webhooks == nil ? configuration.http.drain : .zero
    signals.stopGracefully(group, drain: .milliseconds(drain.milliseconds)) {
        logger.info("stopping", metadata: ["drain": "\(drain)"])
        observer.beginDraining()
    }
    logger.info("observing", metadata: ["database": "\(process.place)", "version": "\(PackitSLO.versionOfBuild)"])
    try await group.run()
    logger.info("stopped")
}

extension ServiceSettings {
    init(_ configuration: Configuration) throws {
        self.init(
            database: configuration.database, ledger: configuration.ledgerSettings,
            sources: SourceSettings(configuration), rules: try RuleBook(configuration),
            pruning: PruneLimits(
                keepBodies: configuration.journal.keepBodies,
                maxBodyBytes: Int64(configuration.journal.maxBytes),
                keepObservations: configuration.journal.keepObservations,
                keepIdentities: configuration.journal.keepIdentities, keepHistory: configuration.history.keep),
            maxQueuedDeliveries: configuration.http.maxQueuedDeliveries,
            maxBufferedBytes: configuration.http.maxBufferedBytes, version: PackitSLO.version)
        conditions = ConditionSettings(configuration)
        upstreams = try LookupSettings(configuration).addresses.map(\.upstream)
        let github = GitHubSettings(configuration)
        if github.own != nil { deliveryLogs = [.github] }
        if github.own != nil || !github.watched.isEmpty { upstreams.append(.github) }
    }
}

extension GitHubSettings {
    init(_ configuration: Configuration) {
        let (github, polling) = (configuration.github, configuration.polling)
        self.init(
            url: github.apiURL, interval: polling.interval, requestsPerMinute: polling.requestsPerMinute,
            version: PackitSLO.version)
        if let app = github.appID, let path = github.appPrivateKeyFile {
            own = AppKeyFile(app: app, path: path, setting: "github.app_private_key_file")
        }
        redeliver = github.redeliver
        watched = github.appKeys.compactMap { file in
            guard let app = github.apps.first(where: { $0.slug == file.slug }), let id = app.appID else { return nil }
            return WatchedAppSettings(
                slug: app.slug, deployment: app.deployment,
                key: AppKeyFile(app: id, path: file.path, setting: "github.app_keys"))
        }
    }
}

extension WebConfiguration {
    init(_ configuration: Configuration, sockets: PassedSockets) {
        let http = configuration.http
        self.init(listen: http.listen)
        self.sockets = sockets
        operations = http.operationsListen
        maxBodyBytes = http.maxBodyBytes
        maxConnections = http.maxConnections
        bodyTimeout = .milliseconds(http.bodyTimeout.milliseconds)
        if let certificate = http.tls.certificateFile, let key = http.tls.privateKeyFile {
            tls = TLSFiles(certificate: certificate, privateKey: key)
        }
    }
}

extension WebConfiguration {
    /// Settings that differ from the sockets that were passed.
    fileprivate var ignoredAddresses: [String] {
        let pairs = [
            ("http.listen", listen as ListenAddress?, sockets.webhooks?.address),
            ("http.operations_listen", operations, sockets.operations?.address),
        ]
        return pairs.compactMap { key, configured, passed in
            guard let configured, let passed, configured != passed else { return nil }
            return "\(key) is \(configured), but systemd listens on \(passed): the setting is ignored. "
                + "Change ListenStream= of the socket unit"
        }
    }
}

extension LinkHosts {
    fileprivate init(_ pages: Configuration.Pages) {
        self.init()
        (github, copr, testingFarm) = (pages.githubURL, pages.coprURL, pages.testingFarmURL)
        dashboards = Dictionary(
            pages.dashboardURLs.map { ($0.deployment, $0.url) }, uniquingKeysWith: { first, _ in first })
    }
}

extension LookupSettings {
    init(_ configuration: Configuration) throws {
        self.init(
            interval: configuration.polling.interval, requestsPerMinute: configuration.polling.requestsPerMinute,
            sources: SourceSettings(configuration), rules: try RuleBook(configuration), version: PackitSLO.version)
        testingFarm = configuration.testingFarm.apiURL
        testingFarmToken = configuration.testingFarm.apiToken.all.first?.text
        copr = configuration.copr.apiURL
        packit = configuration.packit.apiURL
    }
}
