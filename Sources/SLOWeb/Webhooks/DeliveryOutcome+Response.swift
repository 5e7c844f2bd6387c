import NIOHTTP1
import SLOCore
import SLOService

// What senders of deliveries are told, one place for all of it.

extension HTTPResponseBytes {
    static func to(_ response: DeliveryResponse) -> HTTPResponseBytes {
        switch response {
        case .stored: stored
        case .alreadyHeld: alreadyHeld
        case .pong: pong
        case .refused(let refusal): HTTPResponseBytes(Problem(refusal))
        }
    }

    private static let stored = HTTPResponseBytes(.accepted, body: #"{"status":"stored"}"# + "\n")
    private static let alreadyHeld = HTTPResponseBytes(.ok, body: #"{"status":"already held"}"# + "\n")
    private static let pong = HTTPResponseBytes(.ok, body: #"{"status":"pong"}"# + "\n")
}

extension Problem {
    init(_ refusal: Refusal) {
        self.init(
            status: refusal.outcome.status, detail: refusal.reason,
            headers: refusal.outcome.headers)
    }
}

extension DeliveryOutcome {
    /// Of the response to the sender.
    var status: HTTPResponseStatus {
        switch self {
        case .accepted, .ignored, .conflicting, .processingFailed: .accepted
        case .duplicate: .ok
        case .badSignature: .unauthorized
        case .malformed: .badRequest
        case .tooLarge: .payloadTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .timedOut: .requestTimeout
        case .noSecret, .overloaded, .unstored, .stopping: .serviceUnavailable
        }
    }

    fileprivate var headers: [(name: String, value: String)] {
        switch self {
        case .badSignature: [("WWW-Authenticate", #"X-Hub-Signature-256 realm="webhooks""#)]
        case .noSecret: [("Retry-After", "300")]
        case .overloaded: [("Retry-After", "5")]
        case .unstored: [("Retry-After", "30")]
        case .stopping: [("Retry-After", "10")]
        case .accepted, .ignored, .duplicate, .conflicting, .malformed, .tooLarge, .unsupportedMediaType, .timedOut,
            .processingFailed:
            []
        }
    }
}

extension DeliveryOutcome {
    /// On pages.
    var title: String { rawValue.replacing("_", with: " ") }

    /// What it means and what to do, on pages.
    var meaning: String {
        switch self {
        case .accepted: "On disk and decoded."
        case .ignored: "On disk; nothing reads this event."
        case .duplicate: "An earlier delivery has the same id and body."
        case .conflicting:
            "On disk. An earlier delivery has the same id and another body, and the earlier one counts. Somebody may be "
                + "making deliveries up."
        case .badSignature:
            "401: the signature is missing or made with another secret. Compare the sender’s secret with the "
                + "configured one."
        case .malformed: "Not the JSON or the headers it claims to be, or without what its event needs."
        case .tooLarge: "413: larger than http.max_body_bytes. Misses around it are doubtful."
        case .unsupportedMediaType: "415: neither JSON nor GitHub’s form encoding."
        case .timedOut: "408: the body did not arrive within http.body_timeout. Misses around it are doubtful."
        case .noSecret: "503: no secret is configured for this source, so its deliveries cannot be verified."
        case .overloaded: "503: the queue or the buffers were full. If the signature was valid, this is blind time."
        case .unstored: "503: the disk did not take it. This is blind time."
        case .stopping: "503: the server was stopping."
        case .processingFailed:
            "On disk, but deciding it failed: only its journal entry is kept. This is a defect: please report it."
        }
    }
}
