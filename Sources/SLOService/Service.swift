public import Logging
import ServiceLifecycle
public import SLOCore
import SLOMetrics
public import SLOSources
public import SLOStore

/// The whole service: restores the stored state, takes deliveries, decides, stores, and reports its state.
public final class ObserverService: Observing {
    private let store: any LedgerStore
    private let queue: IntakeQueue
    private let intake: DeliveryIntake
    private let writer: Writer
    private let metricsRegistry: MetricsRegistry
    private let health: Health
    private let credentials: CredentialsHolder
    private let clock: ServiceClock
    private let logger: Logger
    private let end: Promise<WriterEnd>
    private let suspensionDetector: SuspensionDetector
    private let work: WriterWork
    /// For the services beside it.
    public let access: DeciderAccess

    /// Opens the database and restores its state. Deliveries are stored once `run` runs.
    /// - Parameter fault: for tests; makes the store fail at named points.
    /// - Throws: `StoreError`, `RestoreError`.
    public init(
        settings: ServiceSettings, credentials: Credentials, clock: ServiceClock = .system,
        fault: @escaping StoreFault = { _ in }, logger: Logger
    ) throws {
        let now = clock.now()
        let store = try SQLiteStore.open(path: settings.database, startedAt: now.wall, fault: fault)
        self.store = store
        let restored: RestoredLedger
        do {
            restored = try RestoredLedger(from: store, settings: settings, at: now, logger: logger)
        } catch {
            try store.close()
            throw error
        }
        let (loaded, registry) = (restored.loaded, restored.metrics)

        self.clock = clock
        self.logger = logger
        metricsRegistry = registry
        health = Health(clock: clock)
        queue = IntakeQueue(settings, clock: clock)
        self.credentials = CredentialsHolder(credentials)
        let blindIntervals = try BlindIntervalTracker(
            longestWait: settings.ledger.initialStatusDeadline, startedAt: now, continuing: store, loaded.blindIntervals
        )
        intake = DeliveryIntake(
            settings, credentials: self.credentials, queue: queue, metrics: registry, blindIntervals: blindIntervals,
            clock: clock, logger: logger)
        work = WriterWork(settings, metrics: registry)
        let end = Promise<WriterEnd>()
        self.end = end
        writer = Writer(
            settings: settings, store: store, metrics: registry, timeline: restored.timeline,
            nextSequence: loaded.nextSequence, source: queue, health: health, blindIntervals: blindIntervals,
            work: work, clock: clock, logger: logger, ended: { end.fulfil($0) })
        suspensionDetector = SuspensionDetector(of: blindIntervals, by: clock)
        try writer.noteStart(at: now, blindSince: Self.blindSince(loaded, at: now.wall, socket: settings.socket))
        access = try DeciderAccess(
            to: work, settings, queue: queue, metrics: registry,
            pendingBackfills: store.pendingBackfills(settings.ledger), clock: clock, logger: logger
        ) { [queue, intake] in
            registry.exposition(queue, intake, at: clock.now().wall, openMetrics: false)
        }
    }

    /// Since when deliveries may have been missed; `nil` in a new database, and after a short stop in which the
    /// listening socket stayed open, because connections waited in it (docs/counting.md, rule 24).
    private static func blindSince(_ loaded: LoadedState, at now: Timestamp, socket: UInt64?) -> Timestamp? {
        if let stop = loaded.lastCleanStop, let socket, stop.socket == socket, stop.at <= now,
            now - stop.at < shortStop
        {
            return nil
        }
        return loaded.lastHeartbeat.map { min($0, now) }
    }

    /// GitHub waits ten seconds for a response.
    private static let shortStop = TimeSpan.seconds(5)

    /// A stop is near: readiness says so, and deliveries are still taken.
    public func beginDraining() { health.stopping() }

    /// Runs until shutdown or cancellation, then stores what is queued and closes the database.
    public func run() async throws {
        writer.start()
        health.started()
        let promise = end
        let end = await withTaskCancellationOrGracefulShutdownHandler {
            await promise.value
        } onCancelOrGracefulShutdown: {
            self.health.stopping()
            self.intake.stop()
            self.queue.close()
            self.work.close()
        }
        work.close()
        suspensionDetector.stop()
        try store.close()
        if case .failed(let reason) = end {
            health.writerEnded(reason)
            throw ServiceFailure(reason: reason)
        }
    }

    /// Applies new credentials at once.
    public func replaceCredentials(with credentials: Credentials) {
        self.credentials.replace(with: credentials)
    }

    // MARK: - WebhookReceiver

    public func reserve(bytes: Int, of total: Int) -> Bool { intake.reserve(bytes: bytes, of: total) }
    public func release(bytes: Int) { intake.release(bytes: bytes) }

    public func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        intake.receive(source: source, headers: headers, body: body, arrivedAt: arrivedAt, completion: completion)
    }

    public func refuse(source: Source, _ refusal: Refusal) { intake.refuse(source: source, refusal) }

    // MARK: - MessageReceiver

    public func refuse(message id: String?, from source: Source, _ refusal: Refusal) {
        intake.refuse(message: id, from: source, refusal)
    }

    public func receive(
        message document: UnsafeRawBufferPointer, from source: Source, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        intake.receive(message: document, from: source, arrivedAt: arrivedAt, completion: completion)
    }

    public func bus(_ event: BusEvent) { health.note(event, in: metricsRegistry) }

    // MARK: - TimeNoteJournal

    public func access(with token: String?) -> WriteAccess { credentials.current.writeAccess(with: token) }

    public func note(kind: String, from: Timestamp, to: Timestamp, words: String) async -> Int64? {
        let edit = TimeNoteEdit.add(kind: kind, from: from, to: to, words: words)
        guard case .added(let id) = await work.timeNotes.put(edit) else { return nil }
        return id
    }

    public func withdrawNote(_ id: Int64) async -> Bool { await work.timeNotes.put(.withdraw(id)) == .withdrawn }

    // MARK: - ServiceStatus

    public var isLive: Bool { health.isLive }
    public var readiness: [ComponentHealth] { health.components(isQueueFull: queue.isFull) }

    public func metrics(openMetrics: Bool) -> [UInt8] {
        metricsRegistry.exposition(queue, intake, at: clock.now().wall, openMetrics: openMetrics)
    }
}

extension MetricsRegistry {
    /// What a scrape gets.
    func exposition(
        _ queue: IntakeQueue, _ intake: DeliveryIntake, at now: Timestamp, openMetrics: Bool,
        include scope: ExpositionScope = .all
    ) -> [UInt8] {
        let load = queue.load
        set(.queueDeliveries, to: Int64(load.deliveries))
        set(.queueBytes, to: Int64(load.bytes + intake.reservedBytes))
        return render(format: openMetrics ? .openMetrics : .text, now: now, include: scope)
    }
}

/// Why the service ended without being asked to.
public struct ServiceFailure: Error, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}
