import Foundation
import Logging
import SLOCore
import SLOMetrics
import SLOStore

/// The node's part in deciding: claims the lease, restores what the store holds, and lets a writer decide what the
/// inbox holds, until another node has claimed or this one stops (docs/cluster.md).
///
/// Used by one thread. Whatever goes wrong in a term ends it: the next one, of this or another node, continues from
/// what is stored.
final class Decider: @unchecked Sendable {
    // Proof of sendability: mutable state is accessed by the decider's thread only.
    private let node: String
    private let inbox: any Inbox
    private let lease: any DeciderLease
    private let settings: ServiceSettings
    private let health: Health
    private let clock: ServiceClock
    private let logger: Logger
    /// Where this node puts what upstreams reply.
    private let queue: IntakeQueue
    private let connection: ConnectionRecord
    /// Told of each term that begins, and `nil` when it ends.
    private let announce: @Sendable (DeciderAccess?) -> Void
    private var term: Term?
    private var toldOfClaim: String?
    /// Monotonic time before which this node does not claim, so that another can.
    private var claimsFrom: Int64 = .min

    private struct Term {
        let store: any TermStore
        let source: ClusterInbox
        let writer: Writer
        let work: WriterWork
        /// Whether anything was ever decided.
        var isBegun: Bool
        /// When the lease was last renewed, by the monotonic clock.
        var renewedAt: Int64
    }

    /// A quarter of a lease.
    private static let renewalMilliseconds: Int64 = 1000
    /// How long a node believes in its lease without renewing it, and decides without reading.
    private static let patienceMilliseconds: Int64 = 3000
    /// How long it does not claim after a term that failed.
    private static let pauseMilliseconds: Int64 = 5000
    /// How long it does not claim after it did not reach the database.
    private static let retryMilliseconds: Int64 = 500

    init(
        node: String, inbox: any Inbox, lease: any DeciderLease, settings: ServiceSettings, queue: IntakeQueue,
        health: Health, clock: ServiceClock, logger: Logger, connection: ConnectionRecord = ConnectionRecord(),
        announce: @escaping @Sendable (DeciderAccess?) -> Void = { _ in }
    ) {
        self.node = node
        self.inbox = inbox
        self.lease = lease
        self.settings = settings
        self.queue = queue
        self.connection = connection
        self.announce = announce
        self.health = health
        self.clock = clock
        self.logger = logger
    }

    /// The epoch in which this node decides, as far as it knows; `nil` if it does not.
    var epoch: Int64? { term?.store.epoch }

    /// Claims, or decides what has come.
    func takeTurn() {
        do {
            if term == nil { term = try claim() }
            try renew()
            try begin()
            try concludeGap()
            try decide()
        } catch {
            leave("\(error)", pausing: true)
        }
    }

    /// Ends the term, so that another node can claim at once.
    func handOver() {
        leave("this node stops", pausing: false)
    }

    // MARK: - Claiming

    private func claim() throws -> Term? {
        let now = clock.now().clock
        guard now >= claimsFrom, let store = tryToClaim() else { return nil }
        var renewedAt = now
        do {
            let restored = try RestoredLedger(
                from: store, settings: settings, at: Moment(virtual: clock.now().wall), logger: logger
            ) {
                // A large state takes longer than a lease, and than a thread may stand still.
                self.health.writerRan(at: self.clock.now())
                try self.renew(store, since: &renewedAt)
            }
            logger.notice("this node decides", metadata: ["epoch": "\(store.epoch)"])
            return try term(on: store, continuing: restored, renewedAt: renewedAt)
        } catch {
            if !store.isOver { try? store.release() }
            throw error
        }
    }

    /// - Returns: `nil` if another node decides, or the database is not reached.
    private func tryToClaim() -> (any TermStore)? {
        do { return try lease.claim(by: node) } catch {
            claimsFrom = clock.now().clock + Self.retryMilliseconds
            tellOfFailedClaim("\(error)")
            return nil
        }
    }

