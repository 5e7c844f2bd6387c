internal import SLOCore

/// Whether a request that failed is tried again, and after which pause.
struct RetryPolicy: Equatable, Sendable {
    var attempts = 3
    var backoff = Backoff(first: .seconds(1), longest: .seconds(30))
    /// How long a rate limit is sat out within a call; beyond it the call gives up and says until when.
    var patience = TimeSpan.minutes(1)

    /// - Parameters:
    ///   - attempt: how many there were, this one included.
    ///   - isRepeatable: whether doing it twice is as good as once.
    ///   - now: by the wall clock.
    ///   - jitter: from 0 up to 1; pauses of many are spread over their whole length.
    /// - Returns: `nil`: give up.
    func pause(
        after attempt: Int, _ problem: UpstreamError.Problem, isRepeatable: Bool, at now: Timestamp, jitter: Double
    ) -> TimeSpan? {
        guard attempt < attempts else { return nil }
        let isWorthTrying =
            switch problem {
            // It was turned away before anything was done. The gate sits the rest of the time out.
            case .rateLimited(let until): until - now <= patience
            case .unreachable, .timedOut, .failed: isRepeatable
            case .resting, .crowded, .invalidResponse, .tooLarge: false
            }
        guard isWorthTrying else { return nil }
        return .milliseconds(Int64(Double(backoff.pause(after: attempt).milliseconds) * jitter))
    }
}
