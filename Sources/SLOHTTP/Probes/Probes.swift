import NIOHTTP1
import SLOService

/// Serves `/livez` and `/readyz` on the event loop, so that probes do not wait for pages.
package struct Probes: Sendable {
    let status: any ServiceStatus

    package static let paths = ["/livez", "/readyz"]

    /// `nil` for a path that is not a probe's.
    func response(to path: some StringProtocol) -> HTTPResponseBytes? {
        switch path {
        case "/livez": self.status.isLive ? Self.live : Self.dead
        case "/readyz": HTTPResponseBytes(.readiness(self.status))
        default: nil
        }
    }

    private static let live = HTTPResponseBytes(.ok, body: "{\"status\":\"live\"}\n", more: Health.headers)
    private static let dead = HTTPResponseBytes(
        Problem(
            status: .serviceUnavailable, detail: "The process cannot store deliveries any more: restart it."),
        more: Health.headers)
}

extension HTTPResponseBytes {
    fileprivate convenience init(_ readiness: Health) {
        switch readiness {
        case .good(let json): self.init(.ok, body: json, more: Health.headers)
        case .bad(let problem): self.init(problem, more: Health.headers)
        }
    }
}
