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
    /// How the endpoint answered; `nil` while the attempt is not over.
    let status: AppDeliveryStatus?
    /// How long the answer took.
    let duration: TimeSpan
    let event: String
    let action: String?

    var outcome: Outcome {
        switch status {
        case nil: .pending
        case .success: .succeeded
        case .redirection, .clientError, .serverError, .timedOut, .unreachable: .failed
        }
    }

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
        self.init(
            id: try line.integer("id"), guid: try line.string("guid"), deliveredAt: try line.time("delivered_at"),
            isRedelivery: line.optionalFlag("redelivery") ?? false,
            status: Self.status(
                try line.integer("status_code"), line.optionalString("status", .title) ?? "",
                isThrottled: line.isSet("throttled_at")),
            duration: Self.duration(line.optionalNumber("duration") ?? 0), event: try line.string("event"),
            action: line.optionalString("action", .word))
    }

    /// GitHub's words for an attempt without an answer, whose code may be 0, 502 or 504.
    private static let failures = ["timed out", "failed to connect", "peer certificate"]

    /// The text of an answer that is not 2xx contains its code: `Invalid HTTP Response: 503`. Any other text says why
    /// there was none. GitHub keeps `throttled_at` after it has delivered, so it says nothing of an attempt that is
    /// over.
    private static func status(_ code: Int64, _ text: String, isThrottled: Bool) -> AppDeliveryStatus? {
        let text = text.lowercased()
        let hasFailed = failures.contains { text.contains($0) }
        if code == 0, text.isEmpty || text.contains("pending") || isThrottled && !hasFailed { return nil }
        let isAnswer = text.isEmpty || text.contains(String(code))
        switch code {
        case 200..<300: return .success
        case 300..<400 where isAnswer: return .redirection
        case 400..<500 where isAnswer: return .clientError
        case 500..<600 where isAnswer: return .serverError
        default: return text.contains("timed out") ? .timedOut : .unreachable
        }
    }

    /// Within a day, whatever the list says.
    private static func duration(_ seconds: Double) -> TimeSpan {
        .milliseconds(Int64((min(max(0, seconds), 86_400) * 1000).rounded()))
    }

    /// What is to be counted of it; `nil` while it is not over.
    var counted: AppDeliveryAttempt? {
        status.map {
            AppDeliveryAttempt(
                id: id, delivery: AppDeliveryAttempt.fingerprint(ofGUID: guid), deliveredAt: deliveredAt,
                isRedelivery: isRedelivery, status: $0, duration: duration)
        }
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

extension DeliveryPage {
    init(_ response: UpstreamResponse) throws {
        self.init(
            attempts: try response.objects(limit: Self.size) { line in try DeliveryAttempt(line) },
            cursor: response.header("link").flatMap(Self.nextCursor))
    }
}
