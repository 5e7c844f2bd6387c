import NIOHTTP1
import SLOService

extension Problem {
    /// The response to a request that the connection itself could not serve.
    init(_ fault: HTTP1ConnectionStateMachine.Fault) {
        switch fault {
        case .notHTTP(let error): self.init(error)
        case .noHost: self.init(status: .badRequest, detail: "An HTTP/1.1 request must have exactly one Host header.")
        case .bodyTimedOut: self.init(Refusal.tooSlow)
        }
    }

    /// The response to what the parser could not read.
    private init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(status: .requestHeaderFieldsTooLarge, detail: "The request line and headers are too large.")
        case .invalidVersion:
            self.init(status: .httpVersionNotSupported, detail: "This server supports HTTP/1.1 only.")
        default:
            self.init(status: .badRequest, detail: "The request is not well-formed HTTP/1.1: \(error).")
        }
    }
}
