public import ArgumentParser
import Foundation
import SLOCore
public import SLOTestSupport

/// Runs trials on generated histories, one per seed.
struct Try: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tests the product with generated histories: disordered deliveries, failing disks, killed processes.",
        discussion: """
            'ledger' trials compare the ledger with a reference model that asks the rules directly; 'service' trials \
            compare the whole service, on a disk that fails and in processes that end, with an undisturbed replay. \
            'month' trials compare the ledger with the model on a month of traffic; they take about a minute each, and \
            run only where that kind is asked for. \
            Everything follows from the seed: a failing one is repeated with --seed.

            EXAMPLE
              swift run -c release simulate --minutes 1
              swift run -c release simulate --kind ledger --seed 4711 --shrink
            """
    )

    @Option(help: "Only this seed.")
    var seed: UInt64?

    @Option(help: "The first seed; without it seeds are random.")
    var from: UInt64?

    @Option(help: "The number of seeds.")
    var trials: Int?

    @Option(help: "Continue for this many minutes.")
    var minutes: Double?

    @Option(help: "Only this kind of trial.")
    var kind: Trial.Kind?

    @Option(help: "How many trials run in parallel.")
    var jobs = 2

    @Flag(help: "Reduce a failing trial to the fewest entries (ledger trials).")
    var shrink = false

    mutating func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
        guard seed == nil || (trials == nil && minutes == nil && from == nil) else {
            throw ValidationError("--seed is a single trial and cannot be combined with --from, --trials or --minutes")
        }
    }

    func run() async throws {
        let first = seed ?? from ?? UInt64.random(in: 0...UInt64(UInt32.max))
        let kinds = kind.map { [$0] } ?? Trial.Kind.allCases.filter { $0 != .month }
        var plan = Plan(first: first, kinds: kinds)
        plan.last = seed.map { $0 } ?? trials.map { first &+ UInt64($0) &- 1 }
        plan.ends = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
        if plan.last == nil, plan.ends == nil { plan.ends = .now + .seconds(60) }
        let score = await Score.of(plan, jobs: jobs)
        for failure in score.failures { tell(failure) }
        print(score.summary)
        if !score.failures.isEmpty { throw ExitCode.failure }
    }

    private func tell(_ failure: Score.Failed) {
        let trial = failure.trial
        print("\nFAILED  swift run -c release simulate --kind \(trial.kind.rawValue) --seed \(trial.seed)")
        print(failure.reason)
        guard shrink, trial.kind == .ledger else { return }
        let ledgerTrial = LedgerTrial(seed: trial.seed)
        let (history, weather) = ledgerTrial.shrunk()
        print("\(history.settings)")
        for entry in history.entries { print("  \(entry)") }
        print(weather, ledgerTrial.difference(in: history, under: weather) ?? "", separator: "\n")
    }
}

extension Trial.Kind: ExpressibleByArgument {}
