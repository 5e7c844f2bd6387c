import NIOHTTP1
import SLOCore
import SLOService

// The HTTP responses to deliveries, all in one place.

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
    /// The status of the response.
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
