import NIOHTTP1

extension Problem {
    /// What the parser could not read, as its sender is told.
    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(status: .requestHeaderFieldsTooLarge, detail: "The request's line and headers are too large.")
        case .invalidVersion:
            self.init(status: .httpVersionNotSupported, detail: "This server speaks HTTP/1.1.")
        default:
            self.init(status: .badRequest, detail: "The request is not well-formed HTTP/1.1: \(error).")
        }
    }

    static let tooSlow = Problem(
        status: .requestTimeout, detail: "The body did not arrive in time.", headers: []
    )
}
