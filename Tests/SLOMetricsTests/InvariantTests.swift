import SLOCore
import Testing

@testable import SLOMetrics

/// The sums that must hold (docs/counting.md, rule 26).
@Suite struct InvariantTests {
    private let prod = Samples.prod

    private func registry(_ change: (inout LedgerSettings) -> Void = { _ in }) -> MetricsRegistry {
        var settings = LedgerSettings()
        change(&settings)
        let registry = MetricsRegistry(settings: settings, version: "1")
        registry.beginCheckingInvariants()
        return registry
    }

    /// What a success after a failure moves, all of it in order.
    private var orderly: (effects: Effects, gauges: [Gauge: Int64]) {
        var effects = Effects()
        effects.increments = [
            .runsQueued(.build, prod): 3, .runsStarted(.build, prod): 2, .runsFinished(.build, prod, .success): 1,
            .objectiveEvents(.builds, prod, isGood: true): 1, .changesSeen(prod): 2,
            .changesJudged(prod, .onTime, .learned): 1,
            .objectiveEvents(.initialStatus, prod, isGood: true): 1, .commandsJudged(prod, .late, .learned): 1,
        ]
        effects.observations = [
            HistogramObservation(.runDuration(.build, prod, .success), seconds: 60),
            HistogramObservation(.initialStatusDuration(prod), seconds: 4),
            HistogramObservation(.commandAnswerDuration(prod), seconds: 90),
        ]
        return (effects, [.runsUnfinished(.build, prod): 1, .runsSettling(.build, prod): 1, .changesOpen(prod): 1])
    }

    private func broken(by change: (inout Effects, inout [Gauge: Int64]) -> Void) -> [Invariant] {
        let registry = registry()
        var (effects, gauges) = orderly
        change(&effects, &gauges)
        registry.publish(MetricsChange(effects), gauges: gauges)
        return registry.newlyBrokenInvariants().map(\.invariant)
    }

    @Test func consistentMetricsBreakNoInvariant() {
        #expect(broken { _, _ in } == [])
    }

    @Test func aRunInNoStateIsFound() {
        #expect(broken { _, gauges in gauges[.runsSettling(.build, prod)] = nil } == [.runStates])
    }

    @Test func moreEndsThanStartsAreFound() {
        #expect(broken { effects, _ in effects.increments[.runsStarted(.build, prod)] = nil } == [.stepCounts])
    }

    @Test func theRunsOfAllOtherJobsAreAddedUp() {
        let (koji, scans) = (Samples.koji, RunGroup.job(JobKind("scans")))
        func published(_ change: (inout Effects) -> Void = { _ in }) -> [Invariant] {
            let registry = registry()
            var effects = Effects()
            effects.increments = [
                .runsQueued(koji, prod): 2, .runsStarted(koji, prod): 1, .runsFinished(koji, prod, .success): 1,
                .runsQueued(scans, prod): 1,
            ]
            effects.observations = [HistogramObservation(.runDuration(koji, prod, .success), seconds: 60)]
            change(&effects)
            registry.publish(
                MetricsChange(effects), gauges: [.runsUnfinished(scans, prod): 1, .runsSettling(.job, prod): 1])
            return registry.newlyBrokenInvariants().map(\.invariant)
        }
        #expect(published() == [])
        #expect(published { $0.increments[.runsQueued(scans, prod)] = 2 } == [.runStates])
        #expect(published { $0.increments[.runsStarted(koji, prod)] = 0 } == [.stepCounts])
        #expect(published { $0.observations.append($0.observations[0]) } == [.histogramCounts])
    }

    @Test func theObjectiveOfTheJobsNameMayBeOfAnythingElse() {
        let events = Counter.objectiveEvents(.jobs, prod, isGood: true)
        for (indicator, isBroken) in [(Objective.Indicator.jobs, true), (.builds, false)] {
            let registry = registry {
                $0.objectives.append(Objective(.jobs, indicator, target: 0.9, deadline: .hours(1)))
            }
            var effects = Effects()
            effects.increments = [events: 1]
            registry.publish(MetricsChange(effects))
            #expect(registry.newlyBrokenInvariants().isEmpty != isBroken)
        }
    }

