import HTTPTypes
import Hummingbird
import NIOCore
import SLOService

/// The routes that the framework serves on an address.
func operationsRouter(
    role: WebServer.Role, status: any ServiceStatus, views: Views?
) -> Router<BasicRequestContext> {
    let resources = Resources(role: role, status: status)
    let views = role == .webhooksAndProbes ? nil : views
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestLog())
    router.add(middleware: SafetyHeaders())
    router.add(middleware: Problems(paths: (resources.all.map(\.path) + (views?.paths ?? [])).map(PathPattern.init)))
    for resource in resources.all {
        router.get(RouterPath(resource.path)) { request, context in try await resource.answer(request, context) }
    }
    views?.add(to: router)
    return router
}

/// What people and programs look at: pages, API and badges, all made of the same readings.
struct Views: Sendable {
    private let pages: PageRoutes
    private let api: APIRoutes
    private let badges: BadgeRoutes

    /// - Throws: what is wrong with a template.
    init(source: any PageSource, status: any ServiceStatus, hosts: LinkHosts) throws {
        pages = PageRoutes(source: source, status: status, templates: try Templates(), hosts: hosts)
        api = APIRoutes(source: source, hosts: hosts)
        badges = BadgeRoutes(source: source)
    }

    var paths: [String] { PageRoutes.paths + api.paths + BadgeRoutes.paths }

    func add(to router: Router<BasicRequestContext>) {
        pages.add(to: router)
        api.add(to: router)
        badges.add(to: router)
    }
}

/// A resource that is read with GET, at one path.
private struct Resource: Sendable {
    let path: String
    let answer: @Sendable (Request, BasicRequestContext) async throws -> Response
}

private struct Resources {
    let all: [Resource]

    init(role: WebServer.Role, status: any ServiceStatus) {
        let probes = [
            Resource(path: "/livez") { _, _ in Response(.liveness(status)) },
            Resource(path: "/readyz") { _, _ in Response(.readiness(status)) },
        ]
        guard role != .webhooksAndProbes else {
            self.all = probes
            return
        }
        self.all = probes + [
            Resource(path: "/metrics") { request, _ in
                let format = MetricsFormat(accept: request.headers[.accept])
                let text = status.metrics(openMetrics: format == .openMetrics)
                var response = Response(bytes: ByteBuffer(bytes: text), contentType: format.contentType)
                response.headers[.vary] = "Accept"
                return response
            },
        ]
    }
}

extension Response {
    init(bytes: ByteBuffer, contentType: String) {
        self.init(status: .ok, headers: [.contentType: contentType], body: ResponseBody(byteBuffer: bytes))
    }

    fileprivate init(_ health: Health) {
        self.init(
            status: health.isGood ? .ok : .serviceUnavailable,
            headers: [.contentType: health.isGood ? "application/json" : Problem.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: health.json))
        )
    }
}
