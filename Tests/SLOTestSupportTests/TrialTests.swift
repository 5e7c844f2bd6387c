import LongComputations
import SLOCore
import Testing

@testable import SLOTestSupport

/// A few of the worlds that `simulate` makes up, the same each time. It runs more of them.
@Suite(.serialized, .computes) struct TrialTests {
    /// The last five have a push to a former head on which two tests may claim a request, a build that two checks claim
    /// one after the other, both with another outcome, a check that shows nothing but a refusal for a build that Copr
    /// has started, more seconds of one event's answers than a ledger keeps by default, and a request that a check
    /// claims once it has ended and that is then proven to be another check's.
    @Test(arguments: Array(1...12) + [4_026_969, 4_047_991, 80_003_235, 90_014_859, 100_017_766] as [UInt64])
    func theLedgerSaysWhatTheModelSays(seed: UInt64) async throws {
        let tally = try await Trial(.ledger, seed: seed).run()
        #expect(tally.mishaps == 0)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func whatALedgerForgetsDependsOnNothingButWhatItWasTold(seed: UInt64) async throws {
        #expect(try await Trial(.room, seed: seed).run().events > 0)
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func theServiceSaysWhatAnUndisturbedReplaySays(seed: UInt64) async throws {
        #expect(try await Trial(.service, seed: seed).run().events > 0)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func aClusterSaysWhatAnUndisturbedReplaySays(seed: UInt64) async throws {
        #expect(try await Trial(.cluster, seed: seed).run().events > 0)
    }

    /// Everything follows from the seed, so that a failing one can be looked at.
    @Test func aClusterDoesTheSameEachTime() throws {
        let history = HistoryGenerator(seed: 7, shape: .small).history()
        let end = try #require(history.entries.last).receivedAt + .days(9)
        let results = try (0..<2).map { _ in
            try ClusterRun(of: history, mishaps: 0.5).result(until: end, random: SeededGenerator(seed: 7))
        }
        #expect(results[0] == results[1])
        #expect(results[0].terms > 1)
        #expect(results[0].mishaps > 10)
    }

    /// Nodes that are never late, and a lease that is never lost, would agree, too.
    @Test func aClusterIsDisturbedInAllWays() throws {
        var (terms, late, blindIntervals) = (0, 0, 0)
        for seed in 1...8 as ClosedRange<UInt64> {
            let history = HistoryGenerator(seed: seed, shape: .small).history()
            guard let last = history.entries.last else { continue }
            let result = try ClusterRun(of: history, mishaps: 0.6)
                .result(until: last.receivedAt + .days(9), random: SeededGenerator(seed: seed))
            terms += result.terms
            late += result.late
            blindIntervals += result.blindIntervals
        }
        #expect(terms > 100)
        #expect(late > 0)
        #expect(blindIntervals > 10)
    }

    /// A model and a ledger that say nothing would agree, too.
    @Test func trialsHaveContent() throws {
        var counters: Set<String> = []
        for seed in 1...12 as ClosedRange<UInt64> {
            let trial = LedgerTrial(seed: seed)
            let last = try #require(trial.moments.last)
            let found = ReferenceModel(trial.history).indicators(at: [last])
            for counter in found.flatMap({ $0.counters.keys }) {
                counters.insert(String("\(counter)".prefix { $0 != "(" }))
            }
        }
        #expect(
            counters.isSuperset(of: [
                "runsQueued", "runsStarted", "runsFinished", "changesSeen", "changesJudged", "deadlinesMissed",
                "objectiveEvents", "lateEvidence", "outcomesRevised", "joins", "futureTimes",
            ]))
    }

    /// What leaves one entry out is noticed, so that agreement means something.
    @Test func aDifferenceIsFoundAndShrunk() throws {
        let trial = LedgerTrial(seed: 3)
        let last = try #require(trial.moments.last)
        let whole = ReferenceModel(trial.history).indicators(at: [last])
        let least = trial.history.shrunk { ReferenceModel($0).indicators(at: [last]).first?.counters.isEmpty == false }
        #expect(least.entries.count == 1)
        #expect(whole.first?.differences(from: Indicators()).isEmpty == false)
    }
}
