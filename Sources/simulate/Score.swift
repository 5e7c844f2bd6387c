import Foundation
import SLOTestSupport

/// Which trials are to be made.
struct Plan: Sendable {
    let first: UInt64
    let kinds: [Trial.Kind]
    var last: UInt64?
    var ends: ContinuousClock.Instant?

    init(first: UInt64, kinds: [Trial.Kind]) {
        self.first = first
        self.kinds = kinds
    }

    /// The trial of that number, if it is still to be made.
    func trial(_ number: UInt64) -> Trial? {
        let seed = first &+ number / UInt64(kinds.count)
        if let last, seed > last { return nil }
        if let ends, ContinuousClock.now >= ends { return nil }
        return Trial(kinds[Int(number % UInt64(kinds.count))], seed: seed)
    }
}

/// How trials went.
struct Score: Sendable {
    struct Failed: Sendable {
        let trial: Trial
        let reason: String
    }

    private(set) var histories = 0
    private(set) var tally = Trial.Tally()
    private(set) var failures: [Failed] = []
    /// The first seed that was to be tried and was not, if any.
    private(set) var leftAt: UInt64?
    /// A program with a defect fails often: a few tell enough.
    private static let failuresLimit = 20

    static func of(_ plan: Plan, jobs: Int) async -> Score {
        var score = Score()
        var number: UInt64 = 0
        let isTerminal = isatty(STDERR_FILENO) == 1
        await withTaskGroup(of: (Trial, Result<Trial.Tally, any Error>).self) { group in
            func begin() {
                guard score.failures.count < failuresLimit, let trial = plan.trial(number) else { return }
                number += 1
                group.addTask {
                    do { return (trial, .success(try await trial.run())) } catch { return (trial, .failure(error)) }
                }
            }
            for _ in 0..<jobs { begin() }
            for await (trial, result) in group {
                score.note(trial, result)
                if isTerminal { FileHandle.standardError.write(Data("\r\(score.summary)  ".utf8)) }
                begin()
            }
        }
        if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
        if score.failures.count < failuresLimit { score.leftAt = plan.trial(number)?.seed }
        return score
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
