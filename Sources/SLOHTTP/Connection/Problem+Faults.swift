import NIOHTTP1
import SLOService

extension Problem {
    /// What the connection itself could not serve, as its sender is told.
    init(_ fault: HTTP1ConnectionStateMachine.Fault) {
        switch fault {
        case .notHTTP(let error): self.init(error)
        case .noHost: self.init(status: .badRequest, detail: "An HTTP/1.1 request names one Host.")
        case .bodyTimedOut: self.init(Refusal.tooSlow)
        }
    }

    /// What the parser could not read.
    private init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(status: .requestHeaderFieldsTooLarge, detail: "The request's line and headers are too large.")
        case .invalidVersion:
            self.init(status: .httpVersionNotSupported, detail: "This server speaks HTTP/1.1.")
        default:
            self.init(status: .badRequest, detail: "The request is not well-formed HTTP/1.1: \(error).")
        }
    }
}
