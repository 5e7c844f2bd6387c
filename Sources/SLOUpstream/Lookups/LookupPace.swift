internal import SLOCore

/// When to look up an open entity: first after some time, then at growing intervals, and more often shortly before the
/// moment at which its objective is decided, so that an end in time is known by then.
struct LookupPace: Equatable, Sendable {
    /// The shortest time between two lookups of one subject, except for the one at its deadline.
    let interval: TimeSpan

    static let longestInterval = TimeSpan.hours(3)
    /// Repeated hints about one subject cause one lookup in this time.
    static let coalescing = TimeSpan.seconds(10)

    /// When to look it up for the first time. A lookup that can join two runs is due at once: the earlier it succeeds,
    /// the more can be joined. A run that ends by itself has an hour for its regular notification.
    func first(_ lookupRequest: LookupRequest) -> Timestamp {
        if case .job = lookupRequest.subject { return lookupRequest.queuedAt }
        let patience = TimeSpan.milliseconds((lookupRequest.deadlineAt - lookupRequest.queuedAt).milliseconds / 12)
        return lookupRequest.queuedAt + min(.hours(1), patience)
    }

    /// When to look it up again.
    /// - Parameter failures: the number of consecutive lookups without a usable reply.
    func next(_ lookupRequest: LookupRequest, askedAt: Timestamp, failures: Int) -> Timestamp {
        let age = (askedAt - lookupRequest.queuedAt).milliseconds
        let left = (lookupRequest.deadlineAt - askedAt).milliseconds
        let halfway = left > 0 ? min(age, left) / 2 : age / 2
        let backoff = Backoff(first: bounded(halfway), longest: max(interval, Self.longestInterval))
        let next = askedAt + backoff.pause(after: failures + 1)
        // An end just before the deadline must be known once it has settled.
        return left > 0 ? min(next, lookupRequest.deadlineAt) : next
    }

    private func bounded(_ milliseconds: Int64) -> TimeSpan {
        max(interval, min(.milliseconds(milliseconds), Self.longestInterval))
    }
}
