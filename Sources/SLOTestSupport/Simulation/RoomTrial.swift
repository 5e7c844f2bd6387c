import SLOCore

/// Runs the ledger with very low limits on a disordered history: what it removes must depend on its inputs only, and
/// not on failed batches or restarts.
struct RoomTrial {
    private let history: History
    private let disorder: Disorder
    private let weather: Weather
    private let random: SeededGenerator

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        disorder = random.chance(0.1) ? .none : Disorder(drawnBy: &random)
        let shape: HistoryShape = random.chance(0.1) ? .ordinary : .small
        let orderly = HistoryGenerator(seed: random.next(), shape: shape).history()
        let disorderly = disorder.applied(to: orderly, by: &random)
        var settings = disorderly.settings
        settings.trackedLimit = random.pick([4, 16, 64])
        history = History(settings: settings, entries: disorderly.entries)
        weather = Weather.drawn(by: &random)
        self.random = random
    }

    /// - Throws: `Trial.Failure`.
    func run() throws -> Trial.Tally {
        guard let last = history.entries.last else { return Trial.Tally() }
        do {
            let expected = try outcome(under: .fair, at: last.receivedAt)
            let found = try outcome(under: weather, at: last.receivedAt)
            let differences = zip(found.indicators, expected.indicators).flatMap { $0.differences(from: $1) }
            guard differences.isEmpty else { throw Trial.Failure(description: differences.joined(separator: "\n")) }
            // Compares keys only: rows contain input numbers, and deadlines that are dropped at a restart only.
            guard found.rows == expected.rows else {
                let rows = found.rows.symmetricDifference(expected.rows)
                throw Trial.Failure(description: "\(rows.count) rows are not in both: \(rows.prefix(3))")
            }
        } catch {
            throw Trial.Failure(
                description: "room for \(history.settings.trackedLimit); \(disorder); \(weather)\n\(error)")
        }
        return Trial.Tally(events: history.entries.count)
    }

    private func outcome(
        under weather: Weather, at moment: Timestamp
    ) throws -> (indicators: [Indicators], rows: Set<StateKey>) {
        var run = LedgerRun(settings: history.settings, weather: weather, random: random)
        let indicators = try run.indicators(of: history, at: [moment, moment + .days(9)])
        return (indicators, Set(run.stored.keys))
    }
}
