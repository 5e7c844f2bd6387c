import ArgumentParser
import SLOCore

/// Measures the product's steps one by one and prints what they take as JSON.
@main
struct Micro: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the steps of a delivery one by one: time and allocations of each.",
        subcommands: [Steps.self, Commits.self, Deadlines.self])
}

/// What is measured with, and how often.
struct MeasurementOptions: ParsableArguments {
    @Option(help: "A folder with pull_request.json, other_pull_request.json, check_run.json, copr.json, request.json.")
    var bodies: String

    @Option(help: "How often everything is measured, in turns where there are several.")
    var rounds = 5
}

/// The time and allocations of the steps of a delivery.
struct Steps: ParsableCommand {
    @OptionGroup var measurement: MeasurementOptions

    @Option(help: "How long one step is repeated in one round, in milliseconds.")
    var milliseconds: Int64 = 100

    @Option(help: "How many observations the ledger decides in a round.")
    var observations = 100_000

    func run() throws {
        let bodies = try Bodies(folder: measurement.bodies)
        var steps = try DeliverySteps(bodies).all
        steps += try CodecSteps(bodies).all
        steps.append(MetricsStep.exposition())
        var figures = Meter(rounds: measurement.rounds, time: .milliseconds(milliseconds)).measure(steps)
        figures.append(LedgerStep(observations: observations).measure(rounds: measurement.rounds))
        try printJSON(figures)
    }
}

/// What the disk takes for a delivery.
struct Commits: ParsableCommand {
    @OptionGroup var measurement: MeasurementOptions

    @Option(help: "How many deliveries are brought to the disk in a round.")
    var deliveries = 20_000

    func run() throws {
        let steps = CommitSteps(try Bodies(folder: measurement.bodies), observations: deliveries)
        try printJSON(try steps.measure(rounds: measurement.rounds))
    }
}

/// What a million armed deadlines take.
struct Deadlines: ParsableCommand {
    @Option(help: "How many deadlines at least.")
    var from = 10_000

    @Option(help: "How many deadlines at most; each size is ten times the one before.")
    var to = 1_000_000

    @Option(help: "How often each size is measured.")
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
