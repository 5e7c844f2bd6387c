internal import SLOCore

/// Reads an upstream's rate limit from its replies.
enum RateLimit {
    /// The pause if the reply names none, as GitHub asks for.
    static let unstatedPause = TimeSpan.minutes(1)
    /// The longest pause, whatever the upstream says: a wrong header must not stop the lookups.
    static let longestPause = TimeSpan.hours(2)

    /// Until when to pause; `nil` if there is no limit.
    /// - Parameter header: returns a header of the reply by name.
    static func pausedUntil(status: Int, header: (String) -> String?, at now: Timestamp) -> Timestamp? {
        let isUsedUp = header("x-ratelimit-remaining").flatMap { Int($0) } == 0
        let retryAfter = header("retry-after")
        let isBusy = status == 503 && retryAfter != nil
        guard isRefusal(status: status, header: header) || isUsedUp || isBusy else { return nil }
        let asked: Timestamp =
            if let seconds = retryAfter.flatMap({ Int64($0) }) {
                now + .seconds(min(max(0, seconds), longestPause.wholeSeconds))
            } else if isUsedUp, let reset = header("x-ratelimit-reset").flatMap({ Int64($0) }) {
                Timestamp(seconds: reset)
            } else {
                now + unstatedPause
            }
        return min(max(asked, now), now + longestPause)
    }

    /// Whether the reply is a refusal because of a rate limit. A 403 is one only if its headers say so.
    static func isRefusal(status: Int, header: (String) -> String?) -> Bool {
        switch status {
        case 429: true
        case 403:
            header("retry-after") != nil || header("x-ratelimit-remaining").flatMap { Int($0) } == 0
        default: false
        }
    }
}
