public import SLOCore
public import SLOMetrics
public import SLOSources
public import SLOService

/// The very same core as the server's, in virtual time and on a fresh state. Recordings feed it deliveries
/// (`Replay+Recordings`), a database's journal what was decided on (`Replay+Journal`).
public struct Replay: Sendable {
    /// The series as the server would show them.
    public let metrics: MetricsRegistry
    public let settings: LedgerSettings
    public internal(set) var deliveries: Int64 = 0
    /// The virtual time. It never goes back.
    public internal(set) var now: Timestamp
    /// What was judged within the window, if it is kept.
    public private(set) var history: ReplayHistory?
    var timeline: Timeline
    /// What was counted since it was last published.
    var change = MetricsChange()
    var recordings: RecordingIntake
    /// Until when blind times that began at a moment are counted.
    var blindUntil: [Timestamp: Timestamp] = [:]
    private var pending = 0

    /// Results are published in batches of this many deliveries, as the server does.
    private static let batchDeliveries = 256

    /// - Parameters:
    ///   - keepIdentities: how long a delivery is recognised when it comes again.
    ///   - keepsHistory: whether to keep what was judged within the window and the one before, for a report.
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
            settings: settings, version: version,
            events: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, KnownEvents.of($0)) }))
        metrics.beginCheckingInvariants()
        history = keepsHistory ? ReplayHistory(window: settings.window) : nil
    }

    /// The state as it stands in virtual time.
    public var ledger: Ledger { timeline.ledger }

    /// Lets time pass up to a moment, what is due at it included.
    public mutating func advance(through moment: Timestamp) {
        now = max(now, moment)
        timeline.fireDeadlines(through: Moment(virtual: now))
        publish()
    }

    /// Lets time pass until no change waits for its verdict or status, and no run for its end.
    public mutating func advanceToEnd() {
        while timeline.ledger.hasOpenWork,
            let time = timeline.fireNextVirtually(by: Timestamp(milliseconds: .max))
        {
            now = max(now, time)
        }
        publish()
    }

    mutating func observe(_ observations: [Observation]) {
        for observation in observations { timeline.observe(observation, at: Moment(virtual: now)) }
    }

    /// A delivery was fed.
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
