public import SLOCore
internal import SLOMetrics

/// Why an upstream gave no answer that can be used. The description names the upstream and what to do; it holds neither
/// headers nor queries, in which tokens may be.
public struct UpstreamError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Error, Equatable, Sendable {
        /// No connection, or one that broke, with the reason.
        case unreachable(String)
        case timedOut(after: TimeSpan)
        /// A status of 500 or more.
        case failed(status: Int)
        /// Too much was asked for; when to ask again.
        case rateLimited(until: Timestamp)
        /// It failed too often and is left alone until then.
        case resting(until: Timestamp)
        /// More requests of ours wait than a minute's share.
        case crowded
        /// The answer is not what it should be: a redirect, another content type, no JSON, other fields.
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
        case .timedOut(let span): "did not answer within \(span.wholeSeconds) s"
        case .failed(let status): "answered with status \(status)"
        case .rateLimited(let until): "asked to be left alone until \(until.rfc3339)"
        case .resting(let until): "failed repeatedly and is left alone until \(until.rfc3339)"
        case .crowded: "more requests wait than `polling.requests_per_minute` lets out in a minute"
        case .invalidResponse(let what): "gave an answer that cannot be used: \(what)"
        case .tooLarge(let limit): "gave an answer of more than \(limit) bytes"
        }
    }

    /// What the attempt counts as.
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
