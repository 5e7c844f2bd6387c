import NIOHTTP1
import SLOCore
import SLOService

// What senders of deliveries are told, one place for all of it.

extension HTTPResponseBytes {
    static func to(_ answer: Answer) -> HTTPResponseBytes {
        switch answer {
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
        switch refusal {
        case .badSignature(let reason):
            self.init(
                status: .unauthorized, detail: reason,
                headers: [("WWW-Authenticate", #"X-Hub-Signature-256 realm="webhooks""#)]
            )
        case .malformed(let reason):
            self.init(status: .badRequest, detail: reason)
        case .tooLarge(let limitBytes):
            self.init(status: .payloadTooLarge, detail: "The body is larger than \(limitBytes) bytes.")
        case .unsupportedMediaType(let reason):
            self.init(status: .unsupportedMediaType, detail: reason)
        case .tooSlow:
            self = .tooSlow
        case .noSecret(let source):
            self.init(
                retryAfter: 300, "No secret is configured for \(source.rawValue), so nothing it sends can be believed."
            )
        case .overloaded:
            self.init(retryAfter: 5, "There is no room for this delivery now.")
        case .unstored(let reason):
            self.init(retryAfter: 30, reason)
        case .stopping:
            self = .stopping
        }
    }

    /// 503. `retryAfter` is in seconds.
    private init(retryAfter: Int, _ detail: String) {
        self.init(status: .serviceUnavailable, detail: detail, headers: [("Retry-After", "\(retryAfter)")])
    }
}