    @Test func aTimeOfAllStatusesWithoutAVerdictIsFound() {
        let one = HistogramObservation(.allStatusesDuration(prod), seconds: 60)
        #expect(broken { effects, _ in effects.observations.append(one) } == [])
        #expect(broken { effects, _ in effects.observations += [one, one] } == [.histogramCounts])
    }

    @Test func aChangeInNoStateIsFound() {
        #expect(broken { _, gauges in gauges[.changesOpen(prod)] = 2 } == [.changeVerdicts])
    }

    @Test func withoutTheDefaultObjectiveItsEventsNeedNotBeTheVerdicts() {
        let registry = registry { $0[.initialStatus] = nil }
        var (effects, gauges) = orderly
        effects.increments[.objectiveEvents(.initialStatus, prod, isGood: true)] = nil
        registry.publish(MetricsChange(effects), gauges: gauges)
        #expect(registry.newlyBrokenInvariants().isEmpty)
    }

    @Test func ofSelectedChangesThereMayBeFewerEventsThanVerdictsAndNotMore() {
        let registry = registry { $0[.initialStatus]?.selection.repositories = ["acme/*"] }
        var (effects, gauges) = orderly
        effects.increments[.objectiveEvents(.initialStatus, prod, isGood: true)] = nil
        registry.publish(MetricsChange(effects), gauges: gauges)
        #expect(registry.newlyBrokenInvariants().isEmpty)
        effects = Effects()
        effects.increments[.objectiveEvents(.initialStatus, prod, isGood: true)] = 2
        registry.publish(MetricsChange(effects))
        #expect(registry.newlyBrokenInvariants().map(\.invariant) == [.objectiveEvents])
    }

    @Test func anExtraObservationIsFound() {
        #expect(
            broken { effects, _ in
                effects.observations.append(HistogramObservation(.initialStatusDuration(prod), seconds: 1))
            } == [.histogramCounts])
        #expect(
            broken { effects, _ in
                effects.observations.append(HistogramObservation(.runDuration(.build, prod, .success), seconds: 1))
            } == [.histogramCounts])
        #expect(
            broken { effects, _ in
                effects.observations.append(HistogramObservation(.commandAnswerDuration(prod), seconds: 1))
            } == [.histogramCounts])
    }

    @Test func anObjectiveThatCountsTwiceIsFound() {
        #expect(
            broken { effects, _ in effects.increments[.objectiveEvents(.initialStatus, prod, isGood: true)] = 2 }
                == [.objectiveEvents])
        #expect(
            broken { effects, _ in effects.increments[.objectiveEvents(.builds, prod, isGood: true)] = 2 }
                == [.objectiveEvents])
    }

    @Test func theObjectiveCountsWhatThePolicySays() {
        let registry = registry { $0.policy = .listed }
        let (effects, gauges) = orderly
        registry.publish(MetricsChange(effects), gauges: gauges)
        #expect(registry.newlyBrokenInvariants().map(\.invariant) == [.objectiveEvents])
    }

    @Test func aBrokenInvariantIsReportedOnce() {
        let registry = registry()
        registry.publish(MetricsChange(), gauges: [.runsUnfinished(.build, prod): 1])
        let first = registry.newlyBrokenInvariants()
        #expect(
            first.map(\.description) == [
                "build: queued = unfinished + settling + finished does not hold for prod: 0 = 1"
            ])
        #expect(registry.newlyBrokenInvariants().isEmpty)
        registry.publish(MetricsChange(), gauges: [.runsUnfinished(.build, prod): -1])
        #expect(registry.newlyBrokenInvariants().isEmpty)
        registry.publish(MetricsChange(), gauges: [.runsUnfinished(.build, prod): 1])
        #expect(registry.newlyBrokenInvariants().count == 1)
    }

    @Test func differencesOfAnOlderVersionAreIgnored() {
        let registry = MetricsRegistry(settings: LedgerSettings(), version: "1")
        var effects = Effects()
        effects.increments = [.changesJudged(prod, .onTime, .learned): 7]
        registry.publish(MetricsChange(effects))
        registry.beginCheckingInvariants()
        #expect(registry.newlyBrokenInvariants().isEmpty)
        let (more, gauges) = orderly
        registry.publish(MetricsChange(more), gauges: gauges)
        #expect(registry.newlyBrokenInvariants().isEmpty)
    }
}
