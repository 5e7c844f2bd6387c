public import SLOCore
import SLOMetrics

/// Runs the ledger through a history as the writer does: batches are committed or rolled back, and the state is stored
/// and restored, in memory.
public struct LedgerRun {
    private let weather: Weather
    private var random: SeededGenerator
    private var timeline: Timeline
    private let registry: MetricsRegistry
    private var indicators = Indicators()
    private(set) var stored: [StateKey: [UInt8]] = [:]
    private var now = Timestamp(milliseconds: 0)

    /// A violated invariant of the run itself.
    public struct Contradiction: Error, CustomStringConvertible {
        public let description: String
    }

    public init(settings: LedgerSettings, weather: Weather = .fair, random: SeededGenerator = .init(seed: 0)) {
        self.weather = weather
        self.random = random
        timeline = Timeline(ledger: Ledger(settings: settings), at: Moment(virtual: now))
        registry = MetricsRegistry(settings: settings, version: "")
    }

    /// The indicators at each of these moments, after what is received and due at it.
    /// - Parameter moments: ascending.
    /// - Throws: `Contradiction`, `RestoreError`.
    public mutating func indicators(of history: History, at moments: [Timestamp]) throws -> [Indicators] {
        var found: [Indicators] = []
        var rest = history.entries[...]
        for moment in moments {
            while let first = rest.first, first.receivedAt <= moment {
                let size = Int(random.whole(1...weather.largestBatch))
                let batch = rest.prefix(size).prefix { $0.receivedAt <= moment }
                try commit { run in
                    for entry in batch { run.take(entry) }
                }
                rest = rest.dropFirst(batch.count)
            }
            try commit { run in
                run.now = max(run.now, moment)
                run.timeline.fireDeadlines(through: Moment(virtual: run.now))
            }
            try check()
            found.append(indicators)
        }
        return found
    }

    private mutating func take(_ entry: History.Entry) {
        switch entry.input {
        case .observation(let observation):
            now = max(now, entry.receivedAt)
            timeline.observe(observation, at: Moment(virtual: now))
        case .start(let blindSince):
            // Nothing was decided while the process was down; if it was not, more may follow in this millisecond.
            if let blindSince, blindSince < entry.receivedAt {
                timeline.fireDeadlines(through: Moment(virtual: max(now, blindSince)))
                timeline.wasBlind(from: blindSince, to: entry.receivedAt)
            } else {
                let before = entry.receivedAt - .milliseconds(1)
                if blindSince != nil, before > now { timeline.fireDeadlines(through: Moment(virtual: before)) }
            }
            now = max(now, entry.receivedAt)
            timeline.started(at: Moment(virtual: now))
        }
    }

    /// Decides and commits; sometimes at the second attempt, or in a restarted process.
    private mutating func commit(_ decide: (inout LedgerRun) -> Void) throws {
        if random.chance(weather.failures) {
            let before = now
            decide(&self)
            _ = timeline.drain()
            timeline.rollback()
            now = before
        }
        decide(&self)
        let effects = timeline.drain().effects
        timeline.confirm()
        keep(effects)
        if random.chance(weather.restarts) { try restart() }
    }

    private mutating func keep(_ effects: Effects) {
        for (counter, amount) in effects.increments { indicators.count(counter, by: amount) }
        for (gauge, amount) in effects.gauges { indicators.move(gauge, by: amount) }
        for observation in effects.observations {
            indicators.observe(observation.histogram, seconds: observation.seconds)
        }
        for judgement in effects.judgements { indicators.judge(judgement) }
        for change in effects.state { stored[change.key] = change.value }
        registry.publish(MetricsChange(effects), gauges: effects.gauges)
    }

    private mutating func restart() throws {
        let ledger = try Ledger(
            settings: timeline.ledger.settings, restoring: stored.map { ($0.key, $0.value) })
        timeline = Timeline(ledger: ledger, at: Moment(virtual: now))
    }

    /// Checks that the incremental gauges equal those computed from the whole state, and the invariants.
    private func check() throws {
        var recounted = Indicators()
        for (gauge, amount) in timeline.ledger.gauges { recounted.move(gauge, by: amount) }
        guard recounted.gauges == indicators.gauges else {
            throw Contradiction(
                description: "the gauges have drifted at \(now.rfc3339): \(indicators.gauges) and \(recounted.gauges)")
        }
        let broken = registry.newlyBrokenInvariants()
        guard broken.isEmpty else {
            throw Contradiction(description: broken.map(\.description).joined(separator: "; ") + " at \(now.rfc3339)")
        }
    }
}
