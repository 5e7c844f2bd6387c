import CAllocations
import SLOCore
import SLOMetrics
import SLOTestSupport

/// Deciding as the writer does: in batches, each drained and confirmed.
struct LedgerStep {
    private static let batch = 64
    private let observations: [(Observation, Moment)]

    init(observations count: Int) {
        observations = ordinaryMonth(observations: count)
    }

    func measure(rounds: Int) -> Figures {
        let count = Double(observations.count)
        var times: [Double] = []
        var allocations = 0.0
        for _ in 0..<rounds {
            let before = allocations_count()
            times.append(Meter.nanoseconds { decideAll() } / count)
            allocations = Double(allocations_count() - before) / count
        }
        return Figures(name: "decide an observation", times: times, allocations: allocations)
    }

    private func decideAll() {
        guard let first = observations.first else { return }
        var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: first.1)
        for (number, (observation, moment)) in observations.enumerated() {
            timeline.observe(observation, at: moment)
            if number % Self.batch == Self.batch - 1 {
                consume(timeline.drain())
                timeline.confirm()
            }
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
