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
    private var term: Term?

    private struct Term {
        let store: any TermStore
        let source: ClusterInbox
        let writer: Writer
        /// Whether anything was ever decided.
        var isBegun: Bool
        /// Monotonic time.
        var renewedAt: Int64
    }

    /// A quarter of a lease.
    private static let renewalMilliseconds: Int64 = 1000

    init(
        node: String, inbox: any Inbox, lease: any DeciderLease, settings: ServiceSettings, health: Health,
        clock: ServiceClock, logger: Logger
    ) {
        self.node = node
        self.inbox = inbox
        self.lease = lease
        self.settings = settings
        self.health = health
        self.clock = clock
        self.logger = logger
    }

    /// The epoch in which this node decides, as far as it knows; `nil` if it does not.
    var epoch: Int64? { term?.store.epoch }

    /// Claims, or decides what has come.
    func takeTurn() {
        do {
            guard let current = try term ?? claim() else { return }
            term = current
            try renew()
            try begin()
            try concludeGap()
            if let term, let end = term.writer.takeTurn() { throw StoreError(ending: end) }
            if term?.store.isOver == true { leave("another node has claimed the lease") }
        } catch {
            leave("\(error)")
        }
    }

    /// Ends the term, so that another node can claim at once.
    func handOver() {
        guard term != nil else { return }
        leave("this node stops")
    }

    private func claim() throws -> Term? {
        guard let store = try lease.claim(by: node) else { return nil }
        do {
            let restored = try RestoredLedger(from: store, settings: settings, at: clock.now(), logger: logger)
            logger.notice("this node decides", metadata: ["epoch": "\(store.epoch)"])
            return try term(on: store, continuing: restored)
        } catch {
            try? store.release()
            throw error
        }
    }

    private func term(on store: any TermStore, continuing restored: RestoredLedger) throws -> Term {
        let (loaded, now) = (restored.loaded, clock.now())
        let source = ClusterInbox(
            inbox, consumed: loaded.consumed, frontier: loaded.lastHeartbeat, clock: clock)
        let writer = Writer(
            settings: settings, store: store, metrics: restored.metrics, timeline: restored.timeline,
            nextSequence: loaded.nextSequence, source: source, health: health,
            blindIntervals: try BlindIntervalTracker(
                longestWait: settings.ledger.initialStatusDeadline, startedAt: now, continuing: store,
                loaded.blindIntervals),
            reconciliations: WriterSlot(refusal: false), backfills: WriterSlot(refusal: .stopping),
            urgentLookups: UrgentLookupQueue(for: settings.upstreams, metrics: restored.metrics), clock: clock,
            decidedBefore: loaded.lastHeartbeat, logger: logger, ended: { _ in })
        return Term(
            store: store, source: source, writer: writer, isBegun: loaded.lastHeartbeat != nil, renewedAt: now.clock)
    }

    private func renew() throws {
        let now = clock.now().clock
        guard let term, now - term.renewedAt >= Self.renewalMilliseconds else { return }
        try term.store.renew()
        self.term?.renewedAt = now
    }

    /// In a new database everything begins with the first receiver.
    private func begin() throws {
        guard let term, !term.isBegun else { return }
        try term.source.read()
        guard let beginning = term.source.beginning else { return }
        try term.writer.noteStart(at: term.source.moment(of: beginning), blindSince: nil)
        term.source.goOn(from: beginning)
        self.term?.isBegun = true
    }

    /// Where nobody received, the observation begins again.
    private func concludeGap() throws {
        guard let term, let gap = term.source.gap else { return }
        try term.writer.noteStart(at: term.source.moment(of: gap.to), blindSince: gap.from)
        term.source.goOn(from: gap.to)
    }

    private func leave(_ reason: String) {
        guard let ending = term else {
            logger.debug("the lease cannot be claimed", metadata: ["reason": "\(reason)"])
            return
        }
        term = nil
        logger.notice(
            "this node no longer decides", metadata: ["epoch": "\(ending.store.epoch)", "reason": "\(reason)"])
        // If that fails, the lease runs out by itself.
        if !ending.store.isOver { try? ending.store.release() }
    }
}

extension StoreError {
    fileprivate init(ending end: WriterEnd) {
        switch end {
        case .stopped: self.init(code: .unexpected, message: "the writer has stopped")
        case .failed(let reason): self.init(code: .unexpected, message: reason)
        }
    }
}
