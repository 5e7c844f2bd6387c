internal import SLOCore

/// Stops requests to an upstream that fails repeatedly, and lets one request at a time test whether it is back.
struct CircuitBreaker: Equatable, Sendable {
    private enum State: Equatable {
        /// Becomes `open` after several failures.
        case closed(failures: Int)
        /// Becomes `probing` after its pause.
        case open(until: Int64, failures: Int)
        /// One test request is being sent. Becomes `closed` or `open`; after an abandoned request it is `open` for the
        /// next one at once.
        case probing(since: Int64, failures: Int)
    }

    static let failuresToOpen = 5
    /// Grows after every failed test request.
    static let backoff = Backoff(first: .seconds(30), longest: .minutes(10))

    private var state: State

    /// - Parameter isOpen: whether the next request is a test.
    init(isOpen: Bool = false, at now: Int64 = 0) {
        state = isOpen ? .open(until: now, failures: 1) : .closed(failures: 0)
    }

    var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// When the next request may be sent, in milliseconds on the caller's clock; `nil` for now.
    func opens(at now: Int64) -> Int64? {
        switch state {
        case .closed: nil
        case .open(let until, _): now < until ? until : nil
        // The request's own timeout, which is far below a pause, limits the test.
        case .probing(let since, let failures): since + Self.pause(after: failures)
        }
    }

    /// Admits a request, or returns when to try again. After each admitted request one of the following calls must be
    /// made.
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
        // The request was sent before the breaker opened.
        case .open: break
        }
    }

    /// A request ended without a result: it was cancelled, or delayed by a limit.
    mutating func abandoned(at now: Int64) {
        if case .probing(_, let failures) = state { state = .open(until: now, failures: failures) }
    }

    private static func pause(after failures: Int) -> Int64 {
        backoff.pause(after: failures).milliseconds
    }
}
