public import Logging
public import SLOCore
public import SLOConditions
package import SLOMetrics
public import SLOSources
public import SLOStore
import Synchronization

/// Decides what was received earlier, in its own time, and stores it as a server would have that ran then: deadlines
/// fire between deliveries, conditions are evaluated every minute, and what became too old is deleted.
///
/// Holds no more than a batch. Not `Sendable`: one task imports.
public final class Importer {
    private let time: VirtualTime
    private let queue: IntakeQueue
    private let intake: DeliveryIntake
    private let writer: Writer
    private let health: Health
    private let metrics: MetricsRegistry
    private let credentials: Credentials
    private let conditions: ConditionWatch?
    private let refusal = FirstRefusal()
    private let sampling: (Timestamp) -> TimeSpan
    private var nextSample: Timestamp
    private var lastReceipt: Timestamp
    public private(set) var deliveries: Int64 = 0

    private static let batchDeliveries = 256
    private static let batchBytes = 4 << 20
    /// While nothing arrives for longer than this, samples tell hardly anything.
    private static let quietAfter = TimeSpan.days(1)

    /// - Parameters:
    ///   - database: a new database.
    ///   - start: when the observation begins.
    ///   - sampling: how long after a moment the conditions are evaluated again; a server does it every minute.
    /// - Throws: `StoreError`.
    public init(
        into database: NewDatabase, settings: ServiceSettings, credentials: Credentials, from start: Timestamp,
        sampling: @escaping (Timestamp) -> TimeSpan = { _ in SampleHistory.interval }, logger: Logger
    ) throws {
        var settings = settings
        settings.readers = ReaderSource(path: database.path)
        let time = VirtualTime(start)
        let clock = ServiceClock { time.now }
        let now = clock.now()
        // What this process uses tells nothing of then.
        let restored = try RestoredLedger(
            from: database.store, settings: settings, at: now, logger: logger, process: .current())
        let registry = restored.metrics
        let blindIntervals = try BlindIntervalTracker(
            longestWait: settings.ledger.initialStatusDeadline, startedAt: now, continuing: database.store,
            restored.loaded.blindIntervals)
        let queue = IntakeQueue(
            maxDeliveries: 2 * Self.batchDeliveries, maxBytes: max(settings.maxBufferedBytes, 2 * Self.batchBytes),
            clock: clock)
        let intake = DeliveryIntake(
            settings, credentials: CredentialsHolder(credentials), queue: queue, metrics: registry,
            blindIntervals: blindIntervals, clock: clock, logger: logger)
        let work = WriterWork(settings, metrics: registry)
        conditions = try ConditionWatch(settings, journal: work.conditions, clock: clock, logger: logger) {
            registry.exposition(queue, intake, at: time.now.wall, openMetrics: false)
        }
        health = Health(clock: clock)
        writer = Writer(
            settings: settings, store: database.store, metrics: registry, timeline: restored.timeline,
            nextSequence: restored.loaded.nextSequence, source: UnwaitingSource(queue: queue), health: health,
            blindIntervals: blindIntervals, work: work, clock: clock, role: .importer, logger: logger, ended: { _ in })
        self.time = time
        self.sampling = sampling
        self.queue = queue
        self.intake = intake
        self.credentials = credentials
        metrics = registry
        nextSample = start
        lastReceipt = start
        try writer.noteStart(at: now, blindSince: nil)
    }

    public var now: Timestamp { time.now.wall }

    /// The metrics as the server would have exposed them.
    package var registry: MetricsRegistry { metrics }

    /// Takes the next delivery. A time of receipt before the previous one counts as that one.
    /// - Throws: `ServiceFailure` if it cannot be stored.
    public func take(_ delivery: ReceivedDelivery) throws {
        try advance(to: delivery.receivedAt)
        deliveries += 1
        guard credentials.accept(recorded: delivery) else {
            return metrics.count(.deliveries(delivery.source, .badSignature))
        }
        lastReceipt = now
        delivery.body.withUnsafeBytes { body in
            intake.take(source: delivery.source, headers: delivery.headers, body: body, arrivedAt: .now) {
                [refusal] response in refusal.note(response)
            }
        }
        let load = queue.load
        if load.deliveries >= Self.batchDeliveries || load.bytes >= Self.batchBytes { try decide() }
    }

    /// Lets time pass.
    public func advance(to moment: Timestamp) throws {
        while nextSample <= moment {
            time.advance(to: nextSample)
            try decide()
            conditions?.evaluate()
            let isQuiet = nextSample - lastReceipt > Self.quietAfter
            nextSample = nextSample + (isQuiet ? .hours(1) : sampling(nextSample))
        }
        time.advance(to: moment)
    }

    /// Stops the observation, as a server stops. The database still has to be completed.
    public func finish() throws {
        try decide()
        queue.close()
        while true {
            switch writer.takeTurn() {
            case nil: try requireStored()
            case .stopped: return
            case .failed(let reason): throw ServiceFailure(reason: reason)
            }
        }
    }

    /// Decides what was received so far, and what is due.
    private func decide() throws {
        repeat {
            if case .failed(let reason) = writer.takeTurn() { throw ServiceFailure(reason: reason) }
            try requireStored()
        } while queue.load.deliveries > 0 || !writer.hasDecided(before: time.now)
    }

    private func requireStored() throws {
        let problem = health.components(isQueueFull: false).first { $0.component == "database" && !$0.isReady }?.reason
        if let reason = refusal.reason ?? problem {
            throw ServiceFailure(reason: "the database cannot be written: \(reason)")
        }
    }
}

/// A time that only passes when it is told to.
private final class VirtualTime: Sendable {
    private let moment: Mutex<Timestamp>

    init(_ start: Timestamp) {
        moment = Mutex(start)
    }

    var now: Moment { Moment(virtual: moment.withLock { $0 }) }

    /// Never goes back.
    func advance(to later: Timestamp) {
        moment.withLock { $0 = max($0, later) }
    }
}

/// Why a delivery was not stored.
private final class FirstRefusal: Sendable {
    private let first = Mutex<String?>(nil)

    var reason: String? { first.withLock { $0 } }

    func note(_ response: DeliveryResponse) {
        guard case .refused(let refusal) = response, refusal.outcome == .unstored else { return }
        first.withLock { $0 = $0 ?? refusal.reason }
    }
}

/// A queue for whose deliveries nobody waits.
private struct UnwaitingSource: DeliverySource {
    let queue: IntakeQueue

    func take(atMost count: Int, bytes: Int, waiting milliseconds: Int64) -> TakenDeliveries {
        queue.take(atMost: count, bytes: bytes, waiting: 0)
    }
}
