internal import SLOCore

/// Compares the ledger with the reference model on a month of ordinary traffic, under objectives of every indicator.
public struct MonthTrial: Sendable {
    public let trial: LedgerTrial

    /// As many as take about a minute.
    public static let deliveries = 30_000
    private static let questions: Int64 = 8

    /// - Parameter deliveries: their approximate number.
    public init(seed: UInt64, deliveries: Int = Self.deliveries) {
        var random = SeededGenerator(seed: seed, for: "month")
        let disorder = Self.disorder
        let told = HistoryGenerator(seed: random.next(), shape: .month(deliveries: deliveries)).history()
        var history = disorder.applied(to: told, by: &random)
        history.settings = Self.settings
        let first = history.entries.first?.receivedAt ?? Timestamp(milliseconds: 0)
        let last = history.entries.last?.receivedAt ?? first
        let step = (last - first).milliseconds / Self.questions
        let moments = (1...Self.questions).map { first + .milliseconds($0 * step) } + [last + LedgerTrial.afterwards]
        let weather = Weather(largestBatch: 16, failures: 0.01, restarts: 0.002)
        trial = LedgerTrial(history, disorder: disorder, weather: weather, moments: moments, random: random)
    }

    /// What happens to a server within a month.
    private static let disorder: Disorder = {
        var disorder = Disorder(
            shuffle: .seconds(2), doubled: .init(share: 0.005, within: .minutes(10)),
            delayed: .init(share: 0.005, within: .hours(2)), lost: 0.001,
            outages: .init(count: 4, within: .minutes(40), losing: 0.5))
        disorder.bursts = .init(count: 3, within: .minutes(30))
        return disorder
    }()

    /// Twelve objectives, at least one of each indicator. Neither the ledger nor the model forgets anything.
    private static let settings: LedgerSettings = {
        var settings = LedgerSettings()
        settings.horizon = .days(40)
        let further: [(String, Objective.Indicator, TimeSpan)] = [
            ("all_statuses", .allStatuses, .seconds(30)), ("jobs", .jobs, .hours(12)),
            ("build_start", .buildStart, .minutes(5)), ("test_run_start", .testRunStart, .minutes(10)),
            ("build_report", .buildReport, .seconds(30)), ("test_run_report", .testRunReport, .seconds(30)),
            ("command_answer", .commandAnswer, .minutes(1)), ("app_deliveries", .appDeliveries, .zero),
            ("quick_builds", .builds, .minutes(30)),
        ]
        for (text, indicator, deadline) in further {
            guard let name = Objective.Name(rawValue: text) else { continue }
            settings.objectives.append(Objective(name, indicator, target: 0.95, deadline: deadline))
        }
        settings.objectives[settings.objectives.count - 1].selection.chroots = ["fedora-*"]
        return settings
    }()

    /// Fails also if an objective has no good or no bad event: that would say nothing of it.
    /// - Throws: `Trial.Failure`.
    public func run() throws -> Trial.Tally {
        let expected = ReferenceModel(trial.history).indicators(at: trial.moments)
        let silent = expected.last.map(silentObjectives) ?? []
        guard silent.isEmpty else {
            throw Trial.Failure(description: "nothing was judged: \(silent.joined(separator: ", "))")
        }
        if let difference = trial.difference(in: trial.history, under: trial.weather, from: expected) {
            throw Trial.Failure(description: "\(trial.disorder); \(trial.weather)\n\(difference)")
        }
        return Trial.Tally(events: trial.history.entries.count)
    }

    private func silentObjectives(in indicators: Indicators) -> [String] {
        let settings = trial.history.settings
        return settings.objectives.flatMap { objective in
            [true, false].filter { isGood in
                settings.deployments.allSatisfy {
                    indicators.counters[.objectiveEvents(objective.name, $0, isGood: isGood)] == nil
                }
            }.map { "\($0 ? "good" : "bad") events of \(objective.name.rawValue)" }
        }
    }
}
