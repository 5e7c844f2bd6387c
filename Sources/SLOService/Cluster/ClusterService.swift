import Dispatch
import Foundation
public import Logging
import ServiceLifecycle
public import SLOConditions
public import SLOCore
public import SLOMetrics
public import SLOSources
public import SLOStore
import Synchronization

/// A process as a node of a cluster (docs/cluster.md): it receives, shows what the cluster has decided, and decides
/// while it has the lease.
///
/// Threads of its own drive it, one to append, one to decide, and one to forward its spool, so that none waits for
/// another's statements.
public final class ClusterService: Observing {
    private let node: ClusterNode
    private let health: Health
    private let deciderHealth: Health
    private let clock: ServiceClock
    private let logger: Logger
    private let view: ClusterView
    private let timeNotes: ClusterTimeNotes
    private let timeNoteQueue = DispatchQueue(label: "packit-slo.notes")
    private let term: TermSignal
    private let database: PostgresCluster
    private let spooling: Spooling?
    private let isStopping = Atomic<Bool>(false)
    /// Whether everything that was received is in the inbox or in the spool, or refused.
    private let isAnswered = Atomic<Bool>(false)
    private let isForwarded = DispatchSemaphore(value: 0)
    private let report: Mutex<NodeReport>
    private let suspensionDetector: SuspensionDetector
    private let appending = Promise<Void>()
    private let deciding = Promise<Void>()
    private let forwarding = Promise<Void>()

    /// The access to the process that decides, while this is it. Each new value ends the term before it.
    public var terms: AsyncStream<DeciderAccess?> { term.values }
    /// What the cluster has counted, as of the last reading.
    public var shared: MetricsRegistry { view.registry }
    /// What holds, as of the last reading.
    public var conditions: ConditionsNow { view.conditions }

    /// How long an idle node waits before it moves its watermark.
    private static let beatMilliseconds: Int64 = 250
    /// How long a node waits after an append that failed.
    private static let pauseMilliseconds: Int64 = 200
    /// How long it waits between two attempts to claim, at least: a clean hand-over takes this long more.
    private static let claimPauseMilliseconds: Int64 = 100
    /// How long a stop tries to append what was received.
    private static let farewellMilliseconds: Int64 = 8000

    /// - Parameters:
    ///   - cluster: whose `readers` are in `settings`, too.
    ///   - settings: those of a single process; `readers` read the cluster's database.
    ///   - problem: why the database is not reached; `nil` if it is. Then the spool takes everything until it is.
    /// - Throws: `StoreError`.
    public init(
        _ place: ClusterSettings, settings: ServiceSettings, cluster: PostgresCluster, credentials: Credentials,
        without problem: StoreError? = nil, clock: ServiceClock = .system, logger: Logger
    ) throws {
        let (term, deciderHealth) = (TermSignal(), Health(clock: clock))
        self.clock = clock
        self.logger = logger
        database = cluster
        self.term = term
        self.deciderHealth = deciderHealth
        health = Health(clock: clock)
        timeNotes = cluster.timeNotes()
        report = Mutex(NodeReport(node: place.node, version: settings.version, settings: place.shared))
        view = ClusterView(
            settings, totals: cluster.totals(), reports: cluster.nodeReports(), clock: clock, logger: logger)
        let patience = place.patience.milliseconds
        let spooling = try place.spool.map { path in
            Spooling(
                try Spool(path: path, maxBytes: place.maxSpoolBytes, at: clock.now().wall), patience: patience,
                isFirst: place.spoolsFirst, problem: problem)
        }
        self.spooling = spooling
        node = ClusterNode(
            name: place.node, settings: settings, credentials: credentials,
            inbox: cluster.inbox(
                patience: spooling == nil ? .seconds(8) : .milliseconds(max(1000, patience)),
                copies: place.requiredCopies),
            reading: cluster.inbox(), lease: cluster.lease(), clock: clock, logger: logger,
            deciderHealth: deciderHealth,
            spooling: spooling
        ) { [health] access in
            term.begin(access)
            if access == nil { health.busIsLeft() }
        }
        suspensionDetector = SuspensionDetector(of: node.blindIntervals, by: clock)
        node.metrics.set(settingsDigest: place.shared.digest)
    }

    // MARK: - TimeNoteJournal

    public func access(with token: String?) -> WriteAccess { node.credentials.current.writeAccess(with: token) }

    public func note(kind: String, from: Timestamp, to: Timestamp, words: String) async -> Int64? {
        let note = TimeNote(id: clock.now().wall.milliseconds, kind: kind, from: from, to: to, words: words)
        return await write { try $0.add(note) } ? note.id : nil
    }

