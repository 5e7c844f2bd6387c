import Logging
import SLOCore
import SLOMetrics
import SLOSources
import SLOTestSupport
import Synchronization

@testable import SLOService
@testable import SLOStore

let start = Timestamp(seconds: 1_795_341_600)

/// A cluster's store, its clock, and what nodes need.
struct ClusterPlace {
    let clock = ManualClock(at: start)
    let store: MemoryCluster

    init() {
        store = MemoryCluster(clock: clock)
    }

    func settings(_ ledger: LedgerSettings = LedgerSettings()) throws -> ServiceSettings {
        ServiceSettings(
            database: "", ledger: ledger, sources: SourceSettings(apps: [], coprUsers: [:]),
            rules: try RuleBook(),
            pruning: PruneLimits(
                keepBodies: .days(1), maxBodyBytes: 1 << 20, keepObservations: .days(1), keepIdentities: .days(1),
                keepHistory: .days(1)),
            maxQueuedDeliveries: 16, maxBufferedBytes: 1 << 20, version: "test")
    }

    func queue() -> IntakeQueue {
        IntakeQueue(maxDeliveries: 16, maxBytes: 1 << 20, clock: clock.asServiceClock)
    }

    /// What a node knows of the deliveries that it refused.
    func blindIntervals() -> BlindIntervalTracker {
        BlindIntervalTracker(longestWait: .seconds(15), startedAt: clock.asServiceClock.now())
    }

    func appender(
        of queue: IntakeQueue, to inbox: any Inbox, node: String = "one", lives: OwnLives? = nil,
        blindIntervals: BlindIntervalTracker? = nil, spooling: Spooling? = nil,
        connection: ConnectionRecord = ConnectionRecord()
    ) -> Appender {
        Appender(
            from: queue, to: inbox, lives: lives ?? self.lives(in: inbox, of: node),
            blindIntervals: blindIntervals ?? self.blindIntervals(), spooling: spooling, connection: connection,
            acknowledger: Acknowledger(
                metrics: metrics, clock: clock.asServiceClock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    func forwarder(
        of spooling: Spooling, to inbox: any Inbox, lives: OwnLives, node: String = "one"
    ) -> Forwarder {
        Forwarder(
            of: spooling, to: inbox, node: node, lives: lives, connection: ConnectionRecord(), metrics: metrics,
            clock: clock.asServiceClock)
    }

    func lives(in inbox: any Inbox, of node: String = "one") -> OwnLives {
        OwnLives(in: inbox, of: node, startedAt: clock.now.wall)
    }

    private var metrics: MetricsRegistry { MetricsRegistry(settings: LedgerSettings(), version: "test") }

    func decider(
        _ node: String, on connection: MemoryConnection, judging ledger: LedgerSettings = LedgerSettings(),
        announce: @escaping @Sendable (DeciderAccess?) -> Void = { _ in }
    ) throws -> Decider {
        Decider(
            node: node, inbox: connection, lease: connection, settings: try settings(ledger), queue: queue(),
            health: Health(clock: clock.asServiceClock), clock: clock.asServiceClock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, announce: announce)
    }

    func pass(_ time: TimeSpan) { clock.advance(to: clock.now.wall + time) }
}

/// What a sender was answered.
final class Answers: Sendable {
    private let answers = Mutex<[DeliveryResponse]>([])

    var all: [DeliveryResponse] { answers.withLock { $0 } }
    func clear() { answers.withLock { $0 = [] } }

    /// An authentic delivery that says nothing, with this number as its identity.
    func delivery(_ number: UInt64) -> PendingDelivery {
        PendingDelivery(
            id: "\(number)", origin: .delivery(.github, event: "push"),
            key: DeliveryKey(
                identity: DeliveryIdentity(high: number, low: 1), fingerprint: BodyFingerprint(of: [1])),
            outcome: .ignored, isPing: false, observations: [], bodyByteCount: 1, body: nil, arrivedAt: .now,
            completion: { answer in self.answers.withLock { $0.append(answer) } })
    }
}

/// Fails once at a point of an operation.
final class Faults: Sendable {
    private struct Cut: Error {}

    private let armed = Mutex<(MemoryCluster.Operation, StoreFaultPoint)?>(nil)

    func arm(_ operation: MemoryCluster.Operation, _ point: StoreFaultPoint) {
        armed.withLock { $0 = (operation, point) }
    }

    func pass(_ operation: MemoryCluster.Operation, _ point: StoreFaultPoint) throws {
        try armed.withLock { armed in
            guard let (operationArmed, pointArmed) = armed, operationArmed == operation, pointArmed == point else {
                return
            }
            armed = nil
            throw Cut()
        }
    }
}
