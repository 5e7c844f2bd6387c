import SLOCore
import SLOService
import SLOSources
import Synchronization

/// A receiver that keeps what it is given and answers when, and what, the test says.
final class FakeReceiver: WebhookReceiver {
    struct Received: Equatable, Sendable {
        var source: Source
        var headers: WebhookHeaders
        var body: [UInt8]
    }

    struct Refused: Equatable, Sendable {
        var source: Source
        var refusal: Refusal
    }

    private struct State {
        var roomBytes: Int
        var reservedBytes = 0
        var highestReservedBytes = 0
        var received: [Received] = []
        var refused: [Refused] = []
        var pending: [@Sendable (DeliveryResponse) -> Void] = []
        var watchers: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>
    /// The answer to every delivery, given at once. `nil`: deliveries wait for `answerOldest`.
    private let answer: DeliveryResponse?

    init(answer: DeliveryResponse? = .stored, roomBytes: Int = 1 << 30) {
        self.answer = answer
        self.state = Mutex(State(roomBytes: roomBytes))
    }

    var received: [Received] { self.state.withLock { $0.received } }
    var refused: [Refused] { self.state.withLock { $0.refused } }
    var reservedBytes: Int { self.state.withLock { $0.reservedBytes } }
    var highestReservedBytes: Int { self.state.withLock { $0.highestReservedBytes } }

    /// Answers the oldest delivery that waits.
    func answerOldest(_ answer: DeliveryResponse) {
        let completion = self.state.withLock { $0.pending.isEmpty ? nil : $0.pending.removeFirst() }
        completion?(answer)
    }

    /// Returns once the condition holds, or the test is over.
    func until(_ condition: @escaping @Sendable (FakeReceiver) -> Bool) async {
        while !condition(self), !Task.isCancelled {
            let (changes, source) = AsyncStream.makeStream(of: Void.self)
            self.state.withLock { $0.watchers.append { source.finish() } }
            if condition(self) { return }
            for await _ in changes {}
        }
    }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, watchers) = self.state.withLock { state in
            let value = body(&state)
            let watchers = state.watchers
            state.watchers = []
            return (value, watchers)
        }
        for watcher in watchers { watcher() }
        return value
    }

    func reserve(bytes: Int, of total: Int) -> Bool {
        self.change { state in
            guard state.reservedBytes + bytes <= state.roomBytes else { return false }
            state.reservedBytes += bytes
            state.highestReservedBytes = max(state.highestReservedBytes, state.reservedBytes)
            return true
        }
    }

    func release(bytes: Int) {
        self.change { $0.reservedBytes -= bytes }
    }

    func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        let received = Received(source: source, headers: headers, body: Array(body))
        let isWaiting = self.answer == nil
        self.change { state in
            state.received.append(received)
            if isWaiting { state.pending.append(completion) }
        }
        if let answer { completion(answer) }
    }

    func refuse(source: Source, _ refusal: Refusal) {
        self.change { $0.refused.append(Refused(source: source, refusal: refusal)) }
    }
}

struct FakeStatus: ServiceStatus {
    var isLive = true
    var readiness = [ComponentHealth(component: "database", isReady: true, reason: "")]

    func metrics(openMetrics: Bool) -> [UInt8] {
        Array((openMetrics ? "open 1\n# EOF\n" : "plain 1\n").utf8)
    }
}
