/// How many requests may go out: so many a minute, and a few at once after a pause.
///
/// Whoever asks gets the next free slot, in the order of asking, and is told how long to wait for it. Slots are given
/// for at most a minute ahead: beyond that a caller is turned away instead of being queued without a bound.
struct TokenBucket: Equatable, Sendable {
    /// In milliseconds.
    private let interval: Double
    private let burst: Double
    private let perMinute: Double
    /// Negative while slots ahead are given away.
    private var tokens: Double
    private var filledAt: Int64

    /// - Parameters:
    ///   - requestsPerMinute: at least 1.
    ///   - now: in milliseconds on a clock that no step moves.
    init(requestsPerMinute: Int, at now: Int64) {
        perMinute = Double(max(1, requestsPerMinute))
        interval = 60_000 / perMinute
        burst = max(1, (perMinute / 6).rounded(.down))
        tokens = burst
        filledAt = now
    }

    /// Takes the next slot.
    /// - Returns: in how many milliseconds it is; `nil` if all slots of the next minute are given away.
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
