import SLOCore

/// One generated history, received by a cluster whose nodes and connections fail.
struct ClusterTrial {
    private let history: History
    private let disorder: Disorder
    private let nodes: Int
    private let mishaps: Double
    private let random: SeededGenerator

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        disorder = {
            var disorder = Disorder(drawnBy: &random)
            // The run ends processes itself.
            disorder.outages = .init()
            return disorder
        }()
        history = disorder.applied(to: HistoryGenerator(seed: random.next(), shape: .small).history(), by: &random)
        nodes = random.pick([1, 2, 3, 3, 3])
        mishaps = random.pick([0, 0.05, 0.2, 0.6])
        self.random = random
    }

    /// - Throws: `Trial.Failure`.
    func run() throws -> Trial.Tally {
        guard let last = history.entries.last else { return Trial.Tally() }
        do {
            let result = try ClusterRun(of: history, nodes: nodes, mishaps: mishaps)
                .result(until: last.receivedAt + .days(9), random: random)
            let differences = Trial.differences(result.decided, result.expected)
            guard differences.isEmpty else { throw Trial.Failure(description: differences.joined(separator: "\n")) }
            return Trial.Tally(events: result.deliveries, mishaps: result.mishaps)
        } catch {
            throw Trial.Failure(
                description: "\(disorder); \(nodes) nodes, mishaps before \(mishaps) of the deliveries\n\(error)")
        }
    }
}
