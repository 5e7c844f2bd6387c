import NIOHTTP1
import SLOService

/// What `/livez` and `/readyz` say: JSON that a person can read too. A 503 is a problem document with the same members.
struct Health {
    let isGood: Bool
    let json: String

    static func liveness(_ status: any ServiceStatus) -> Health {
        guard !status.isLive else { return Health(isGood: true, json: "{\"status\":\"live\"}\n") }
        let problem = Problem(
            status: .serviceUnavailable, detail: "The process no longer does its work and asks to be restarted."
        )
        return Health(isGood: false, json: problem.json)
    }

    static func readiness(_ status: any ServiceStatus) -> Health {
        let components = status.readiness
        let faults = components.filter { $0.isVital && !$0.isReady }
        let list = self.list(components)
        guard !faults.isEmpty else {
            return Health(isGood: true, json: "{\"status\":\"ready\",\"components\":\(list)}\n")
        }
        let problem = Problem(
            status: .serviceUnavailable,
            detail: "Not ready: " + faults.map { "\($0.component) (\($0.reason))" }.joined(separator: "; ") + ".",
            members: [("components", list)]
        )
        return Health(isGood: false, json: problem.json)
    }

    /// One component a line.
    private static func list(_ components: [ComponentHealth]) -> String {
        let lines = components.map { component in
            "  {\"component\":\(jsonString(component.component)),\"ready\":\(component.isReady),"
                + "\"reason\":\(jsonString(component.reason))}"
        }
        return lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n]"
    }
}
