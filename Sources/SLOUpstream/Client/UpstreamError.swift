public import SLOCore
internal import SLOMetrics

/// Why an upstream gave no usable reply. The description names the upstream and what to do. It contains neither headers
/// nor queries, which may contain tokens.
public struct UpstreamError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Error, Equatable, Sendable {
        /// No connection, or a broken one, with the reason.
        case unreachable(String)
        case timedOut(after: TimeSpan)
        /// A status of 500 or more.
        case failed(status: Int)
        /// The upstream's rate limit is exceeded until that time.
        case rateLimited(until: Timestamp)
        /// The circuit breaker is open until that time.
        case resting(until: Timestamp)
        /// More requests wait than fit into the next minute's share.
        case crowded
        /// The reply is a redirect, has another content type, is not JSON, or has other fields.
        case invalidResponse(String)
        case tooLarge(limitBytes: Int)
    }

    public let upstream: Upstream
    public let path: String
    public let problem: Problem

    init(_ upstream: Upstream, path: String, _ problem: Problem) {
        self.upstream = upstream
        self.path = String(path.prefix { $0 != "?" })
        self.problem = problem
    }

    public var description: String { "\(upstream.rawValue) \(path): \(reason)" }

    private var reason: String {
        switch problem {
        case .unreachable(let reason): "cannot be reached: \(reason)"
        case .timedOut(let span): "did not reply within \(span.wholeSeconds) s"
        case .failed(let status): "replied with status \(status)"
        case .rateLimited(let until): "rate limit exceeded; requests continue at \(until.rfc3339)"
        case .resting(let until): "failed repeatedly; requests continue at \(until.rfc3339)"
        case .crowded: "more requests wait than `polling.requests_per_minute` allows in a minute"
        case .invalidResponse(let what): "sent an unusable reply: \(what)"
        case .tooLarge(let limit): "sent a reply of more than \(limit) bytes"
        }
    }

    /// The result as which the attempt is counted.
    var result: UpstreamResult {
        switch problem {
        case .unreachable: .unreachable
        case .timedOut: .timedOut
        case .failed: .failed
        case .rateLimited: .rateLimited
        case .resting, .crowded: .notSent
        case .invalidResponse: .invalidResponse
        case .tooLarge: .tooLarge
        }
    }
}
