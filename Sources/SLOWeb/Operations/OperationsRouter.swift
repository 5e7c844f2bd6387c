import HTTPTypes
import Hummingbird
import NIOCore
import SLOService

/// The routes that the framework serves on an address.
func operationsRouter(
    role: WebServer.Role, status: any ServiceStatus, pages: PageRoutes?
) -> Router<BasicRequestContext> {
    let resources = Resources(role: role, status: status)
    let pages = role == .webhooksAndProbes ? nil : pages
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestLog())
    router.add(middleware: SafetyHeaders())
    router.add(middleware: Problems(paths: Set(resources.all.map(\.path) + (pages == nil ? [] : PageRoutes.paths))))
    for resource in resources.all {
        router.get(RouterPath(resource.path)) { request, context in try await resource.answer(request, context) }
    }
    pages?.add(to: router)
    return router
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
            Resource(path: "/api/v1/objectives") { request, context in
                try await objectivesAnswer(request, status: status, logger: context.logger)
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