    private func term(
        on store: any TermStore, continuing restored: RestoredLedger, renewedAt: Int64
    ) throws -> Term {
        let loaded = restored.loaded
        let before = loaded.lastHeartbeat ?? Timestamp(milliseconds: 0)
        let wall = ServiceClock(runsByItself: clock.runsByItself) { [clock] in Moment(virtual: clock.now().wall) }
        let source = ClusterInbox(
            inbox, consumed: loaded.consumed, frontier: before, clock: clock, connection: connection)
        let work = WriterWork(settings, metrics: restored.metrics)
        let writer = Writer(
            settings: settings, store: store, metrics: restored.metrics, timeline: restored.timeline,
            nextSequence: loaded.nextSequence, source: source, health: health,
            blindIntervals: try BlindIntervalTracker(
                longestWait: settings.ledger.initialStatusDeadline, startedAt: wall.now(), continuing: store,
                loaded.blindIntervals),
            work: work, clock: wall, role: .decider(decidedBefore: before), logger: logger, ended: { _ in })
        // Before that of objectives which are to be filled in.
        if loaded.lastHeartbeat != nil { try writer.noteObjectives(at: Moment(virtual: before)) }
        announce(try access(to: work, metrics: restored.metrics, of: store))
        return Term(
            store: store, source: source, writer: writer, work: work, isBegun: loaded.lastHeartbeat != nil,
            renewedAt: renewedAt)
    }

    private func access(
        to work: WriterWork, metrics: MetricsRegistry, of store: any TermStore
    ) throws -> DeciderAccess {
        try DeciderAccess(
            to: work, settings, queue: queue, metrics: metrics,
            pendingBackfills: store.pendingBackfills(settings.ledger), clock: clock, logger: logger
        ) { [clock] in metrics.render(format: .text, now: clock.now().wall) }
    }

    private func renew() throws {
        guard let current = term else { return }
        var renewedAt = current.renewedAt
        defer { term?.renewedAt = renewedAt }
        try renew(current.store, since: &renewedAt)
    }

    /// One renewal that fails is made up for by the next.
    private func renew(_ store: any TermStore, since renewedAt: inout Int64) throws {
        let now = clock.now().clock
        guard now - renewedAt >= Self.renewalMilliseconds else { return }
        do {
            try store.renew()
            renewedAt = now
        } catch {
            guard !store.isOver, now - renewedAt < Self.patienceMilliseconds else { throw error }
        }
    }

    // MARK: - Deciding

    /// In a new database everything begins with the first receiver.
    private func begin() throws {
        guard let term, !term.isBegun else { return }
        try term.source.read()
        guard let beginning = term.source.beginning else { return }
        try term.writer.noteStart(at: Moment(virtual: beginning), blindSince: nil)
        term.source.resume(from: beginning)
        self.term?.isBegun = true
    }

    /// Where nobody received, the observation begins again.
    private func concludeGap() throws {
        guard let term, let gap = term.source.gap, term.writer.hasDecided(before: Moment(virtual: gap.from)) else {
            return
        }
        try term.writer.noteStart(at: Moment(virtual: gap.to), blindSince: gap.from)
        term.source.resume(from: gap.to)
    }

    private func decide() throws {
        guard let term, term.isBegun else { return }
        let end = term.writer.takeTurn()
        if term.store.isOver { return leave("another node has claimed the lease", pausing: false) }
        if case .failed(let reason) = end { return leave(reason, pausing: true) }
        // What is stored tells; the state is read from there again.
        if term.writer.isInDoubt { return leave("a commit is in doubt", pausing: false) }
        guard let failure = term.source.failure else { return }
        let isLasting = clock.now().clock - failure.since >= Self.patienceMilliseconds
        if failure.reason.code == .damaged || isLasting { leave("\(failure.reason)", pausing: true) }
    }

    /// Each reason once: a claim that fails is tried again soon.
    private func tellOfFailedClaim(_ reason: String) {
        guard reason != toldOfClaim else { return }
        toldOfClaim = reason
        logger.error("this node cannot claim to decide", metadata: ["reason": "\(reason)"])
    }

    private func leave(_ reason: String, pausing: Bool) {
        if pausing { claimsFrom = clock.now().clock + Self.pauseMilliseconds }
        guard let ending = term else { return tellOfFailedClaim(reason) }
        toldOfClaim = nil
        term = nil
        ending.work.close()
        announce(nil)
        logger.notice(
            "this node no longer decides", metadata: ["epoch": "\(ending.store.epoch)", "reason": "\(reason)"])
        // If that fails, the lease runs out by itself.
        if !ending.store.isOver { try? ending.store.release() }
    }
}