    public func withdrawNote(_ id: Int64) async -> Bool { await write { try $0.withdraw(id) } }

    /// - Returns: whether it is stored. Two notes of one millisecond have the same id; the second is to be sent again.
    private func write(_ work: @escaping @Sendable (ClusterTimeNotes) throws -> Void) async -> Bool {
        await withCheckedContinuation { continuation in
            timeNoteQueue.async { [timeNotes] in
                continuation.resume(returning: (try? work(timeNotes)) != nil)
            }
        }
    }

    public func beginDraining() { health.stopping() }

    public func replaceCredentials(with credentials: Credentials) { node.credentials.replace(with: credentials) }

    /// Tells the others of new settings.
    public func tell(_ settings: NodeSettings) {
        report.withLock { $0.settings = settings }
        node.metrics.set(settingsDigest: settings.digest)
    }

    /// Runs until shutdown or cancellation. Then appends what was received, and lets another node decide.
    /// - Throws: `StoreError` if the database was away when this began, and is one that must not be used.
    public func run() async throws {
        view.start(counting: { [weak self] in self?.node.metrics.set(.databaseCopies, to: $0) }) { [weak self] in
            self?.report.withLock { $0 }
        }
        start("receiver", appending) { self.receive() }
        start("decider", deciding) { self.decide() }
        start("forwarder", forwarding) { self.forward() }
        health.started()
        await withTaskCancellationOrGracefulShutdownHandler {
            await appending.value
            await deciding.value
            await forwarding.value
        } onCancelOrGracefulShutdown: {
            self.end()
        }
        suspensionDetector.stop()
        term.finish()
        view.stop()
        if let refusal = database.refusal { throw refusal }
    }

    private func end() {
        health.stopping()
        node.refuseFurther()
        isStopping.store(true, ordering: .relaxed)
    }

    private func start(_ name: String, _ end: Promise<Void>, _ work: @escaping @Sendable () -> Void) {
        let thread = Thread {
            work()
            end.fulfil(())
        }
        thread.name = name
        thread.start()
    }

    private var stops: Bool { isStopping.load(ordering: .relaxed) }

    // MARK: - Receiving

    private func receive() {
        tellOfSpool()
        while !stops { append { try self.node.append(waiting: Self.beatMilliseconds) } }
        let latest = clock.now().clock + Self.farewellMilliseconds
        // Whoever waits is answered before the spool is forwarded.
        repeat { append { try self.node.append() } } while node.isHolding && clock.now().clock < latest
        isAnswered.store(true, ordering: .relaxed)
        spooling?.wakeUp()
        let rest = Int(max(0, latest - clock.now().clock))
        guard isForwarded.wait(timeout: .now() + .milliseconds(rest)) == .success else { return leaveRest() }
        var isDone = false
        while !isDone, database.refusal == nil, clock.now().clock < latest {
            append {
                try self.node.endStream(at: self.clock.now().wall)
                isDone = true
            }
        }
        if !isDone || node.spooledCount > 0 { leaveRest() }
    }

    // MARK: - Forwarding

    private func forward() {
        defer { isForwarded.signal() }
        guard let spooling else { return }
        var latest: Int64?
        while !isAnswered.load(ordering: .relaxed) || (spooling.spool.count > 0 && database.refusal == nil) {
            if stops { latest = latest ?? clock.now().clock + Self.farewellMilliseconds }
            if let latest, clock.now().clock > latest { return }
            if !node.forward() { spooling.sleep(milliseconds: Int(Self.beatMilliseconds)) }
            if !stops, let refusal = database.refusal { leave(because: refusal) }
        }
    }

    /// The database was away when this process started, and is one that a start refuses.
    private func leave(because refusal: StoreError) {
        logger.critical(
            "the cluster's database must not be used: this node ends, and its spool stays for the next start",
            metadata: ["reason": "\(refusal)"])
        end()
    }

    // MARK: - Appending

    private func append(_ turn: () throws -> Void) {
        health.writerRan(at: clock.now())
        do {
            try turn()
            if health.database(is: nil) { logger.notice("the cluster's database takes deliveries again") }
        } catch {
            let reason = StoreError(wrapping: error)
            if node.isRefusing, health.database(is: reason.message) {
                logger.error("the cluster's database takes no deliveries", metadata: ["reason": "\(reason)"])
            }
            pause()
        }
        note(inboxProblem: node.inboxProblem)
        report.withLock { $0.spooledCount = Int64(node.spooledCount) }
    }

