internal import SLOCore
internal import SLOMetrics

/// Decides whether a request may be sent now: by the configured rate, the upstream's rate limit and the circuit
/// breaker.
struct UpstreamGate: Sendable {
    private var bucket: TokenBucket
    private var breaker: CircuitBreaker
    private let patience: TimeSpan
    /// On the monotonic clock.
    private var pausedUntil: Int64

    /// - Parameter isBreakerOpen: whether the upstream failed until the process ended.
    init(_ settings: UpstreamSettings, isBreakerOpen: Bool = false, at now: Moment) {
        breaker = CircuitBreaker(isOpen: isBreakerOpen, at: now.clock)
        bucket = TokenBucket(requestsPerMinute: settings.requestsPerMinute, at: now.clock)
        patience = settings.retries.patience
        pausedUntil = now.clock
    }

    var isBreakerOpen: Bool { breaker.isOpen }

    /// Takes a slot, and returns how long to wait for it.
    mutating func reserve(at now: Moment) throws(UpstreamError.Problem) -> TimeSpan {
        if let later = breaker.opens(at: now.clock) { throw .resting(until: now.wall(of: later)) }
        let pause = max(0, pausedUntil - now.clock)
        guard pause <= patience.milliseconds else { throw .rateLimited(until: now.wall(of: pausedUntil)) }
        guard let wait = bucket.take(at: now.clock) else { throw .crowded }
        return .milliseconds(max(wait, pause))
    }

    /// Admits a request that has waited for its slot. Its result must be reported afterwards.
    mutating func enter(at now: Moment) throws(UpstreamError.Problem) {
        guard pausedUntil <= now.clock else { throw .rateLimited(until: now.wall(of: pausedUntil)) }
        if let later = breaker.admit(at: now.clock) { throw .resting(until: now.wall(of: later)) }
    }

    mutating func note(_ result: UpstreamResult, at now: Moment) {
        switch result {
        case .ok, .refused: breaker.succeeded()
        case .failed, .unreachable, .timedOut, .invalidResponse, .tooLarge: breaker.failed(at: now.clock)
        case .rateLimited, .canceled, .notSent: breaker.abandoned(at: now.clock)
        }
    }

    /// Sends nothing until a moment of the wall clock.
    mutating func pause(until: Timestamp, at now: Moment) {
        pausedUntil = max(pausedUntil, now.clock + (until - now.wall).milliseconds)
    }
}

extension Moment {
    /// The wall clock's time when the monotonic clock has reached `clock`.
    fileprivate func wall(of clock: Int64) -> Timestamp {
        wall + .milliseconds(clock - self.clock)
    }
}
