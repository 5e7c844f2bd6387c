import SLOCore
import Testing

/// docs/counting.md, rules 9 to 19.
@Suite struct RunRuleTests {
    // MARK: Rule 9

    @Test func rule09OtherChecksAreNoRuns() {
        var world = World()
        world.check(
            .build.with { $0.name = CheckName(text: "packit-config-validation", subject: .other) }, .accepted, at: 0)
        #expect(world.counters.isEmpty)
    }

    @Test func rule09RunsOfPushesCountAsRuns() {
        var world = World()
        world.check(
            .build.with { $0.name = CheckName(text: "rpm-build:main:x", subject: .build, event: "main") }, .accepted,
            at: 0)
        #expect(world.queued() == 1)
    }

    // MARK: Rule 10

    @Test func rule10ATestRunExistsFromItsSubmission() {
        var world = World()
        world.check(.test, .accepted, at: 0)
        world.check(.test, .waiting, at: 60)
        #expect(world.queued(.testRun) == 0)
        #expect(world.unfinished(.testRun) == 0)
        world.check(.test, .queued, at: 600)
        #expect(world.queued(.testRun) == 1)
        world.check(.test, .started, at: 700)
        world.check(.test, success, at: 900)
        #expect(world.durations(.success, .testRun) == [300])
    }

    @Test func rule10ATestWhoseBuildFailedIsInTheHistoryOnly() {
        var world = World()
        world.check(.test, .accepted, at: 0)
        world.check(.test, .finished(.skipped, .build), state: "failure", at: 60)
        world.wait(until: 1000)
        #expect(world.queued(.testRun) == 0)
        #expect(world.finishedInAll(.testRun) == 0)
        #expect(world.runRecords.last?.isCounted == false)
        #expect(world.runRecords.last?.outcome == .skipped)
    }

    @Test func rule10ABuildThatWasNeverAllowedIsInTheHistoryOnly() {
        var world = World()
        world.check(.build, .finished(.skipped, .stated), state: "neutral", at: 0)
        world.wait(until: 1000)
        #expect(world.queued() + world.finishedInAll() == 0)
        #expect(world.runRecords.last?.isCounted == false)
    }

    @Test func rule10ARefusalByACommitStatusIsNoRunAndAnErrorIs() {
        var world = World()
        let status = World.Check.build.with { $0.isCommitStatus = true }
        world.check(status, .finished(.skipped, .stated), state: "error", at: 2)
        world.wait(until: 1000)
        #expect(world.queued() == 0)
        #expect(world.runRecords.last?.outcome == .skipped)
        world.check(status.with { $0.sha = "b" }, error, state: "error", at: 3)
        world.check(status.with { $0.sha = "c" }, failure, state: "error", at: 3)
        world.wait(until: 1000)
        #expect(world.queued() == 2)
        #expect(world.finished(.error) == 1)
        #expect(world.finished(.failure) == 1)
        let canceled = World.Check.test.with {
            $0.isCommitStatus = true; $0.job = JobLink(job: .testingFarm, id: 7)
        }
        world.check(canceled, .finished(.canceled, .stated), state: "error", at: 4)
        world.wait(until: 2000)
        #expect(world.finished(.canceled, .testRun) == 1)
    }

