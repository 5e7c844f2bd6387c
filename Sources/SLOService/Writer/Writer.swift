import Foundation
import Logging
import SLOCore
import SLOMetrics
import SLOStore

/// Takes what was queued since the last commit, decides it in order, and stores it in one transaction. Only then
/// publishes the metrics and responds.
///
/// It also fires the deadlines: it waits for deliveries no longer than until the next deadline. It runs on one thread
/// of its own, which may block on the disk and cannot be cancelled.
final class Writer: @unchecked Sendable {
    // Proof of sendability: after `init`, mutable state is accessed by the writer's thread only.
    let settings: ServiceSettings
    let store: any LedgerStore
    let metrics: MetricsRegistry
    var timeline: Timeline
    var nextSequence: Int64
    private let source: any DeliverySource
    let health: Health
    let blindIntervals: BlindIntervalTracker
    let work: WriterWork
    /// Changes of blind intervals that are not stored yet.
    var unstoredBlindIntervals = BlindIntervalTracker.Update()
    let clock: ServiceClock
    private let logger: Logger
    private let acknowledger: Acknowledger
    /// Called once the writer has ended, for whatever reason.
    private let ended: @Sendable (WriterEnd) -> Void
    private(set) var mustReload = false
    private var ambiguousInARow = 0
    private var lastHeartbeat: Int64
    private var serviceMetricsDue = ContinuousClock.now
    /// All deadlines before this are decided. The heartbeat stores it; after a crash the next process takes it as the
    /// end of the observation.
    var decidedBefore: Timestamp
    /// The same as far as it is stored: where a batch that fails leaves it.
    private var storedBefore: Timestamp
    /// Whether the time between two turns shows that the process was suspended.
    private let watchesProcess: Bool
    /// Whether other processes show what this one has stored.
    private let isOfCluster: Bool
    var lastTimeNote: Int64 = 0
    private var storesAllGauges = true
    private var isPruning = true
    /// Whether the source gives again what was taken last.
    private var mustTakeAgain = false
    /// Monotonic time before which a failed commit is not repeated.
    private var retryAt: Int64 = 0
    /// Whether it decides the past, whose time is the deliveries'.
    let isInPast: Bool

    private static let heartbeatMilliseconds: Int64 = 10_000
    private static let pastHeartbeatMilliseconds: Int64 = 600_000
    private static let longestSleepMilliseconds: Int64 = 1000
    private static let retryMilliseconds: Int64 = 1000

    init(
        settings: ServiceSettings, store: any LedgerStore, metrics: MetricsRegistry, timeline: Timeline,
        nextSequence: Int64,
        source: any DeliverySource, health: Health, blindIntervals: BlindIntervalTracker,
        work: WriterWork, clock: ServiceClock, role: Role = .alone, logger: Logger,
        ended: @escaping @Sendable (WriterEnd) -> Void
    ) {
        self.settings = settings
        self.store = store
        self.metrics = metrics
        self.timeline = timeline
        self.nextSequence = nextSequence
        self.source = source
        self.health = health
        self.blindIntervals = blindIntervals
        self.work = work
        self.clock = clock
        self.logger = logger
        acknowledger = Acknowledger(metrics: metrics, clock: clock, logger: logger)
        self.ended = ended
        let now = clock.now()
        lastHeartbeat = now.clock
        switch role {
        case .alone: (decidedBefore, watchesProcess, isOfCluster) = (now.wall, clock.runsByItself, false)
        case .decider(let before): (decidedBefore, watchesProcess, isOfCluster) = (before, false, true)
        case .importer: (decidedBefore, watchesProcess, isOfCluster) = (now.wall, false, false)
        }
        if case .importer = role { isInPast = true } else { isInPast = false }
        storedBefore = decidedBefore
    }

    /// Starts the thread. It ends when the source is closed and empty.
    func start() {
        let thread = Thread { [self] in
            ended(run())
        }
        thread.name = "writer"
        thread.start()
    }

    private func run() -> WriterEnd {
        while true {
            if let end = takeTurn() { return end }
        }
    }

    /// Takes what has come, decides and stores it with the deadlines that are due, then does what else is to be done.
    /// - Returns: why the writer ends, if it must.
    func takeTurn() -> WriterEnd? {
        let taken = source.takeBatch(waiting: untilNextTask())
        health.writerRan(at: clock.now())
        if watchesProcess { blindIntervals.heartbeat(at: taken.now) }
        mustTakeAgain = false
        if let end = process(taken) { return end }
        if taken.isClosed, !taken.hasMore, taken.deliveries.isEmpty { return stop() }
        runMaintenance(at: taken.now, othersWait: taken.hasMore || mustTakeAgain)
        return nil
    }

    /// Whether a commit may be stored or not.
    var isInDoubt: Bool { mustReload }

    /// Whether everything that was taken, and all deadlines before a moment, are decided and stored.
    func hasDecided(before moment: Moment) -> Bool {
        !mustReload && !mustTakeAgain && (timeline.nextDeadline() ?? .max) >= moment.clock
    }

