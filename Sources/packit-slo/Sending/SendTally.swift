/// The results of the deliveries that were sent.
struct SendTally: Equatable, Sendable {
    private(set) var byStatus: [Int: Int] = [:]
    /// The response to the first delivery that was refused.
    private(set) var firstRefusal: String?
    var elapsed = Duration.zero

    var sent: Int { byStatus.values.reduce(0, +) }
    var refused: Int { byStatus.filter { !(200..<300).contains($0.key) }.values.reduce(0, +) }

    mutating func add(_ response: ServerResponse) {
        byStatus[response.status, default: 0] += 1
        if !(200..<300).contains(response.status), firstRefusal == nil {
            firstRefusal = "\(response.status) \(response.body)"
        }
    }

    /// `350 deliveries in 1.2 s (290/s): 348 stored (202), 2 already stored (200)`
    var summary: String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0 ? " (\(Int((Double(sent) / seconds).rounded()))/s)" : ""
        let parts = byStatus.sorted { $0.key < $1.key }.map { status, count in
            switch status {
            case 202: "\(count) stored (202)"
            case 200: "\(count) already stored or a ping (200)"
            default: "\(count) refused (\(status))"
            }
        }
        let times = "\(sent) deliveries in \((seconds * 10).rounded() / 10) s\(rate)"
        return parts.isEmpty ? times : "\(times): \(parts.joined(separator: ", "))"
    }
}
