import HTTPTypes
import Hummingbird
import NIOCore
import SLOService

/// The routes that the framework serves on an address.
func operationsRouter(role: WebServer.Role, status: any ServiceStatus) -> Router<BasicRequestContext> {
    let pages = Pages(role: role, status: status)
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestLog())
    router.add(middleware: SafetyHeaders())
    router.add(middleware: Problems(paths: Set(pages.all.map(\.path))))
    for page in pages.all {
        router.get(RouterPath(page.path)) { request, context in try await page.answer(request, context) }
    }
    return router
}

/// A resource that is read with GET, at one path.
private struct Page: Sendable {
    let path: String
    let answer: @Sendable (Request, BasicRequestContext) async throws -> Response
}

private struct Pages {
    let all: [Page]

    init(role: WebServer.Role, status: any ServiceStatus) {
        let probes = [
            Page(path: "/livez") { _, _ in Response(.liveness(status)) },
            Page(path: "/readyz") { _, _ in Response(.readiness(status)) },
        ]
        guard role != .webhooksAndProbes else {
            self.all = probes
            return
        }
        self.all = probes + [
            Page(path: "/metrics") { request, _ in
                let format = MetricsFormat(accept: request.headers[.accept])
                let text = status.metrics(openMetrics: format == .openMetrics)
                var response = Response(bytes: ByteBuffer(bytes: text), contentType: format.contentType)
                response.headers[.vary] = "Accept"
                return response
            },
            Page(path: "/api/v1/objectives") { request, context in
                try await objectivesAnswer(request, status: status, logger: context.logger)
            },
            Page(path: "/") { _, _ in
                Response(
                    bytes: ByteBuffer(string: FrontPage.html(isServingWebhooks: role == .everything)),
                    contentType: "text/html; charset=utf-8"
                )
            },
            Page(path: "/style.css") { _, _ in
                Response(bytes: ByteBuffer(string: FrontPage.style), contentType: "text/css; charset=utf-8")
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
