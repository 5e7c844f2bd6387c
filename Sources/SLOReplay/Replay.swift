public import SLOCore
public import SLOMetrics
public import SLOSources
public import SLOService
import SLOStore

/// The server's core in virtual time, with a fresh state. It is fed recorded deliveries (`Replay+Recordings`) or the
/// entries of a database's journal (`Replay+Journal`).
public struct Replay: Sendable {
    /// The metrics as the server would expose them.
    public let metrics: MetricsRegistry
    public let settings: LedgerSettings
    public internal(set) var deliveries: Int64 = 0
    /// The entries of the journal of which nothing is left to decide on.
    public internal(set) var erasedEntries: Int64 = 0
    /// The virtual time. It never goes back.
    public internal(set) var now: Timestamp
    /// The judgements within the window, if they are kept.
    public private(set) var history: ReplayHistory?
    var timeline: Timeline
    /// The counts since the last publication.
    var change = MetricsChange()
    var recordings: RecordingIntake
    /// The end of each blind interval, by its start.
    var blindUntil: [Timestamp: Timestamp] = [:]
    private var pending = 0

    /// Metrics are published in batches of this many deliveries, as in the server.
    private static let batchDeliveries = 256

    /// - Parameters:
    ///   - keepIdentities: how long repetitions are recognised.
    ///   - keepsHistory: whether to keep the judgements of the window and the previous one, for a report.
    public init(
        settings: LedgerSettings, sources: SourceSettings, rules: RuleBook, credentials: Credentials,
        version: String, keepIdentities: TimeSpan = .days(30), keepsHistory: Bool = false
    ) {
        self.settings = settings
        recordings = RecordingIntake(
            decoder: DeliveryDecoder(settings: sources, rules: rules), credentials: credentials,
            keepIdentities: keepIdentities)
        now = Timestamp(milliseconds: 0)
        timeline = Timeline(ledger: Ledger(settings: settings), at: Moment(virtual: now))
        metrics = MetricsRegistry(
            settings: settings, jobs: rules.jobKinds, version: version,
            events: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, KnownEvents.of($0)) }))
        metrics.beginCheckingInvariants()
        history = keepsHistory ? ReplayHistory(window: settings.longestWindow) : nil
    }

    /// For a journal, whose entries are decoded already, and the judgements that it yields.
    init(journalUnder settings: LedgerSettings, of service: ServiceSettings) {
        self.init(
            settings: settings, sources: service.sources, rules: service.rules, credentials: Credentials(),
            version: service.version, keepsHistory: true)
    }

    /// The current state.
    public var ledger: Ledger { timeline.ledger }

    /// Advances to a moment, and decides what is due up to and including it.
    public mutating func advance(through moment: Timestamp) {
        now = max(now, moment)
        timeline.fireDeadlines(through: Moment(virtual: now))
        publish()
    }

    /// Advances until no change waits for a verdict or status, and no run for its end.
    public mutating func advanceToEnd() {
        while timeline.ledger.hasOpenWork,
            let time = timeline.fireNextVirtually(by: Timestamp(milliseconds: .max))
        {
            now = max(now, time)
        }
        publish()
    }

    /// The judgements since the last call, in their order.
    mutating func takeJudgements() -> [StoredJudgement] {
        publish()
        return history?.take() ?? []
    }

    mutating func observe(_ observations: [Observation]) {
        for observation in observations { timeline.observe(observation, at: Moment(virtual: now)) }
    }

    /// Call it after each delivery.
    mutating func deliveryDecided() {
        deliveries += 1
        pending += 1
        if pending >= Self.batchDeliveries { publish() }
    }

    mutating func publish() {
        let effects = timeline.drain(isStored: false).effects
        timeline.confirm()
        change.add(effects)
        metrics.publish(change, gauges: effects.gauges)
        metrics.set(.deadlinesArmed, to: Int64(timeline.armedDeadlines))
        metrics.set(.trackedBytes, to: Int64(timeline.trackedBytes()))
        history?.add(effects, now: now)
        change = MetricsChange()
        pending = 0
        publishBrokenInvariants()
    }

    private func publishBrokenInvariants() {
        let broken = metrics.newlyBrokenInvariants()
        guard !broken.isEmpty else { return }
        var change = MetricsChange()
        for sums in broken { change.count(sums.invariant) }
        metrics.publish(change)
    }
}
