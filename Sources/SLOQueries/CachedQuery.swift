import Dispatch
import SLOCore
import Synchronization

/// Caches the result of a slow query, which runs on a queue of its own.
///
/// The query uses only a small share of the time, however often it is asked for: a slightly old result is returned at
/// once, while a new one is computed.
final class CachedQuery<Value: Sendable>: Sendable {
    private struct Made: Sendable {
        let value: Value
        let at: Int64
        let costMilliseconds: Int64
    }

    private typealias Waiter = CheckedContinuation<Value, any Error>

    private struct State {
        var made: Made?
        var isBeingMade = false
        /// Whether it was made once, or failed.
        var hasRun = false
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let clock: ServiceClock
    private let goodFor: Int64
    private let staleFor: Int64
    private let idleFor: Int64
    private let make: @Sendable (Moment) throws -> Value

    /// The inverse of the share of time that the query may use.
    private static var share: Int64 { 20 }
    private static var idleShare: Int64 { 100 }

    /// - Parameters:
    ///   - goodFor: the age up to which a result is returned as it is.
    ///   - staleFor: the further age up to which it is returned while a new one is computed.
    ///   - idleFor: how often a new one is computed without being asked for, so that the next request need not wait.
    init(
        goodFor: TimeSpan, staleFor: TimeSpan, idleFor: TimeSpan, on queue: DispatchQueue, clock: ServiceClock,
        make: @escaping @Sendable (Moment) throws -> Value
    ) {
        self.goodFor = goodFor.milliseconds
        self.staleFor = staleFor.milliseconds
        self.queue = queue
        self.clock = clock
        self.idleFor = idleFor.milliseconds
        self.make = make
        // With a manual clock nobody waits.
        if clock.runsByItself { renewLater(inMilliseconds: Self.warmUpMilliseconds) }
    }

    private static var warmUpMilliseconds: Int64 { 1000 }

    /// Continues for as long as somebody references the query.
    private func renewLater(inMilliseconds delay: Int64) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(delay))) { [weak self] in
            guard let self else { return }
            let mustMake = state.withLock { state in
                let age = state.made.map { self.clock.now().clock - $0.at } ?? .max
                let mustMake = !state.isBeingMade && age >= self.idleFor
                if mustMake { state.isBeingMade = true }
                return mustMake
            }
            if mustMake { renew() }
            let cost = state.withLock { $0.made?.costMilliseconds ?? 0 }
            renewLater(inMilliseconds: max(idleFor, cost * Self.idleShare))
        }
    }

    /// Whether the first result is there, or an error in its place.
    var hasRun: Bool { state.withLock { $0.hasRun } }

    /// - Throws: the query's error.
    func value() async throws -> Value {
        let now = clock.now().clock
        let (kept, mustMake): (Value?, Bool) = state.withLock { state in
            guard let made = state.made else { return (nil, false) }
            let age = now - made.at
            let limit = max(goodFor, made.costMilliseconds * Self.share)
            guard age <= limit + staleFor else { return (nil, false) }
            let mustMake = age > limit && !state.isBeingMade
            if mustMake { state.isBeingMade = true }
            return (made.value, mustMake)
        }
        if mustMake { queue.async { self.renew() } }
        if let kept { return kept }
        return try await withCheckedThrowingContinuation { waiter in
            let mustMake = state.withLock { state in
                state.waiters.append(waiter)
                defer { state.isBeingMade = true }
                return !state.isBeingMade
            }
            if mustMake { queue.async { self.renew() } }
        }
    }

    private func renew() {
        let began = clock.now()
        let result = Result { try make(began) }
        let cost = clock.now().clock - began.clock
        let waiters = state.withLock { state in
            if case .success(let value) = result {
                state.made = Made(value: value, at: began.clock, costMilliseconds: cost)
            }
            state.isBeingMade = false
            state.hasRun = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