    private func note(inboxProblem: StoreError?) {
        guard health.spool(takesAllBecauseOf: inboxProblem?.message) else { return }
        if let inboxProblem {
            logger.error(
                "the cluster's database takes no deliveries: the spool does", metadata: ["reason": "\(inboxProblem)"])
        } else {
            logger.notice("the cluster's database takes deliveries again")
        }
    }

    private func tellOfSpool() {
        guard let spool = spooling?.spool else { return }
        node.metrics.set(.spooledDeliveries, to: Int64(spool.count))
        if let damage = spool.damage {
            logger.error(
                "the spool cannot be read to its end; what is before the damage is used",
                metadata: [
                    "spool": "\(spool.path)", "bytes": "\(damage.bytes)",
                    "copy": "\(damage.copy ?? "none: there was no room")",
                ])
        }
        if spool.count > 0 {
            logger.notice("the spool has deliveries of an earlier process", metadata: ["deliveries": "\(spool.count)"])
        }
    }

    private func leaveRest() {
        node.refuseRest()
        guard let spool = spooling?.spool, spool.count > 0 else { return }
        logger.warning(
            "deliveries stay in the spool; the next start of this node appends them",
            metadata: ["deliveries": "\(spool.count)", "spool": "\(spool.path)"])
    }

    private func pause() { Thread.sleep(forTimeInterval: Double(Self.pauseMilliseconds) / 1000) }

    // MARK: - Deciding

    private func decide() {
        node.metrics.set(.deciding, to: 0)
        while !stops {
            deciderHealth.writerRan(at: clock.now())
            node.decide()
            node.metrics.set(.deciding, to: node.epoch == nil ? 0 : 1)
            note(epoch: node.epoch)
            if let epoch = node.epoch { node.metrics.set(.leaseEpoch, to: epoch) } else { pauseByChance() }
        }
        node.handOver()
        node.metrics.set(.deciding, to: 0)
    }

    private func note(epoch: Int64?) {
        report.withLock { report in
            guard report.term?.epoch != epoch else { return }
            report.term = epoch.map { NodeReport.Term(epoch: $0, since: clock.now().wall) }
        }
    }

    /// Nodes that claim at once would wait for one another.
    private func pauseByChance() {
        Thread.sleep(forTimeInterval: Double(Self.claimPauseMilliseconds) / 1000 * Double.random(in: 1...1.5))
    }

    // MARK: - WebhookReceiver

    public func reserve(bytes: Int, of total: Int) -> Bool { node.intake.reserve(bytes: bytes, of: total) }
    public func release(bytes: Int) { node.intake.release(bytes: bytes) }

    public func receive(
        source: Source, headers: WebhookHeaders, body: UnsafeRawBufferPointer, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        node.intake.receive(source: source, headers: headers, body: body, arrivedAt: arrivedAt, completion: completion)
    }

    public func refuse(source: Source, _ refusal: Refusal) { node.intake.refuse(source: source, refusal) }

    // MARK: - MessageReceiver

    public func refuse(message id: String?, from source: Source, _ refusal: Refusal) {
        node.intake.refuse(message: id, from: source, refusal)
    }

    public func receive(
        message document: UnsafeRawBufferPointer, from source: Source, arrivedAt: ContinuousClock.Instant,
        completion: @escaping @Sendable (DeliveryResponse) -> Void
    ) {
        node.intake.receive(message: document, from: source, arrivedAt: arrivedAt, completion: completion)
    }

    public func bus(_ event: BusEvent) { health.note(event, in: term.current?.registry ?? node.metrics) }

    // MARK: - ServiceStatus

    public var isLive: Bool { health.isLive && deciderHealth.isLive }

    public var readiness: [ComponentHealth] { health.components(isQueueFull: node.queue.isFull) }

    /// What this process counts of itself.
    public func metrics(openMetrics: Bool) -> [UInt8] {
        node.metrics.exposition(
            node.queue, node.intake, at: clock.now().wall, openMetrics: openMetrics, include: .process)
    }

    public var cluster: (any ClusterStatus)? { view }
}

/// The term of this node: whoever serves it takes the last value.
private final class TermSignal: Sendable {
    private let latest = Mutex<DeciderAccess?>(nil)
    let values: AsyncStream<DeciderAccess?>
    private let continuation: AsyncStream<DeciderAccess?>.Continuation

    init() {
        (values, continuation) = AsyncStream.makeStream(of: DeciderAccess?.self, bufferingPolicy: .bufferingNewest(1))
    }

    var current: DeciderAccess? { latest.withLock { $0 } }

    func begin(_ access: DeciderAccess?) {
        latest.withLock { $0 = access }
        continuation.yield(access)
    }

    func finish() { continuation.finish() }
}
