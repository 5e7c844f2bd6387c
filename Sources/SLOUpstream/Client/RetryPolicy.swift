internal import SLOCore

/// Decides whether and when a failed request is repeated.
struct RetryPolicy: Equatable, Sendable {
    var attempts = 3
    var backoff = Backoff(first: .seconds(1), longest: .seconds(30))
    /// The longest rate limit that a call waits for. Above it the call fails with the time of its end.
    var patience = TimeSpan.minutes(1)

    /// - Parameters:
    ///   - attempt: the number of attempts so far.
    ///   - isRepeatable: whether the request is idempotent.
    ///   - now: by the wall clock.
    ///   - jitter: from 0 up to 1; spreads the pauses of many requests over their whole length.
    /// - Returns: the pause; `nil` to give up.
    func pause(
        after attempt: Int, _ problem: UpstreamError.Problem, isRepeatable: Bool, at now: Timestamp, jitter: Double
    ) -> TimeSpan? {
        guard attempt < attempts else { return nil }
        let isWorthTrying =
            switch problem {
            // The request was refused before it had any effect. The gate waits for the rest of the time.
            case .rateLimited(let until): until - now <= patience
            case .unreachable, .timedOut, .failed: isRepeatable
            case .resting, .crowded, .invalidResponse, .tooLarge: false
            }
        guard isWorthTrying else { return nil }
        return .milliseconds(Int64(Double(backoff.pause(after: attempt).milliseconds) * jitter))
    }
}
