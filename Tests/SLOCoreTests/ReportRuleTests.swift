import SLOCore
import Testing

/// docs/counting.md, rule 50.
@Suite struct ReportRuleTests {
    static let builds = objective("build_report", .buildReport)
    static let tests = objective("test_run_report", .testRunReport)

    private static func objective(_ text: String, _ indicator: Objective.Indicator) -> Objective {
        guard let name = Objective.Name(rawValue: text) else { fatalError("\(text) is no name") }
        return Objective(name, indicator, target: 0.9, deadline: .minutes(5))
    }

    /// A build that Copr has at 60 s.
    private static func world(
        _ change: (inout LedgerSettings) -> Void = { _ in }, acceptedReceivedAt: Double = 1
    ) -> World {
        var world = World {
            $0.objectives += [builds, tests]
            change(&$0)
        }
        world.check(.build, .accepted, at: 0, receivedAt: acceptedReceivedAt)
        world.copr(.started, sentAt: 60)
        return world
    }

    private func verdicts(_ world: World) -> [ObjectiveJudgement.Verdict] { world.verdicts(Self.builds.name) }

    // MARK: What is shown

    @Test func rule50AnEndThatIsShownWithinTheDeadlineIsGood() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: 600)
        world.check(.build, success, at: 900)
        #expect(verdicts(world) == [.good])
        #expect(world.good(Self.builds.name) == 1)
        #expect(world.reportTimes() == [300])
        #expect(world.runRecords.last?.backendEndedAt == World.at(600))
        world.wait(until: 5000)
        #expect(verdicts(world) == [.good])
    }

    @Test func rule50AnEndThatIsShownLaterIsBad() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: 600)
        world.check(.build, success, at: 901)
        world.wait(until: 5000)
        #expect(verdicts(world) == [.bad])
        #expect(world.reportTimes() == [301])
    }

    @Test func rule50AFailureIsJudgedWhenItIsFinal() {
        var world = Self.world()
        world.copr(.failed, sentAt: 600)
        world.check(.build, failure, at: 620)
        world.wait(toBefore: 621 + 120)
        #expect(verdicts(world) == [])
        world.wait(until: 621 + 120)
        #expect(verdicts(world) == [.good])
        #expect(world.reportTimes() == [20])
    }

    @Test func rule50WhatIsShownLateAndSettlesWaitsForItsEnd() {
        var world = Self.world()
        world.copr(.failed, sentAt: 600)
        // The deadline and a settle later it is shown, and may still turn out to be canceled.
        world.check(.build, failure, at: 1019)
        world.wait(until: 1100)
        #expect(verdicts(world) == [])
        world.check(.build, .finished(.canceled, .stated), at: 1105)
        world.wait(until: 5000)
        #expect(world.finished(.canceled) == 1)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [])
    }

    @Test func rule50TheBackendsEndMayBecomeKnownAfterTheRunIsFinal() {
        var world = Self.world()
        world.check(.build, success, at: 700)
        #expect(verdicts(world) == [])
        world.copr(.succeeded, sentAt: 600, receivedAt: 2000)
        #expect(verdicts(world) == [.good])
        #expect(world.reportTimes() == [100])
    }

    @Test func rule50TheJoinMayBeProvenAfterTheRunIsFinal() {
        var world = World { $0.objectives += [Self.builds] }
        let first = World.Check.build.with { $0.job = JobLink(job: .copr, id: 5) }
        world.check(first, .accepted, at: 0)
        world.check(
            .build.with {
                $0.sha = "b"; $0.externalID = "e2"
            }, .accepted, at: 10)
        world.copr(.started, sentAt: 60)
        world.copr(.succeeded, sentAt: 600)
        world.check(first, success, at: 610)
        world.wait(until: 1000)
        #expect(verdicts(world) == [])
        world.identified(JobLink(job: .copr, id: 5), as: .copr(build: 77, chroot: World.chroot), receivedAt: 1010)
        #expect(verdicts(world) == [.good])
        #expect(world.reportTimes() == [10])
    }

    @Test func rule50AProposedJoinIsNoEvent() {
        var world = World { $0.objectives += [Self.builds] }
        let first = World.Check.build.with { $0.job = JobLink(job: .copr, id: 5) }
        world.check(
            .build.with {
                $0.sha = "b"; $0.externalID = "e2"
            }, .accepted, at: 0)
        world.check(.build, .accepted, at: 10)
        world.copr(.started, sentAt: 60)
        world.check(first, .started, at: 70)
        world.copr(.succeeded, sentAt: 600)
        world.wait(until: 3000)
        world.check(first, success, at: 3010)
        #expect(world.counters[.joins(.proposed)] == 1)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [])
    }

    @Test func rule50AnEndUpToTwoSecondsBeforeTheBackendsCountsAsNoTime() {
        var world = Self.world()
        world.check(.build, success, at: 598)
        world.copr(.succeeded, sentAt: 600)
        #expect(verdicts(world) == [.good])
        #expect(world.reportTimes() == [0])
    }

    @Test func rule50AnEndThatIsShownEarlierReportsSomethingElse() {
        var world = Self.world()
        world.check(.build, success, at: 597)
        world.copr(.succeeded, sentAt: 600)
        world.wait(until: 5000)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [])
    }

    @Test func rule50OfSeveralShownEndsTheEarliestCounts() {
        var world = Self.world()
        world.copr(.failed, sentAt: 600)
        world.check(.build, failure, at: 660)
        world.check(.build, .finished(.error, .stated), at: 630, receivedAt: 670)
        world.wait(until: 5000)
        #expect(world.reportTimes() == [30])
    }

    @Test func rule50CoprsMessageTellsTheEndRatherThanItsAPI() {
        for messageIsFirst in [true, false] {
            var world = Self.world()
            if messageIsFirst { world.copr(.succeeded, sentAt: 600) }
            world.lookedUp(success, finished: 580, receivedAt: 610)
            if !messageIsFirst { world.copr(.succeeded, sentAt: 600, receivedAt: 620) }
            world.check(.build, success, at: 640)
            #expect(world.reportTimes() == [40])
        }
    }

    @Test func rule50WithoutAMessageCoprsAPITellsTheEnd() {
        var world = Self.world()
        world.lookedUp(success, finished: 580, receivedAt: 610)
        world.check(.build, success, at: 640)
        #expect(world.reportTimes() == [60])
    }

    @Test func rule50AnEndWithoutATimeIsNotKnown() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: nil, receivedAt: 600)
        world.check(.build, success, at: 640)
        #expect(verdicts(world) == [])
        world.lookedUp(success, finished: 580, receivedAt: 700)
        #expect(world.reportTimes() == [60])
        #expect(verdicts(world) == [.good])
    }

    @Test func rule50ATestEndsWithWhatItsDocumentTells() {
        var world = World { $0.objectives += [Self.tests] }
        let test = World.Check.test.with { $0.requestID = "r1" }
        world.check(.test, .accepted, at: 0)
        world.check(test, .queued, at: 60)
        world.testingFarm(success, created: 60, started: 100, finished: 700, sha: "a", receivedAt: 705)
        world.check(test, success, at: 760)
        #expect(world.verdicts(Self.tests.name) == [.good])
        #expect(world.reportTimes(.testRun) == [60])
    }

    // MARK: What is no event

    @Test(arguments: [Outcome.canceled, .skipped])
    func rule50WhatWasCanceledOrSkippedIsNoEvent(outcome: Outcome) {
        var world = Self.world()
        world.copr(.failed, sentAt: 600)
        world.check(.build, .finished(outcome, .stated), at: 610)
        world.wait(until: 5000)
        #expect(world.finished(outcome) == 1)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [])
    }

    @Test func rule50WhatAPushSupersededWithinTheDeadlineIsNoEvent() {
        var world = World { $0.objectives += [Self.builds] }
        world.push("a", at: -10)
        world.check(.build, .accepted, at: 0)
        world.copr(.started, sentAt: 60)
        world.copr(.succeeded, sentAt: 600)
        world.push("b", at: 900, action: .synchronize)
        world.check(.build, success, at: 2000)
        world.wait(until: 5000)
        #expect(world.finished(.superseded) == 1)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [])
    }

    @Test func rule50WhatAPushSupersededAfterTheDeadlineIsBad() {
        var world = World { $0.objectives += [Self.builds] }
        world.push("a", at: -10)
        world.check(.build, .accepted, at: 0)
        world.copr(.started, sentAt: 60)
        world.copr(.succeeded, sentAt: 600)
        world.push("b", at: 901, action: .synchronize)
        world.wait(until: 5000)
        #expect(verdicts(world) == [.bad])
    }

    @Test func rule50WhatGitHubEndedInItsOwnWordsIsNoEvent() {
        var world = Self.world()
        world.copr(.failed, sentAt: 600)
        world.check(.build, .finished(.error, .timeout), state: "stale", at: 610)
        world.wait(until: 5000)
        #expect(world.finished(.error) == 1)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [])
    }

    @Test func rule50WhatOnlyABackendShowsIsNoEvent() {
        var world = World { $0.objectives += [Self.builds] }
        world.copr(.started, sentAt: 60)
        world.copr(.succeeded, sentAt: 600)
        world.wait(until: 5000)
        #expect(world.finished(.success) == 1)
        #expect(verdicts(world) == [])
    }

    // MARK: What is not shown

    @Test func rule50AnEndThatIsNotShownIsBadASettleAfterTheDeadline() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: 600)
        world.wait(toBefore: 600 + 300 + 120)
        #expect(verdicts(world) == [])
        world.wait(until: 600 + 300 + 120)
        #expect(verdicts(world) == [.bad])
        world.check(.build, success, at: 1100)
        #expect(verdicts(world) == [.bad])
        #expect(world.reportTimes() == [500])
    }

    @Test func rule50EachObjectiveJudgesByItsOwnDeadlineAndOnce() {
        let slow = Self.objective("slow", .buildReport)
        var world = Self.world {
            $0.objectives.append(slow)
            $0[slow.name]?.deadline = .minutes(10)
        }
        world.copr(.succeeded, sentAt: 600)
        world.wait(until: 1100)
        #expect(verdicts(world) == [.bad])
        #expect(world.verdicts(slow.name) == [])
        world.check(.build, success, at: 1150)
        world.wait(until: 5000)
        #expect(verdicts(world) == [.bad])
        #expect(world.verdicts(slow.name) == [.good])
        #expect(world.reportTimes() == [550])
    }

    @Test func rule50ABackendsEndThatIsReceivedLateWaitsForAGrace() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: 600, receivedAt: 2000)
        world.wait(toBefore: 2300)
        #expect(verdicts(world) == [])
        world.wait(until: 2300)
        #expect(verdicts(world) == [.bad])
    }

    @Test func rule50ACheckThatIsReceivedLateWaitsForAGrace() {
        var world = World { $0.objectives += [Self.builds] }
        world.copr(.started, sentAt: 60)
        world.copr(.succeeded, sentAt: 600)
        world.check(.build, .accepted, at: 0, receivedAt: 2000)
        world.wait(until: 2100)
        #expect(verdicts(world) == [])
        world.check(.build, success, at: 640, receivedAt: 2200)
        world.wait(until: 5000)
        #expect(verdicts(world) == [.good])
        #expect(world.reportTimes() == [40])
    }

    @Test func rule50ARunThatTheHorizonEndedIsJudgedByWhatIsShown() {
        var world = Self.world { $0.horizon = .hours(13) }
        world.wait(until: 14 * hour)
        #expect(world.finished(.error) == 1)
        world.copr(.succeeded, sentAt: 14 * hour)
        world.check(.build, success, at: 14 * hour + 60)
        #expect(verdicts(world) == [.good])
        #expect(world.reportTimes() == [60])
    }

    @Test func rule50ARunThatTheHorizonEndedIsBadWithoutAReport() {
        var world = Self.world { $0.horizon = .hours(13) }
        world.wait(until: 14 * hour)
        world.copr(.succeeded, sentAt: 14 * hour)
        world.restart()
        world.wait(until: 14 * hour + 420)
        #expect(verdicts(world) == [.bad])
        world.wait(until: 20 * hour)
        #expect(verdicts(world) == [.bad])
    }

    @Test func rule50AVerdictThatWasOverdueAtAStartWaitsForAGrace() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: 600)
        world.restart()
        world.restartService(at: 2000)
        world.wait(toBefore: 2300)
        #expect(verdicts(world) == [])
        world.wait(until: 2300)
        #expect(verdicts(world) == [.bad])
    }

    // MARK: What may have been missed

    @Test func rule24AMissingReportAroundABlindIntervalIsDoubtful() {
        var world = Self.world()
        world.copr(.succeeded, sentAt: 600)
        world.wasBlind(from: 700, to: 710)
        world.wait(until: 5000)
        #expect(verdicts(world) == [.doubtful])
    }

    @Test func rule24AReportThatWasMissingAfterABlindIntervalIsBad() {
        var world = Self.world()
        world.wasBlind(from: 500, to: 510)
        world.copr(.succeeded, sentAt: 600)
        world.wait(until: 5000)
        #expect(verdicts(world) == [.bad])
    }

    // MARK: Objectives

    @Test func rule44AnAddedObjectiveJudgesOnlyReportsThatAreNotDue() {
        let added = Self.objective("added", .buildReport)
        var world = Self.world()
        let other = World.Check.build.with {
            $0.sha = "b"; $0.externalID = "e2"
        }
        world.copr(.succeeded, sentAt: 600)
        world.wait(until: 1900)
        world.restart(with: { $0.objectives.append(added) })
        world.restartService(at: 2000)
        world.check(.build, success, at: 2100)
        #expect(world.verdicts(added.name) == [])
        world.check(other, .accepted, at: 3000)
        world.copr(.started, build: 78, sentAt: 3010)
        world.copr(.succeeded, build: 78, sentAt: 3100)
        world.check(other, success, at: 3110)
        #expect(world.verdicts(added.name) == [.good])
    }

    @Test func rule44AnAddedObjectiveJudgesFinalRunsThatAwaitTheirReport() {
        var added = Self.objective("added", .buildReport)
        added.deadline = .minutes(10)
        var world = Self.world { $0.horizon = .hours(13) }
        world.wait(until: 14 * hour)
        world.copr(.succeeded, sentAt: 14 * hour)
        world.restart(with: { $0.objectives = [added] })
        world.restartService(at: 14 * hour + 10)
        world.wait(until: 14 * hour + 720)
        #expect(world.verdicts(added.name) == [.bad])
    }

    @Test func rule45AnObjectiveJudgesReportsOfWhatItSelects() {
        var world = Self.world { $0[Self.builds.name]?.selection.chroots = ["epel-*"] }
        world.copr(.succeeded, sentAt: 600)
        world.check(.build, success, at: 610)
        #expect(verdicts(world) == [])
        #expect(world.reportTimes() == [10])
    }
}
