import Hummingbird
import NIOHTTP1
import SLOHTTP
import SLOService

/// The exposition of what a cluster has decided, the same from every node.
struct ClusterMetrics: Sendable {
    static let path = "/metrics/cluster"
    private let status: any ClusterStatus

    init(of status: any ClusterStatus) {
        self.status = status
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get(RouterPath(Self.path)) { [status] request, _ in
            let format = MetricsFormat(accept: request.headers[.accept])
            do {
                return Response(try await status.clusterMetrics(openMetrics: format == .openMetrics), in: format)
            } catch let problem as ClusterStatusProblem {
                return Self.unavailable(problem.reason)
            } catch {
                // An old value would be a counter that goes back.
                return Self.unavailable("The cluster's database cannot be read: \(error)")
            }
        }
    }

    private static func unavailable(_ reason: String) -> Response {
        Response(Problem(status: .serviceUnavailable, detail: reason))
    }
}
