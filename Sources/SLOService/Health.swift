import SLOCore
import SLOMetrics
import Synchronization

/// The last known state of each part of the service.
final class Health: Sendable {
    private struct State {
        var databaseProblem: String?
        /// Why a cluster's node puts deliveries into its spool.
        var inboxProblem: String?
        var isStarted = false
        var isStopping = false
        /// Monotonic time at which the writer's loop last ran.
        var writerSeenAt: Int64
        var writerProblem: String?
        var bus = Bus.none
    }

    private enum Bus {
        /// No message bus is configured.
        case none
        case consuming
        case down(String)
    }

    private let state: Mutex<State>
    private let clock: ServiceClock
    /// A writer whose loop has not run for this long is stuck, most likely in a disk operation.
    private static let writerPatienceMilliseconds: Int64 = 60_000

    init(clock: ServiceClock) {
        self.clock = clock
        state = Mutex(State(writerSeenAt: clock.now().clock))
    }

    func started() { state.withLock { $0.isStarted = true } }
    func stopping() { state.withLock { $0.isStopping = true } }
    func writerRan(at moment: Moment) { state.withLock { $0.writerSeenAt = moment.clock } }
    func writerEnded(_ problem: String) { state.withLock { $0.writerProblem = problem } }

    /// Takes and counts a change of the connection to the message bus.
    func note(_ event: BusEvent, in registry: MetricsRegistry) {
        switch event {
        case .waiting(let reason):
            bus(.down(reason), registry)
        case .consuming:
            bus(.consuming, registry)
        case .lost(let disconnection, let reason):
            bus(.down(reason), registry)
            registry.count(.busDisconnections(disconnection))
        case .queueCreated(let gap, let existedBefore):
            if existedBefore { registry.count(.busQueueLosses) }
            let (seconds, attoseconds) = gap.components
            registry.count(.busGapMilliseconds, by: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    private func bus(_ state: Bus, _ registry: MetricsRegistry) {
        self.state.withLock { $0.bus = state }
        var isConsuming = false
        if case .consuming = state { isConsuming = true }
        registry.set(.busConnected, to: isConsuming ? 1 : 0)
    }

    /// The bus is another process's now.
    func busIsLeft() { state.withLock { $0.bus = .none } }

    /// - Returns: whether the database's state changed.
    func database(is problem: String?) -> Bool {
        state.withLock { state in
            defer { state.databaseProblem = problem }
            return (state.databaseProblem == nil) != (problem == nil)
        }
    }

    /// - Parameter problem: why a cluster's database takes no deliveries; `nil` if it does.
    /// - Returns: whether that changed.
    func spool(takesAllBecauseOf problem: String?) -> Bool {
        state.withLock { state in
            defer { state.inboxProblem = problem }
            return (state.inboxProblem == nil) != (problem == nil)
        }
    }

    var isDatabaseHealthy: Bool { state.withLock { $0.databaseProblem == nil } }

    var isLive: Bool {
        state.withLock { $0.writerProblem == nil } && !isWriterStuck
    }

    private var isWriterStuck: Bool {
        let now = clock.now().clock
        return state.withLock { now - $0.writerSeenAt > Self.writerPatienceMilliseconds }
    }

    func components(isQueueFull: Bool) -> [ComponentHealth] {
        let state = state.withLock { $0 }
        let writerProblem =
            state.writerProblem
            ?? (isWriterStuck ? "the writer has waited for the disk for over a minute: check the disk" : nil)
        return [
            Self.component("database", state.databaseProblem),
            Self.component("writer", writerProblem),
            Self.component(
                "queue", isQueueFull ? "the queue is full: deliveries arrive faster than the disk stores them" : nil),
            Self.component(
                "service",
                state.isStopping ? "the server is stopping" : state.isStarted ? nil : "the server is starting"),
        ] + Self.components(state.bus) + Self.spooling(state.inboxProblem)
    }

    /// Deliveries are received with or without the database, as long as the spool takes them.
    private static func spooling(_ problem: String?) -> [ComponentHealth] {
        problem.map { [ComponentHealth(component: "inbox", isReady: false, isVital: false, reason: $0)] } ?? []
    }

    /// Webhooks are received with or without the broker, so it does not decide readiness.
    private static func components(_ bus: Bus) -> [ComponentHealth] {
        let problem: String
        switch bus {
        case .none: return []
        case .consuming: problem = ""
        case .down(let reason): problem = reason
        }
        return [
            ComponentHealth(
                component: "fedora_messaging", isReady: problem.isEmpty, isVital: false, reason: problem)
        ]
    }

    private static func component(_ name: String, _ problem: String?) -> ComponentHealth {
        ComponentHealth(component: name, isReady: problem == nil, reason: problem ?? "")
    }
}
