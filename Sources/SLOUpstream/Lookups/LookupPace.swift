internal import SLOCore

/// When something open is asked about: once it is old, then at growing intervals, and ever more often towards the
/// moment at which its objective is decided, so that what ended in time is known by then.
struct LookupPace: Equatable, Sendable {
    /// Between two questions about one thing there is at least so much, but for the one at its deadline.
    let interval: TimeSpan

    static let longestInterval = TimeSpan.hours(3)
    /// What is hinted at again and again is asked about once in so much.
    static let coalescing = TimeSpan.seconds(10)

    /// When it is asked about for the first time. What joins two runs is asked at once: the sooner it is known, the
    /// more can be joined. What ends by itself gets an hour of the twelve to be heard of otherwise.
    func first(_ lookupRequest: LookupRequest) -> Timestamp {
        if case .job = lookupRequest.subject { return lookupRequest.queuedAt }
        let patience = TimeSpan.milliseconds((lookupRequest.deadlineAt - lookupRequest.queuedAt).milliseconds / 12)
        return lookupRequest.queuedAt + min(.hours(1), patience)
    }

    /// When it is asked about after it was.
    /// - Parameter failures: how often in a row that brought nothing that could be used.
    func next(_ lookupRequest: LookupRequest, askedAt: Timestamp, failures: Int) -> Timestamp {
        let age = (askedAt - lookupRequest.queuedAt).milliseconds
        let left = (lookupRequest.deadlineAt - askedAt).milliseconds
        let halfway = left > 0 ? min(age, left) / 2 : age / 2
        let backoff = Backoff(first: bounded(halfway), longest: max(interval, Self.longestInterval))
        let next = askedAt + backoff.pause(after: failures + 1)
        // What ended just before the deadline must be known when it has settled.
        return left > 0 ? min(next, lookupRequest.deadlineAt) : next
    }

    private func bounded(_ milliseconds: Int64) -> TimeSpan {
        max(interval, min(.milliseconds(milliseconds), Self.longestInterval))
    }
}
