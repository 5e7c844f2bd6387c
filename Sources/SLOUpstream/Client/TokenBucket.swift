/// Limits requests to a number per minute, with a small burst after a pause.
///
/// A caller gets the next free slot, in order, and is told how long to wait for it. Slots are given for at most one
/// minute ahead; further callers are refused, so that the queue is bounded.
struct TokenBucket: Equatable, Sendable {
    /// In milliseconds.
    private let interval: Double
    private let burst: Double
    private let perMinute: Double
    /// Negative while future slots are given away.
    private var tokens: Double
    private var filledAt: Int64

    /// - Parameters:
    ///   - requestsPerMinute: at least 1.
    ///   - now: in milliseconds on a monotonic clock.
    init(requestsPerMinute: Int, at now: Int64) {
        perMinute = Double(max(1, requestsPerMinute))
        interval = 60_000 / perMinute
        burst = max(1, (perMinute / 6).rounded(.down))
        tokens = burst
        filledAt = now
    }

    /// Takes the next slot.
    /// - Returns: the milliseconds until the slot; `nil` if all slots of the next minute are taken.
    mutating func take(at now: Int64) -> Int64? {
        if now > filledAt {
            tokens = min(burst, tokens + Double(now - filledAt) / interval)
            filledAt = now
        }
        guard tokens > 1 - perMinute else { return nil }
        tokens -= 1
        return tokens >= 0 ? 0 : Int64((-tokens * interval).rounded(.up))
    }
}
