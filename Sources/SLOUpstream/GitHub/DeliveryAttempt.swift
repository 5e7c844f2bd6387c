internal import SLOCore
internal import SLOService
internal import SLOSources
internal import SLOStore

/// An entry of GitHub's delivery log: an attempt to deliver, the first of its GUID or a later one.
struct DeliveryAttempt: Equatable, Sendable {
    enum Outcome: Equatable, Sendable {
        case succeeded
        case failed
        /// Not finished, or delayed by GitHub because of a surge.
        case pending
    }

    let id: Int64
    /// The same for all attempts at one delivery.
    let guid: String
    let deliveredAt: Timestamp
    let isRedelivery: Bool
    let outcome: Outcome
    let event: String
    let action: String?

    /// Whether the product uses the event.
    var isUsed: Bool { UsedEvents.contains(event, action: action) }

    /// The identities that the journal may have for a delivery to an App: with the hook's target, or without it
    /// (docs/counting.md, rule 33).
    static func identities(ofGUID guid: String, sentTo app: Int64) -> [DeliveryIdentity] {
        [GitHubIdentity.text(guid: guid, target: String(app)), guid].compactMap { DeliveryIdentity(.github, $0) }
    }
}

extension DeliveryAttempt {
    init(_ line: JSONObject) throws(FieldProblem) {
        let status = try line.integer("status_code")
        self.init(
            id: try line.integer("id"), guid: try line.string("guid"), deliveredAt: try line.time("delivered_at"),
            isRedelivery: line.optionalFlag("redelivery") ?? false,
            outcome: Self.outcome(
                status, line.optionalString("status", .title) ?? "", isThrottled: line.isSet("throttled_at")),
            event: try line.string("event"), action: line.optionalString("action", .word))
    }

    private static func outcome(_ code: Int64, _ status: String, isThrottled: Bool) -> Outcome {
        if (200..<300).contains(code) { return .succeeded }
        let isOpen = isThrottled || status.isEmpty || status.lowercased().contains("pending")
        return code == 0 && isOpen ? .pending : .failed
    }
}

extension JSONObject {
    /// Whether the field exists and is not null.
    fileprivate func isSet(_ path: StaticString) -> Bool { has(path) && !isNull(path) }
}

/// A page of the log, and the cursor of the page with older attempts.
struct DeliveryPage: Sendable {
    let attempts: [DeliveryAttempt]
    let cursor: String?

    static let size = 100

    init(_ response: UpstreamResponse) throws {
        attempts = try response.objects(limit: Self.size) { line in try DeliveryAttempt(line) }
        cursor = response.header("link").flatMap(Self.nextCursor)
    }

    static func path(after cursor: String?) -> String {
        "/app/hook/deliveries?per_page=\(size)" + (cursor.map { "&cursor=" + $0 } ?? "")
    }

    /// The cursor in the `next` URL of a Link header, as it is written there. The rest of the URL is ignored, so that
    /// it cannot lead elsewhere.
    static func nextCursor(in link: String) -> String? {
        for part in link.split(separator: ",") where part.contains("rel=\"next\"") {
            guard let start = part.firstIndex(of: "<"), let end = part.firstIndex(of: ">"), start < end else {
                continue
            }
            let query = part[start..<end].drop { $0 != "?" }.dropFirst()
            let cursor = query.split(separator: "&").first { $0.hasPrefix("cursor=") }?.dropFirst("cursor=".count)
            guard let cursor, !cursor.isEmpty, cursor.utf8.count <= 1024 else { continue }
            let isPlain = cursor.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }
            return isPlain ? String(cursor) : nil
        }
        return nil
    }
}