    @Test func rule10ANeutralEndWithATestingFarmLinkIsAFirstStep() {
        var world = World()
        world.check(
            .test.with { $0.requestID = "r1" }, .finished(.canceled, .stated), state: "neutral", at: 0)
        world.wait(until: 1000)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finished(.canceled, .testRun) == 1)
        #expect(world.started(.testRun) == 0)
    }

    // MARK: Rule 11

    @Test func rule11TheQueueTimeIsTheEarliestOfAnyEvidence() {
        var world = World()
        world.check(.queued, at: 50)
        world.check(.build.with { $0.id = 1 }, .accepted, at: 10, receivedAt: 60)
        world.check(success, at: 100)
        #expect(world.durations(.success) == [90])
    }

    @Test func rule11WithoutQueueEvidenceThereIsNoDuration() {
        var world = World()
        world.check(.started, at: 50)
        world.check(success, at: 100)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success).isEmpty)
        #expect(world.good(.builds) == 1)
    }

    // MARK: Rule 12

    @Test func rule12ALateFactBelongsToItsRunByItsID() {
        var world = World()
        world.check(.build.with { $0.id = 10 }, .accepted, at: 0)
        world.check(.build.with { $0.id = 30 }, .accepted, at: 100)
        world.check(.build.with { $0.id = 20 }, success, at: 90, receivedAt: 150)
        #expect(world.queued() == 2)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success) == [90])
        world.check(.build.with { $0.id = 40 }, success, at: 200)
        #expect(world.durations(.success) == [90, 100])
        world.wait(until: 1000)
        #expect(world.finished(.superseded) == 0)
    }

    @Test func rule12AnotherJobIDOpensARunAndTheFirstAfterNoneDoesNot() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build.with { $0.job = JobLink(job: .copr, id: 5) }, .started, at: 10)
        #expect(world.queued() == 1)
        world.check(.build.with { $0.job = JobLink(job: .copr, id: 6) }, .started, at: 20)
        #expect(world.queued() == 2)
        #expect(world.unfinished() == 2)
    }

    @Test func rule12ForeignJobIDsOpenNothing() {
        var world = World()
        world.check(.test, .waiting, at: 0)
        world.check(.test.with { $0.job = JobLink(job: .testingFarm, id: 1) }, .queued, at: 10)
        world.check(.test.with { $0.job = JobLink(job: .copr, id: 7) }, .started, at: 20)
        #expect(world.queued(.testRun) == 1)
    }

    @Test func rule12TwoAcceptedInOneSecondAreOne() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(.accepted, at: 0)
        #expect(world.queued() == 1)
        world.check(.accepted, at: 1)
        #expect(world.queued() == 2)
    }

    @Test func rule12TwoAcceptedInOneSecondAreOneWhateverCameBetween() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(.queued, at: 0)
        world.check(.accepted, at: 0)
        #expect(world.queued() == 1)
        world.check(failure, at: 0)
        world.check(.accepted, at: 0)
        #expect(world.queued() == 2)
    }

    @Test func rule12NonTerminalAfterTerminalOpensARun() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(failure, at: 10)
        world.wait(until: 500)
        world.check(.queued, at: 600)
        #expect(world.queued() == 2)
        #expect(world.finished(.failure) == 1)
        #expect(world.unfinished() == 1)
    }

    @Test func rule12TerminalAfterTerminalIsEvidenceOnTheSameRun() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(failure, at: 10)
        world.check(error, at: 20)
        world.wait(until: 500)
        #expect(world.finished(.error) == 1)
        #expect(world.finished(.failure) == 0)
        #expect(world.durations(.error) == [10])
        #expect(world.revised == 0)
    }

    @Test func rule12AFallbackStatusJoinsTheOnlyLaneOfItsName() {
        let status = World.Check.build.with {
            $0.isCommitStatus = true
            $0.externalID = ""
        }
        var world = World()
        world.check(.accepted, at: 0)
        world.check(status, success, at: 100)
        #expect(world.queued() == 1)
        #expect(world.durations(.success) == [100])
        world.check(status.with { $0.sha = "b" }, .queued, at: 200)
        #expect(world.queued() == 2)
    }

    @Test func rule12ABuildPhaseCheckAfterASubmissionOpensAWaitingRunWhoseSubmissionSupersedes() {
        var world = World()
        world.check(.test, .queued, at: 0)
        world.check(.test, .waiting, at: 100)
        #expect(world.queued(.testRun) == 1)
        world.wait(until: 250)
        #expect(world.unfinished(.testRun) == 1)
        world.check(.test, .queued, at: 300)
        #expect(world.queued(.testRun) == 2)
        world.check(.test, success, at: 400)
        world.wait(until: 520.999)
        #expect(world.unfinished(.testRun) == 1)
        world.wait(until: 521)
        #expect(world.finished(.superseded, .testRun) == 1)
        #expect(world.durations(.superseded, .testRun) == [300])
    }

    @Test func rule12AReturnToAnOldCommitOpensAWaitingRun() {
        var world = World()
        world.push("a", at: 0)
        world.check(.test, .waiting, at: 10)
        world.push("b", at: 100, action: .synchronize)
        world.push("a", at: 200, action: .synchronize)
        world.check(.test, .waiting, at: 210)
        world.check(.test, .queued, at: 300)
        world.wait(until: 1000)
        #expect(world.queued(.testRun) == 1)
        #expect(world.unfinished(.testRun) == 1)
    }

    @Test func rule12ABuildTitledEndDoesNotFinishASubmittedTest() {
        var world = World()
        world.check(.test, .queued, at: 0)
        world.check(.test, .finished(.skipped, .build), state: "failure", at: 50)
        world.wait(until: 1000)
        #expect(world.unfinished(.testRun) == 1)
    }

    // MARK: Rule 13

    @Test func rule13AStepImpliesThoseBeforeIt() {
        var world = World()
        world.check(.build, failure, at: 0)
        #expect(world.queued() == 1)
        #expect(world.started() == 0)
        #expect(world.settling() == 1)
        world.wait(until: 200)
        #expect(world.started() == 1)
        #expect(world.finished(.failure) == 1)
        #expect(world.durations(.failure).isEmpty)
    }

    @Test func rule13CanceledImpliesNoStart() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(.build, .finished(.canceled, .stated), state: "neutral", at: 10)
        world.wait(until: 500)
        #expect(world.started() == 0)
        #expect(world.finished(.canceled) == 1)
    }

    @Test func rule13AStepSeenLateOnlyFillsInItsTime() {
        var world = World()
        world.check(.build.with { $0.id = 3 }, failure, at: 100)
        world.check(.build.with { $0.id = 2 }, .started, at: 50, receivedAt: 110)
        world.check(.build.with { $0.id = 1 }, .accepted, at: 0, receivedAt: 120)
        world.wait(until: 500)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.durations(.failure) == [100])
    }

    // MARK: Rule 14

    @Test func rule14ARunThatACheckShowsIsFinishedByTheCheckAlone() {
        var world = World()
        world.push()
        world.check(.accepted, at: 0)
        world.copr(.started, sentAt: 100)
        world.copr(.succeeded, sentAt: 500)
        #expect(world.started() == 1)
        #expect(world.unfinished() == 1)
        #expect(world.finishedInAll() == 0)
        world.wait(until: 12 * hour + 121)
        #expect(world.overdue() == 1)
        #expect(world.bad(.builds) == 1)
        world.check(success, at: 13 * hour)
        #expect(world.durations(.success) == [13 * 3600])
        #expect(world.good(.builds) == 0)
        #expect(world.bad(.builds) == 1)
    }

    @Test func rule14ABackendAloneFinishesItsRun() {
        var world = World()
        world.copr(.started, sentAt: 100)
        world.copr(.succeeded, sentAt: 500)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success).isEmpty)
        #expect(world.good(.builds) == 1)
    }

    @Test func rule14WithoutAProviderTimeTheFinishIsAtReceiptAndHasNoDuration() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(.build.with { $0.hasTime = false }, success, at: 100)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success).isEmpty)
        #expect(world.good(.builds) == 1)
    }

    // MARK: Rule 15

    @Test func rule15SuccessIsFinalAtOnceAndFailureSettles() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(failure, at: 10, receivedAt: 11)
        #expect(world.settling() == 1)
        #expect(world.unfinished() == 0)
        world.wait(until: 130.999)
        #expect(world.finishedInAll() == 0)
        world.wait(until: 131)
        #expect(world.finished(.failure) == 1)
        #expect(world.settling() == 0)
    }

    @Test func rule15ASuccessWhileSettlingIsFinalAndKeepsTheFirstFinishTime() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(error, at: 10)
        world.check(success, at: 60)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success) == [10])
        world.wait(until: 500)
        #expect(world.finishedInAll() == 1)
    }

    @Test func rule15TestingFarmsWordGoesBeforeTheTitle() {
        var world = World()
        world.check(.test.with { $0.requestID = "r1" }, .queued, at: 0)
        world.check(.test.with { $0.requestID = "r1" }, .finished(.failure, .unclassified), at: 100)
        world.testingFarm(.finished(.error, .stated), created: 1, finished: 90, receivedAt: 150)
        world.wait(until: 500)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(world.finished(.failure, .testRun) == 0)
        #expect(world.queued(.testRun) == 1)
    }

    @Test func rule15SettlingIsNotProlonged() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(failure, at: 10, receivedAt: 10)
        world.check(error, at: 100, receivedAt: 100)
        world.wait(until: 130)
        #expect(world.finished(.error) == 1)
    }

    @Test func rule15EvidenceAfterTheEndRevisesOnce() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(failure, at: 10)
        world.wait(until: 500)
        world.check(success, at: 600)
        world.check(success, at: 700)
        #expect(world.finished(.failure) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
        #expect(world.runRecords.last?.revisedOutcome == .success)
    }

    // MARK: Rule 16

    @Test func rule16APushSupersedesOpenRunsAfterTheSettle() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 3)
        world.push("b", at: 100, receivedAt: 101, action: .synchronize)
        world.wait(until: 220.999)
        #expect(world.unfinished() == 1)
        world.wait(until: 221)
        #expect(world.finished(.superseded) == 1)
        #expect(world.durations(.superseded) == [97])
        #expect(world.good(.builds) + world.bad(.builds) == 0)
        #expect(world.started() == 0)
    }

    @Test func rule16ATerminalReceivedBeforeTheSettleIsOverEndsTheRunItself() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 3)
        world.push("b", at: 100, action: .synchronize)
        world.check(failure, at: 150)
        world.wait(until: 1000)
        #expect(world.finished(.failure) == 1)
        #expect(world.finished(.superseded) == 0)
    }

    @Test func rule16ARunThatOpensOnAnOldHeadIsSuperseded() {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 100, action: .synchronize)
        world.check(.accepted, at: 110, receivedAt: 111)
        world.wait(until: 230.999)
        #expect(world.unfinished() == 1)
        world.wait(until: 231)
        #expect(world.finished(.superseded) == 1)
        #expect(world.durations(.superseded) == [0])
    }

    @Test func rule16ThePushMayArriveFirst() {
        var world = World()
        world.push("b", at: 100, receivedAt: 101, action: .synchronize)
        world.push("a", at: 0, receivedAt: 102)
        world.check(.accepted, at: 3, receivedAt: 103)
        world.wait(until: 1000)
        #expect(world.finished(.superseded) == 1)
        #expect(world.durations(.superseded) == [97])
    }

    @Test func rule16ClosingEndsNothing() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 3)
        world.close(at: 100)
        world.wait(until: 1000)
        #expect(world.unfinished() == 1)
    }

    @Test func rule16ANewerRunOfTheLaneSupersedes() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(.accepted, at: 50)
        world.wait(until: 12 * hour - 0.001)
        #expect(world.unfinished() == 2)
        world.wait(until: 12 * hour)
        #expect(world.finished(.superseded) == 1)
        #expect(world.durations(.superseded) == [50])
        #expect(world.unfinished() == 1)
        #expect(world.overdue() == 0)
        #expect(world.good(.builds) + world.bad(.builds) == 0)
    }

    @Test func rule16OnASharedCommitOnlyBoundRunsEnd() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.check(.accepted, at: 3)
        world.push("a", at: 50, number: 2)
        world.check(
            .build.with {
                $0.externalID = "e2"; $0.pullRequests = [2]
            }, .accepted, at: 53)
        world.check(.build.with { $0.externalID = "e3" }, .accepted, at: 60)
        world.push("b", at: 100, number: 1, action: .synchronize)
        world.wait(until: 1000)
        #expect(world.finished(.superseded) == 1)
        #expect(world.unfinished() == 2)
        world.push("c", at: 1100, number: 2, action: .synchronize)
        world.wait(until: 2000)
        #expect(world.finished(.superseded) == 3)
    }

    @Test func rule16RunsWithAnEventPartBelongToNoPullRequest() {
        var world = World()
        world.push("a", at: 0)
        world.check(
            .build.with { $0.name = CheckName(text: "rpm-build:main:x", subject: .build, event: "main") }, .accepted,
            at: 3)
        world.push("b", at: 100, action: .synchronize)
        world.wait(until: 1000)
        #expect(world.unfinished() == 1)
    }

    @Test func rule16AllDeploymentsRunsEnd() {
        var world = World()
        world.push("a", at: 0)
        world.check(.build.with { $0.deployment = World.stg }, .accepted, at: 3)
        world.push("b", at: 100, action: .synchronize)
        world.wait(until: 1000)
        #expect(world.finished(.superseded, .build, World.stg) == 1)
    }

    // MARK: Rule 17

    @Test func rule17DurationsAreOfWholeSecondsAndOfEveryOutcome() {
        var world = World()
        world.check(.accepted, at: 0.9)
        world.check(error, at: 10.1)
        world.wait(until: 500)
        #expect(world.durations(.error) == [10])
    }

    // MARK: Rule 18

    @Test func rule18ExactlyTwelveHoursAreGood() {
        for (seconds, good) in [(12 * hour, Int64(1)), (12 * hour + 1, 0)] {
            var world = World()
            world.check(.accepted, at: 0)
            world.check(success, at: seconds, receivedAt: seconds + 10)
            #expect(world.good(.builds) == good)
            #expect(world.bad(.builds) == 1 - good)
        }
    }

    /// Where the provider gave no time the receipt stands for it, in whole seconds like all.
    @Test func rule18AnEndWithoutATimeIsTakenInWholeSeconds() {
        var world = World()
        world.copr(.started, sentAt: 0)
        world.copr(.succeeded, sentAt: nil, receivedAt: 12 * hour + 0.7)
        #expect(world.good(.builds) == 1)
        #expect(world.bad(.builds) == 0)
    }

    @Test func rule18TheBudgetIsSpentAtHourTwelveAndNothingReturnsIt() {
        var world = World()
        world.check(.accepted, at: 0)
        world.wait(until: 12 * hour + 119.999)
        #expect(world.bad(.builds) == 0)
        world.wait(until: 12 * hour + 120)
        #expect(world.bad(.builds) == 1)
        world.check(success, at: 13 * hour)
        #expect(world.bad(.builds) == 1)
        #expect(world.good(.builds) == 0)
        #expect(world.finished(.success) == 1)
    }

    @Test func rule18OverdueIsStrictlyMoreThanTwelveHours() {
        var world = World()
        world.check(.accepted, at: 0)
        world.wait(until: 12 * hour)
        #expect(world.overdue() == 0)
        world.wait(until: 12 * hour + 0.001)
        #expect(world.overdue() == 1)
        world.check(failure, at: 13 * hour)
        #expect(world.overdue() == 0)
    }

    @Test func rule18FailureIsGoodErrorIsBadAndTheRestIsOutside() {
        for (outcome, good, bad) in [
            (Step.finished(.failure, .stated), Int64(1), Int64(0)), (.finished(.error, .stated), 0, 1),
            (.finished(.error, .config), 0, 0), (.finished(.canceled, .stated), 0, 0),
            (.finished(.skipped, .stated), 0, 0),
        ] {
            var world = World()
            world.check(.accepted, at: 0)
            world.check(.build, outcome, at: 100)
            world.wait(until: 1000)
            #expect(world.good(.builds) == good)
            #expect(world.bad(.builds) == bad)
            #expect(world.finishedInAll() == 1)
        }
    }

    @Test func rule18ARunThatIsSettlingThenIsJudgedAtItsEndByItsFinishTime() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(failure, at: 12 * hour, receivedAt: 12 * hour + 100)
        world.wait(until: 12 * hour + 200)
        #expect(world.good(.builds) + world.bad(.builds) == 0)
        world.wait(until: 12 * hour + 220)
        #expect(world.good(.builds) == 1)
    }

    // MARK: Rule 19

    @Test func rule19AtTheHorizonARunIsAnError() {
        var world = World()
        world.check(.accepted, at: 0)
        world.wait(until: 7 * 24 * hour - 0.001)
        #expect(world.overdue() == 1)
        world.wait(until: 7 * 24 * hour)
        #expect(world.finished(.error) == 1)
        #expect(world.started() == 1)
        #expect(world.durations(.error) == [7 * 24 * 3600])
        #expect(world.overdue() + world.unfinished() == 0)
        #expect(world.bad(.builds) == 1)
    }
}
