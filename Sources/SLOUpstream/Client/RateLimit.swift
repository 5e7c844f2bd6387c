internal import SLOCore

/// What an answer says of an upstream's own limits.
enum RateLimit {
    /// What is waited for without a word of how long, as GitHub asks for.
    static let unstatedPause = TimeSpan.minutes(1)
    /// What an upstream may say is waited for, but never longer than this: a wrong header must not end the look-ups.
    static let longestPause = TimeSpan.hours(2)

    /// Until when nothing more is to be asked; `nil`: go on.
    /// - Parameter header: the answer's, by name.
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

    /// Whether the answer is a refusal because of a limit: a 403 is one only if it says so.
    static func isRefusal(status: Int, header: (String) -> String?) -> Bool {
        switch status {
        case 429: true
        case 403:
            header("retry-after") != nil || header("x-ratelimit-remaining").flatMap { Int($0) } == 0
        default: false
        }
    }
}
