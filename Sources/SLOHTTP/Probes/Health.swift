import NIOHTTP1
import SLOService
import SLOJSON

/// The body of `/readyz`, as JSON that people can read, too. With 503 it is a problem document with the same members.
enum Health {
    case good(json: String)
    case bad(Problem)

    static let headers = [(name: "Cache-Control", value: "no-store")]

    static func readiness(_ status: any ServiceStatus) -> Health {
        let components = status.readiness
        let faults = components.filter { $0.isVital && !$0.isReady }
        let list = self.list(components)
        guard !faults.isEmpty else {
            return .good(json: "{\"status\":\"ready\",\"components\":\(list)}\n")
        }
        return .bad(
            Problem(
                status: .serviceUnavailable,
                detail: "Not ready: " + faults.map { "\($0.component) (\($0.reason))" }.joined(separator: "; ") + ".",
                members: [("components", list)]))
    }

    /// One component per line.
    private static func list(_ components: [ComponentHealth]) -> String {
        let lines = components.map { component in
            "  {\"component\":\(jsonString(component.component)),\"ready\":\(component.isReady),"
                + "\"reason\":\(jsonString(component.reason))}"
        }
        return lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n]"
    }
}
