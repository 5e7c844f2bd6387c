import Logging
public import SLOCore
import SLOMetrics
import SLOReplay
import SLOService
import SLOSources
import SLOStore

/// Runs a history through several nodes of a cluster on a `MemoryCluster`, with mishaps, and compares the result with
/// an undisturbed replay of what was received.
public struct ClusterRun {
    public static let secret = "simulation"
    /// How long the others wait for a silent node.
    static let patience = ReceiverLife.patience

    private let history: History
    private let nodes: Int
    private let mishaps: Double
    private let settings: ServiceSettings

    /// The result of a run.
    public struct Result: Sendable, Equatable {
        /// The lines of the exposition that depend on decisions.
        public let decided: [String]
        /// The same lines of the undisturbed replay.
        public let expected: [String]
        public let deliveries: Int
        public let mishaps: Int
        /// How many terms there were.
        public let terms: Int
        /// How many times without a node there were.
        public let blindIntervals: Int
        /// How many deliveries came later than the others could wait for.
        public let late: Int
    }

    /// - Parameter mishaps: the share of deliveries with a mishap before them.
    public init(of history: History, nodes: Int = 3, mishaps: Double) throws {
        self.history = history
        self.nodes = nodes
        self.mishaps = mishaps
        settings = try ServiceSettings(simulating: history.settings, database: "")
    }

    /// - Parameter end: time passes until then after the last delivery.
    /// - Throws: `ServiceRun.Violation` of a guarantee, and what the service throws.
    public func result(until end: Timestamp, random: SeededGenerator) throws -> Result {
        var random = random
        let secrets = try SecretSet([Self.secret])
        let cluster = SimulatedCluster(
            nodes: nodes, settings: settings,
            credentials: Credentials(
                secrets: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, secrets) })),
            clock: ManualClock(at: history.entries.first?.receivedAt ?? end), random: random.fork())
        let writer = PayloadWriter()
        for (index, entry) in history.entries.enumerated() {
            guard let payload = writer.payload(of: entry, index: index) else { continue }
            cluster.advance(to: entry.receivedAt)
            if random.chance(mishaps) { cluster.suffer(.drawn(by: &random)) }
            cluster.send(payload)
            for _ in 0..<random.whole(0...3) { cluster.takeRound() }
            if random.chance(0.5) { cluster.revive(0.5) }
        }
        cluster.calmDown()
        cluster.advance(to: end)
        cluster.calmDown()
        return try compare(cluster)
    }

    private func compare(_ cluster: SimulatedCluster) throws -> Result {
        guard cluster.isCalm else { throw ServiceRun.Violation(description: "something is never decided") }
        let journal = cluster.store.journal
        let sent = try Receipts(of: cluster.acknowledged, decodedBy: settings)
        let late = try sent.check(journal)
        let now = cluster.clock.now
        cluster.clock.advance(to: now.wall + MemoryCluster.leaseTime + .seconds(1))
        guard let auditor = try cluster.store.connection().claim(by: "auditor") else {
            throw ServiceRun.Violation(description: "the lease does not end")
        }
        let restored = try RestoredLedger(
            from: auditor, settings: settings, at: now,
            logger: .simulation)
        guard let frontier = restored.loaded.lastHeartbeat else {
            throw ServiceRun.Violation(description: "nothing was decided")
        }
        try check(restored.loaded.blindIntervals, of: cluster)
        return Result(
            decided: lines(of: restored.metrics, restored.timeline, at: frontier),
            expected: try undisturbed(journal, sent, until: frontier), deliveries: cluster.acknowledged.count,
            mishaps: cluster.mishaps, terms: cluster.epochs.count,
            blindIntervals: restored.loaded.blindIntervals.count, late: late)
    }

    /// Every time in which no process ran is blind, and no other for long.
    private func check(_ intervals: [BlindInterval], of cluster: SimulatedCluster) throws {
        for dark in cluster.darkness where dark.from < dark.to {
            let isKnown = intervals.contains { interval in
                interval.startedAt <= dark.from && interval.endedAt.map { $0 >= dark.to } ?? false
            }
            guard isKnown else {
                throw ServiceRun.Violation(
                    description: "nobody was there from \(dark.from.rfc3339) to \(dark.to.rfc3339), which is not noted")
            }
        }
        for interval in intervals {
            let end = interval.endedAt ?? interval.startedAt
            let isDark = cluster.darkness.contains { interval.startedAt <= $0.from && $0.to <= end }
            let isUnreported = cluster.unreported.contains { $0.from <= end && interval.startedAt <= $0.to }
            guard isDark || isUnreported, cluster.starts.contains(end) else {
                throw ServiceRun.Violation(description: "somebody was there in the blind interval \(interval)")
            }
        }
    }

    private func lines(of metrics: MetricsRegistry, _ timeline: Timeline, at moment: Timestamp) -> [String] {
        var timeline = timeline
        metrics.set(.deadlinesArmed, to: Int64(timeline.armedDeadlines))
        metrics.set(.trackedBytes, to: Int64(timeline.trackedBytes()))
        return ServiceRun.decided(
            in: String(
                decoding: metrics.render(format: .text, now: moment, include: .deterministic), as: UTF8.self))
    }

    /// Replays what was received, in the order in which it was decided.
    private func undisturbed(_ journal: [JournalEntry], _ receipts: Receipts, until end: Timestamp) throws -> [String] {
        var replay = Replay(
            settings: settings.ledger, sources: settings.sources, rules: settings.rules, credentials: Credentials(),
            version: "simulation")
        for entry in journal {
            switch entry.kind {
            case .delivery:
                guard let payload = receipts.payload(of: entry) else { continue }
                replay.feed(
                    ReceivedDelivery(
                        receivedAt: entry.receivedAt, source: payload.source,
                        headers: WebhookHeaders(payload, signature: nil), body: payload.body))
            case .deadline: break
            default: try replay.feed(StoredEntry(entry))
            }
        }
        // The decider decides deadlines of a moment once the moment has passed.
        replay.advance(through: end - .milliseconds(1))
        return ServiceRun.decided(
            in: String(
                decoding: replay.metrics.render(format: .text, now: end, include: .deterministic), as: UTF8.self))
    }
}
