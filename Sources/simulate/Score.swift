import Foundation
import SLOTestSupport

/// Which trials to run.
struct Plan: Sendable {
    let first: UInt64
    let kinds: [Trial.Kind]
    var last: UInt64?
    var ends: ContinuousClock.Instant?

    init(first: UInt64, kinds: [Trial.Kind]) {
        self.first = first
        self.kinds = kinds
    }

    /// The trial with that number, if it is part of the plan.
    func trial(_ number: UInt64) -> Trial? {
        let seed = first &+ number / UInt64(kinds.count)
        if let last, seed > last { return nil }
        if let ends, ContinuousClock.now >= ends { return nil }
        return Trial(kinds[Int(number % UInt64(kinds.count))], seed: seed)
    }
}

/// The results of trials.
struct Score: Sendable {
    struct Failed: Sendable {
        let trial: Trial
        let reason: String
    }

    private(set) var histories = 0
    private(set) var tally = Trial.Tally()
    private(set) var failures: [Failed] = []
    /// Enough failures to find a defect: further ones rarely add anything.
    private static let failuresLimit = 20

    /// - Parameter jobs: how many trials run in parallel.
    static func of(_ plan: Plan, jobs: Int) async -> Score {
        let trials = Trials(plan)
        await withDiscardingTaskGroup { group in
            for _ in 0..<jobs {
                group.addTask {
                    while let trial = await trials.next() {
                        do {
                            await trials.note(trial, .success(try await trial.run()))
                        } catch {
                            await trials.note(trial, .failure(error))
                        }
                    }
                }
            }
        }
        if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\n".utf8)) }
        return await trials.score
    }

    /// Hands out the trials of a plan, and collects their results.
    private actor Trials {
        private let plan: Plan
        private var number: UInt64 = 0
        private(set) var score = Score()

        init(_ plan: Plan) {
            self.plan = plan
        }

        func next() -> Trial? {
            guard score.failures.count < failuresLimit, let trial = plan.trial(number) else { return nil }
            number += 1
            return trial
        }

        func note(_ trial: Trial, _ result: Result<Trial.Tally, any Error>) {
            score.note(trial, result)
            if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\r\(score.summary)  ".utf8)) }
        }
    }

    private mutating func note(_ trial: Trial, _ result: Result<Trial.Tally, any Error>) {
        histories += 1
        switch result {
        case .success(let own):
            tally.events += own.events
            tally.mishaps += own.mishaps
        case .failure(let error): failures.append(Failed(trial: trial, reason: "\(error)"))
        }
    }

    var summary: String {
        "\(histories) histories, \(tally.events) events, \(tally.mishaps) mishaps, \(failures.count) failed"
    }
}
