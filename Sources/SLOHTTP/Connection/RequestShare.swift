import Synchronization

/// Limits how many requests for pages are served at once and how many wait; further ones get 503. Deliveries are not
/// limited here.
final class RequestShare: Sendable {
    /// What happens to a request.
    enum Admission: Equatable {
        case begins
        /// `start` is called when a place is free, on any thread.
        case waits(ticket: UInt64)
        case refused
    }

    private struct Waiting {
        let ticket: UInt64
        let start: @Sendable () -> Void
    }

    private struct State {
        var atWork = 0
        var waiting: [Waiting] = []
        var lastTicket: UInt64 = 0
    }

    private let maxAtWork: Int
    private let maxWaiting: Int
    private let state = Mutex(State())

    init(atWork: Int, waiting: Int) {
        self.maxAtWork = atWork
        self.maxWaiting = waiting
    }

    /// Call `finished` at the end of every request that was started.
    func admit(_ start: @escaping @Sendable () -> Void) -> Admission {
        self.state.withLock { state in
            if state.atWork < self.maxAtWork {
                state.atWork += 1
                return .begins
            }
            guard state.waiting.count < self.maxWaiting else { return .refused }
            state.lastTicket += 1
            state.waiting.append(Waiting(ticket: state.lastTicket, start: start))
            return .waits(ticket: state.lastTicket)
        }
    }

    /// Cancels a waiting request whose sender has gone.
    /// - Returns: `false` if it was started already.
    @discardableResult
    func withdraw(ticket: UInt64) -> Bool {
        self.state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return false }
            state.waiting.remove(at: place)
            return true
        }
    }

    /// A request has its response: starts the next one.
    func finished() {
        let next = self.state.withLock { state -> Waiting? in
            guard !state.waiting.isEmpty else {
                state.atWork -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.start()
    }
}

/// The shares of one address. Metrics have their own, so that requests for pages cannot block Prometheus.
struct RequestShares: Sendable {
    let pages: RequestShare
    let metrics: RequestShare

    init(_ configuration: WebConfiguration) {
        self.pages = RequestShare(atWork: configuration.maxPagesAtWork, waiting: configuration.maxPagesWaiting)
        self.metrics = RequestShare(atWork: 1, waiting: configuration.maxPagesAtWork)
    }

    func share(of path: some StringProtocol) -> RequestShare {
        path == "/metrics" ? self.metrics : self.pages
    }
}
