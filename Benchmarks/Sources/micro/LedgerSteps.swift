import CAllocations
import SLOCore
import SLOMetrics
import SLOTestSupport

/// Deciding as the writer does: in batches, each drained and confirmed.
struct LedgerStep {
    private static let batch = 64
    private let observations: [(Observation, Moment)]
    private let settings: LedgerSettings

    init(_ observations: [(Observation, Moment)], objectives: Int) {
        self.observations = observations
        settings = LedgerSettings(objectives: objectives)
    }

    /// Measures each number of objectives in turns, so that disturbances of the machine affect all of them.
    static func measure(_ observations: [(Observation, Moment)], objectives counts: [Int], rounds: Int) -> [Figures] {
        let steps = counts.map { LedgerStep(observations, objectives: $0) }
        let count = Double(observations.count)
        var times = steps.map { _ in [Double]() }
        var allocations = steps.map { _ in 0.0 }
        for _ in 0..<rounds {
            for (place, step) in steps.enumerated() {
                let before = allocations_count()
                times[place].append(Meter.nanoseconds { step.decideAll() } / count)
                allocations[place] = Double(allocations_count() - before) / count
            }
        }
        return steps.indices.map {
            Figures(
                name: "decide an observation, \(steps[$0].settings.objectives.count) objectives", times: times[$0],
                allocations: allocations[$0])
        }
    }

    private func decideAll() {
        guard let first = observations.first else { return }
        var timeline = Timeline(ledger: Ledger(settings: settings), at: first.1)
        for (number, (observation, moment)) in observations.enumerated() {
            timeline.observe(observation, at: moment)
            if number % Self.batch == Self.batch - 1 {
                consume(timeline.drain())
                timeline.confirm()
            }
        }
    }
}

extension LedgerSettings {
    /// With so many objectives: those of the default configuration, and more with other deadlines, of all indicators
    /// that deliveries have events of.
    init(objectives count: Int) {
        self.init()
        let indicators = Objective.Indicator.allCases.filter { $0 != .appDeliveries }
        for number in objectives.count..<max(objectives.count, count) {
            guard let name = Objective.Name(rawValue: "measured_\(number)") else { continue }
            let indicator = indicators[number % indicators.count]
            objectives.append(Objective(name, indicator, target: 0.9, deadline: .minutes(Int64(number))))
        }
    }
}

/// About this many observations of a generated, ordinary month, with their times of receipt; the same in every run.
func ordinaryMonth(observations count: Int) -> [(Observation, Moment)] {
    HistoryGenerator(seed: 1, shape: .steady(deliveries: count, days: 28)).stream().compactMap {
        guard case .observation(let observation) = $0.input else { return nil }
        return (observation, Moment(virtual: $0.receivedAt))
    }
}

enum MetricsStep {
    static func exposition() -> Step {
        let registry = MetricsRegistry(settings: LedgerSettings(), version: "measured")
        let now = Timestamp(seconds: 1_795_000_000)
        return Step(name: "write the exposition", outputBytes: registry.render(format: .text, now: now).count) {
            consume(registry.render(format: .text, now: now))
        }
    }
}
