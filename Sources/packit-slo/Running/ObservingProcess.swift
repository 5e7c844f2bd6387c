import Foundation
import Logging
import SLOConditions
import SLOConfiguration
import SLOCore
import SLOMetrics
import SLOQueries
import SLOService
import SLOSources
import SLOStore
import ServiceLifecycle

/// The service as it is configured, alone on a database of its own or as a node of a cluster, with what pages read and
/// what runs beside it.
struct ObservingProcess {
    let observer: any Observing
    let queries: QueryService
    /// In the order in which they start.
    let others: [any Service]
    /// Applies new tokens and certificates to them.
    let use: @Sendable (Configuration) -> Void
    /// The database, for people.
    let place: String

    /// - Throws: an error of the database, of a setting, or of a file with a key.
    init(_ configuration: Configuration, _ settings: ServiceSettings, logger: Logger) throws {
        if let address = configuration.cluster.database {
            try self.init(nodeAt: try PostgresAddress(address.text), configuration, settings, logger: logger)
        } else {
            try self.init(alone: configuration, settings, logger: logger)
        }
    }

    private init(alone configuration: Configuration, _ settings: ServiceSettings, logger: Logger) throws {
        let service = try ObserverService(
            settings: settings, credentials: try Credentials(configuration), logger: logger)
        let services = try DecidingServices(configuration, settings, service.access, receiver: service, logger: logger)
        let (registry, watch) = (service.access.registry, service.access.conditions)
        observer = service
        queries = QueryService(
            configuration, settings, registry: { registry }, conditions: { watch?.now ?? ConditionsNow() })
        others = services.all
        use = { services.use($0) }
        place = settings.database
    }

    private init(
        nodeAt address: PostgresAddress, _ configuration: Configuration, _ settings: ServiceSettings, logger: Logger
    ) throws {
        let cluster = PostgresCluster(at: address) { WallClock.now }
        let problem = try Self.whyAway(cluster, for: configuration.cluster, logger: logger)
        var settings = settings
        settings.readers = cluster.readers
        let node = try ClusterService(
            try ClusterSettings(configuration), settings: settings, cluster: cluster,
            credentials: try Credentials(configuration), without: problem, logger: logger)
        let term = TermServices(of: node, configuration, settings, logger: logger)
        observer = node
        queries = QueryService(
            configuration, settings, registry: { node.shared }, conditions: { node.conditions })
        others = [term]
        use = { configuration in
            term.use(configuration)
            do { node.tell(try NodeSettings(configuration)) } catch {
                logger.error(
                    "the page of nodes cannot be told of new settings", metadata: ["reason": "\(error)"])
            }
            Self.usePassword(of: configuration, for: cluster, logger: logger)
        }
        place = cluster.place
    }

    private static func usePassword(of configuration: Configuration, for cluster: PostgresCluster, logger: Logger) {
        let address = configuration.cluster.database.flatMap { try? PostgresAddress($0.text) }
        guard let address, cluster.use(address) else {
            return logger.error(
                "of cluster.database only the password can be reloaded: the address in use stays until a restart")
        }
    }

    /// - Returns: why the database is not reached, if the node can do without it for now; `nil` if it is reached.
    /// - Throws: `StoreError`.
    private static func whyAway(
        _ cluster: PostgresCluster, for settings: Configuration.Cluster, logger: Logger
    ) throws -> StoreError? {
        do { try cluster.open() } catch let problem as StoreError {
            guard settings.spool.path != nil, !problem.code.refusesDatabase else { throw problem }
            logger.error(
                "the cluster's database is not reached: deliveries go to the spool until this node can join",
                metadata: ["reason": "\(problem)"])
            return problem
        }
        return nil
    }
}

extension ClusterSettings {
    fileprivate init(_ configuration: Configuration) throws {
        let cluster = configuration.cluster
        self.init(
            node: cluster.node ?? ProcessInfo.processInfo.hostName, shared: try NodeSettings(configuration))
        spool = cluster.spool.path
        maxSpoolBytes = Int64(cluster.spool.maxBytes)
        patience = cluster.patience
        spoolsFirst = cluster.acknowledge == .spooled
        requiredCopies = cluster.requireCopies
    }
}

extension QueryService {
    fileprivate convenience init(
        _ configuration: Configuration, _ settings: ServiceSettings,
        registry: @escaping @Sendable () -> MetricsRegistry,
        conditions: @escaping @Sendable () -> ConditionsNow
    ) {
        self.init(
            readers: settings.readers, settings: configuration.ledgerSettings, rank: configuration.rankedDeployments,
            showsPrivate: configuration.pages.showPrivate, clock: .system,
            statistics: { SourceStatistics(of: $0, in: registry()) }, identify: { DeliveryIdentity($0, $1) },
            isKnown: { [rules = settings.rules] in rules.name($0).subject != .unknown }, conditions: conditions)
    }
}
