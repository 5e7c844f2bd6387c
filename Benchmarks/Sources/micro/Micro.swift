import ArgumentParser
import SLOCore

/// Measures single steps of the product and prints the results as JSON.
@main
struct Micro: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures time and allocations of each step of a delivery.",
        subcommands: [Steps.self, Commits.self, Deadlines.self])
}

/// The input of the measurements, and their number.
struct MeasurementOptions: ParsableArguments {
    @Option(help: "A folder with pull_request.json, other_pull_request.json, check_run.json, copr.json, request.json.")
    var bodies: String

    @Option(help: "The number of rounds; steps are measured in turns.")
    var rounds = 5
}

/// The default configuration's, one for each indicator, and many.
let objectiveCounts = [3, 12, 100]

/// The time and allocations of each step of a delivery.
struct Steps: ParsableCommand {
    @OptionGroup var measurement: MeasurementOptions

    @Option(help: "The time for which one step is repeated in a round, in milliseconds.")
    var milliseconds: Int64 = 100

    @Option(help: "The number of observations that the ledger decides in a round.")
    var observations = 100_000

    func run() throws {
        let bodies = try Bodies(folder: measurement.bodies)
        var steps = try DeliverySteps(bodies).all
        steps += try CodecSteps(bodies).all
        steps.append(MetricsStep.exposition())
        var figures = Meter(rounds: measurement.rounds, time: .milliseconds(milliseconds)).measure(steps)
        let month = ordinaryMonth(observations: observations)
        figures += LedgerStep.measure(month, objectives: objectiveCounts, rounds: measurement.rounds)
        try printJSON(figures)
    }
}

/// The cost of storing a delivery.
struct Commits: ParsableCommand {
    @OptionGroup var measurement: MeasurementOptions

    @Option(help: "The number of deliveries stored in a round.")
    var deliveries = 20_000

    func run() throws {
        let steps = CommitSteps(try Bodies(folder: measurement.bodies), observations: deliveries)
        try printJSON(try steps.measure(rounds: measurement.rounds))
    }
}

/// The cost of a million armed deadlines.
struct Deadlines: ParsableCommand {
    @Option(help: "The smallest number of deadlines.")
    var from = 10_000

    @Option(help: "The largest number of deadlines; each size is ten times the one before.")
    var to = 1_000_000

    @Option(help: "The number of rounds for each size.")
    var rounds = 5

    func run() throws {
        var figures: [DeadlineFigures] = []
        var size = from
        while size <= to {
            figures.append(DeadlineFigures.measure(size, rounds: rounds))
            size *= 10
        }
        try printJSON(figures)
    }
}
