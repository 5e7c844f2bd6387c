/// Leaves an upstream alone that fails again and again, and lets one request at a time look whether it is back.
struct CircuitBreaker: Equatable, Sendable {
    private enum State: Equatable {
        /// Can become `open` with a failure.
        case closed(failures: Int)
        /// Can become `probing` once its time is over.
        case open(until: Int64, pause: Int64)
        /// One request is on its way. Can become `closed` or `open`, or stay open for the next if it was abandoned.
        case probing(since: Int64, pause: Int64)
    }

    static let failuresToOpen = 5
    /// In milliseconds; doubled with every probe that fails.
    static let firstPause: Int64 = 30_000
    static let longestPause: Int64 = 600_000

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
        case .probing(let since, let pause): since + pause
        }
    }

    /// Lets a request pass, or says when to come again. Each that passes is to be followed by one of the other calls.
    mutating func admit(at now: Int64) -> Int64? {
        if let later = opens(at: now) { return later }
        if case .open(_, let pause) = state { state = .probing(since: now, pause: pause) }
        return nil
    }

    mutating func succeeded() {
        state = .closed(failures: 0)
    }

    mutating func failed(at now: Int64) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.failuresToOpen: state = .closed(failures: failures + 1)
        case .closed: state = .open(until: now + Self.firstPause, pause: Self.firstPause)
        case .probing(_, let pause):
            let longer = min(pause * 2, Self.longestPause)
            state = .open(until: now + longer, pause: longer)
        // One that was on its way when others opened the breaker.
        case .open: break
        }
    }

    /// A request ended without saying anything about the upstream: it was canceled, or held back by a limit.
    mutating func abandoned(at now: Int64) {
        if case .probing(_, let pause) = state { state = .open(until: now, pause: pause) }
    }
}
