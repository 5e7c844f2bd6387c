import Dispatch
import SLOCore
import Synchronization

/// A reading that takes a while, made on a queue of its own and kept for whoever asks next.
///
/// Making it never takes more than a small share of the time, however often it is asked for: what is a little old is
/// given at once, while a new one is made for those who come later.
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
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let clock: ServiceClock
    private let goodFor: Int64
    private let staleFor: Int64
    private let idleFor: Int64
    private let make: @Sendable (Moment) throws -> Value

    /// At most this part of the time goes into making it while it is asked for, and while it is not.
    private static var share: Int64 { 20 }
    private static var idleShare: Int64 { 100 }

    /// - Parameters:
    ///   - goodFor: how old it may become before a new one is made for those who ask.
    ///   - staleFor: how much older it may become and still be given while a new one is made.
    ///   - idleFor: how often a new one is made though nobody asks, so that whoever does need not wait.
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
        // A clock that somebody moves has nobody who waits.
        if clock.runsByItself { renewLater(inMilliseconds: Self.warmUpMilliseconds) }
    }

    private static var warmUpMilliseconds: Int64 { 1000 }

    /// Goes on for as long as somebody holds it.
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

    /// - Throws: what making it threw.
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
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