    private func untilNextTask() -> Int64 {
        let now = clock.now().clock
        // A deadline fires after its millisecond has passed, so that what is received within that millisecond goes
        // first.
        let deadline = timeline.nextDeadline().map { max($0 - now + 1, retryAt - now) } ?? .max
        let isAsked = work.backfills.waiting != nil || work.timeNotes.waiting != nil
        let longest = isPruning || isAsked ? 1 : Self.longestSleepMilliseconds
        return max(0, min(deadline, longest))
    }

    /// - Returns: why the writer ends, if it must.
    private func process(_ taken: TakenDeliveries) -> WriterEnd? {
        let areDeadlinesDue = (timeline.nextDeadline() ?? .max) < taken.now.clock && retryAt <= clock.now().clock
        guard !taken.deliveries.isEmpty || areDeadlinesDue else { return nil }
        if mustReload, let failure = reload(at: taken.now) {
            refuse(taken.deliveries, failure)
            return nil
        }
        do {
            try commit(decide(taken.deliveries, now: taken.now, isLast: !taken.hasMore))
            return nil
        } catch {
            let error = StoreError(wrapping: error)
            undo(error)
            if let end = ambiguityFailure() { refuse(taken.deliveries, error); return end }
            guard !error.isDiskFault else {
                refuse(taken.deliveries, error)
                return nil
            }
            for received in taken.deliveries where !mustTakeAgain { processSeparately(received, now: taken.now) }
            return nil
        }
    }

    /// The batch failed for a reason other than the disk. Each delivery gets a batch of its own, so that one faulty
    /// delivery does not block the others.
    private func processSeparately(_ received: TakenDelivery, now: Moment) {
        do {
            try commit(decide([received], now: now, isLast: false))
        } catch {
            let error = StoreError(wrapping: error)
            undo(error)
            guard !error.isDiskFault else { return refuse([received], error) }
            logger.error(
                "delivery cannot be processed; only its arrival is journalled",
                metadata: ["delivery": "\(received.pending.id)", "reason": "\(error)"])
            do {
                try commit(processingFailed(received, now: now))
            } catch {
                let error = StoreError(wrapping: error)
                undo(error)
                refuse([received], error)
            }
        }
    }

    /// Stores a batch, then publishes its metrics, then responds.
    /// - Parameter isLast: writes everything that is otherwise written once a second.
    func commit(_ batch: Batch, isLast: Bool = false) throws {
        var batch = batch
        acknowledger.noteArrival(batch.responses.lazy.map(\.pending))
        let unpersisted = takeServiceMetrics(force: isLast)
        batch.add(unpersisted)
        if isOfCluster { batch.addGauges(of: metrics, all: storesAllGauges) }
        let began = ContinuousClock.now
        do {
            try store.commit(batch.commit)
        } catch {
            metrics.giveBack(unpersisted)
            throw error
        }
        timeline.confirm()
        storesAllGauges = false
        storedBefore = batch.commit.heartbeat ?? storedBefore
        if batch.storesBlindIntervals { unstoredBlindIntervals = BlindIntervalTracker.Update() }
        blindIntervals.stored(batch.responses.lazy.compactMap(\.pending.key.identity))
        publish(batch)
        metrics.observe(.journalCommitDuration, ContinuousClock.now - began)
        metrics.set(.deadlinesArmed, to: Int64(timeline.armedDeadlines))
        metrics.set(.trackedBytes, to: Int64(timeline.trackedBytes()))
        ambiguousInARow = 0
        retryAt = 0
        if health.database(is: nil) { logger.notice("the database is writable again") }
        work.urgentLookups.post(batch.lookupRequests)
        acknowledger.respond(batch.responses)
    }

    private func publish(_ batch: Batch) {
        guard batch.hidesRepositories else {
            metrics.publish(batch.resolvedMetrics, gauges: batch.gauges)
            return
        }
        metrics.publish(batch.resolvedMetrics, gauges: batch.gauges) { [timeline] in
            timeline.ledger.showsDeliveries(of: $0.repository)
        }
    }

    /// The service's own metrics change with every batch. They are written once a second, because each histogram adds
    /// several rows to a commit.
    private func takeServiceMetrics(force: Bool) -> PersistentDeltas {
        let now = ContinuousClock.now
        guard force || now >= serviceMetricsDue else { return metrics.takeUnstoredGauges() }
        serviceMetricsDue = now + .seconds(1)
        return metrics.takeUnpersisted()
    }

    private func refuse(_ deliveries: [TakenDelivery], _ error: StoreError) {
        for received in deliveries {
            defer { received.pending.completion(.refused(.unstored(error.message))) }
            // A cluster's inbox keeps it, and nothing that comes after it may be decided before.
            guard received.pending.place == nil else {
                mustTakeAgain = true
                continue
            }
            if let counter = received.pending.counter(.unstored) { metrics.count(counter) }
            // A lost reply needs no blind interval: the lookup is repeated.
            if received.pending.source != nil { blindIntervals.refused(received.pending.key.identity, at: received.at) }
        }
    }

