import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import SLOHTTP
public import SLOQueries
public import SLOService

/// The routes of one address.
func operationsRouter(
    role: WebServer.Role, status: any ServiceStatus, views: Views?, log: LimitedLog
) -> Router<BasicRequestContext> {
    let views = role == .webhooksAndProbes ? nil : views
    let metrics = role == .webhooksAndProbes ? [] : ["/metrics"]
    let cluster = role == .webhooksAndProbes ? nil : status.cluster
    let paths = Probes.paths + metrics + (cluster == nil ? [] : [ClusterMetrics.path]) + (views?.paths ?? [])
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestLog(log: log))
    router.add(middleware: SafetyHeaders())
    let writable = (views?.writablePaths ?? []).map(PathPattern.init)
    router.add(middleware: Problems(paths: paths.map(PathPattern.init), writable: writable, log: log))
    for path in metrics {
        router.get(RouterPath(path)) { request, _ in
            let format = MetricsFormat(accept: request.headers[.accept])
            return Response(status.metrics(openMetrics: format == .openMetrics), in: format)
        }
    }
    if let cluster { ClusterMetrics(of: cluster).add(to: router) }
    views?.add(to: router)
    return router
}

/// Everything served over HTTP except webhooks and probes.
public struct WebRoutes: Sendable {
    private let status: any ServiceStatus
    private let views: Views?
    private let logger: Logger
    private let log: LimitedLog

    /// - Parameters:
    ///   - queries: the data of pages and API; without it there are none.
    ///   - notes: where people may note something through the API; without it they cannot.
    ///   - links: the base URLs of links on pages.
    /// - Throws: the error in a template.
    public init(
        status: any ServiceStatus, queries: (any QueryAPI)? = nil, notes: (any TimeNoteJournal)? = nil,
        links: LinkHosts = LinkHosts(), logger: Logger
    ) throws {
        self.status = status
        self.logger = logger
        let log = LimitedLog(logger)
        self.log = log
        views = try queries.map { try Views(source: $0, notes: notes, status: status, hosts: links, log: log) }
    }

    /// Makes the responder of an address.
    public func responder(for role: WebServer.Role) -> WebServer.Responder {
        let responder = operationsRouter(role: role, status: status, views: views, log: log).buildResponder()
        return { [logger] request, channel in
            let source = ApplicationRequestContextSource(channel: channel, logger: logger)
            // Does not throw: the router turns every error into a response.
            return (try? await responder.respond(to: request, context: BasicRequestContext(source: source)))
                ?? Response(.failed)
        }
    }
}

/// Pages, API and badges, which share the same queries.
struct Views: Sendable {
    private let pages: PageRoutes
    private let api: APIRoutes
    private let badges: BadgeRoutes

    /// - Throws: the error in a template.
    init(
        source: any QueryAPI, notes: (any TimeNoteJournal)?, status: any ServiceStatus, hosts: LinkHosts,
        log: LimitedLog
    ) throws {
        pages = PageRoutes(
            source: source, status: status, templates: try Templates(ofCluster: status.cluster != nil), hosts: hosts,
            log: log)
        api = APIRoutes(source: source, notes: notes, hosts: hosts, log: log)
        badges = BadgeRoutes(source: source, log: log)
    }

    var paths: [String] { PageRoutes.paths + api.paths + BadgeRoutes.paths }
    var writablePaths: [String] { api.writablePaths }

    func add(to router: Router<BasicRequestContext>) {
        pages.add(to: router)
        api.add(to: router)
        badges.add(to: router)
    }
}

extension Response {
    /// An exposition.
    init(_ text: [UInt8], in format: MetricsFormat) {
        self.init(bytes: ByteBuffer(bytes: text), contentType: format.contentType)
        headers[.vary] = "Accept"
    }

    init(bytes: ByteBuffer, contentType: String) {
        self.init(status: .ok, headers: [.contentType: contentType], body: ResponseBody(byteBuffer: bytes))
    }
}
