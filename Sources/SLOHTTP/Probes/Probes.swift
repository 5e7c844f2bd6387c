import NIOHTTP1
import SLOService

/// Answers `/livez` and `/readyz` on the event loop, whatever else goes on: who asks whether the server works must not
/// wait for those who look at pages.
package struct Probes: Sendable {
    let status: any ServiceStatus

    package static let paths = ["/livez", "/readyz"]

    /// `nil` for a path that is no probe's.
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
            status: .serviceUnavailable, detail: "The process no longer does its work and asks to be restarted."),
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