    /// Discards the batch. After an ambiguous COMMIT it is unknown what is stored, so the state is read again before
    /// the next batch.
    func undo(_ error: StoreError) {
        timeline.rollback()
        decidedBefore = storedBefore
        retryAt = clock.now().clock + Self.retryMilliseconds
        if error.code == .commitAmbiguous {
            ambiguousInARow += 1
            mustReload = true
        }
        if error.isDiskFault, health.database(is: error.message) {
            logger.error("the database is not writable", metadata: ["reason": "\(error)"])
        }
    }

    private func ambiguityFailure() -> WriterEnd? {
        guard ambiguousInARow >= 2 else { return nil }
        return .failed("two commits in a row were not confirmed: restart the server, which reads what is stored")
    }

    func reload(at now: Moment) -> StoreError? {
        do {
            let loaded = try store.load()
            let ledger = try Ledger(
                settings: settings.ledger, restoring: loaded.state.lazy.map { ($0.key, $0.value) })
            timeline = Timeline(ledger: ledger, at: now)
            nextSequence = loaded.nextSequence
            unstoredBlindIntervals.intervals.removeAll { loaded.blindIntervals.contains(BlindInterval($0.interval)) }
            _ = metrics.reload(
                PersistentDeltas(stored: loaded), hours: loaded.objectiveHours.map(HourTally.init(stored:)))
            metrics.setGauges(ledger.gauges)
            metrics.beginCheckingInvariants()
            if let waiting = work.reconciliations.waiting,
                loaded.reconciliationMemory[waiting.source] == waiting.memory
            {
                didCommit(waiting)
            }
            mustReload = false
            return nil
        } catch {
            return StoreError(wrapping: error)
        }
    }

    // MARK: - Between batches

    private func countBrokenInvariants(in batch: inout Batch) {
        for broken in metrics.newlyBrokenInvariants() {
            batch.metrics.count(broken.invariant)
            logger.error(
                "metrics invariant violated: this is a defect, please report it",
                metadata: [
                    "invariant": "\(broken.invariant.rawValue)", "sums": "\(broken)",
                ])
        }
    }

    /// Beats every ten seconds, under any load. After each heartbeat, prunes in small steps between batches until
    /// nothing is left to prune.
    private func runMaintenance(at now: Moment, othersWait: Bool) {
        let present = clock.now().clock
        let interval = isInPast ? Self.pastHeartbeatMilliseconds : Self.heartbeatMilliseconds
        if present - lastHeartbeat >= interval {
            lastHeartbeat = present
            beat(at: now, othersWait: othersWait)
            isPruning = true
        }
        if let found = work.reconciliations.waiting, retryAt <= present {
            commit(reconciliation: found, at: now, othersWait: othersWait)
        }
        if let step = work.backfills.waiting, !othersWait, !mustReload, health.isDatabaseHealthy {
            work.backfills.settle(take(step))
        }
        if let edit = work.timeNotes.waiting { work.timeNotes.settle(take(edit, at: now, othersWait: othersWait)) }
        if isPruning, !othersWait, health.isDatabaseHealthy { prune(at: now) }
    }

    /// Stores the heartbeat, which after a crash dates the end of the observation, and the service's own metrics.
    private func beat(at now: Moment, othersWait: Bool) {
        tellState(at: now)
        do {
            if !health.isDatabaseHealthy { try store.probe() }
            if mustReload, let failure = reload(at: now) { throw failure }
            var batch = Batch()
            noteBlindIntervals(at: now, in: &batch)
            countBrokenInvariants(in: &batch)
            if !othersWait { advance(to: now) }
            finish(&batch)
            storesAllGauges = true
            try commitWithConditions(batch)
            metrics.set(.databaseBytes, to: try store.databaseBytes)
            try tellTimeNotes(at: now)
        } catch {
            undo(StoreError(wrapping: error))
        }
    }

    /// Stores what the conditions have become, too.
    private func commitWithConditions(_ batch: Batch, isLast: Bool = false) throws {
        var batch = batch
        batch.commit.conditions = work.conditions.unstored
        try commit(batch, isLast: isLast)
        work.conditions.stored(batch.commit.conditions)
    }

    private func prune(at now: Moment) {
        do {
            isPruning = try store.prune(now: now.wall, limits: settings.pruning)
        } catch {
            isPruning = false
            undo(StoreError(wrapping: error))
        }
    }

    private func stop() -> WriterEnd {
        let now = clock.now()
        do {
            var batch = Batch()
            noteBlindIntervals(at: now, in: &batch)
            advance(to: now)
            batch.journal(.stop, at: now.wall, sequence: &nextSequence)
            finish(&batch)
            batch.commit.cleanStop = CleanStop(at: now.wall, socket: settings.socket)
            try commitWithConditions(batch, isLast: true)
            return .stopped
        } catch {
            return .failed("the last commit failed: \(error)")
        }
    }
}
