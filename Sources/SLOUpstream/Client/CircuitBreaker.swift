internal import SLOCore

/// Leaves an upstream alone that fails again and again, and lets one request at a time look whether it is back.
struct CircuitBreaker: Equatable, Sendable {
    private enum State: Equatable {
        /// Can become `open` with a failure.
        case closed(failures: Int)
        /// Can become `probing` once its time is over.
        case open(until: Int64, failures: Int)
        /// One request is on its way. Can become `closed` or `open`, or stay open for the next if it was abandoned.
        case probing(since: Int64, failures: Int)
    }

    static let failuresToOpen = 5
    /// Grows with every probe that fails.
    static let backoff = Backoff(first: .seconds(30), longest: .minutes(10))

    private var state = State.closed(failures: 0)

    var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// When the next request may be tried, in milliseconds on the caller's clock; `nil`: now.
    func opens(at now: Int64) -> Int64? {
        switch state {
        case .closed: nil
        case .open(let until, _): now < until ? until : nil
        // A probe is bounded by the request's own time, which is far below a pause.
        case .probing(let since, let failures): since + Self.pause(after: failures)
        }
    }

    /// Lets a request pass, or says when to come again. Each that passes is to be followed by one of the other calls.
    mutating func admit(at now: Int64) -> Int64? {
        if let later = opens(at: now) { return later }
        if case .open(_, let failures) = state { state = .probing(since: now, failures: failures) }
        return nil
    }

    mutating func succeeded() {
        state = .closed(failures: 0)
    }

    mutating func failed(at now: Int64) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.failuresToOpen: state = .closed(failures: failures + 1)
        case .closed: state = .open(until: now + Self.pause(after: 1), failures: 1)
        case .probing(_, let failures):
            state = .open(until: now + Self.pause(after: failures + 1), failures: failures + 1)
        // One that was on its way when others opened the breaker.
        case .open: break
        }
    }

    /// A request ended without saying anything about the upstream: it was canceled, or held back by a limit.
    mutating func abandoned(at now: Int64) {
        if case .probing(_, let failures) = state { state = .open(until: now, failures: failures) }
    }

    private static func pause(after failures: Int) -> Int64 {
        backoff.pause(after: failures).milliseconds
    }
}
