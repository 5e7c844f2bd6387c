import SLOCore
import Testing

/// docs/counting.md, rules 12 to 18 and 24, where two of them meet, or two clocks.
@Suite struct RunEdgeRuleTests {
    // MARK: Rule 12

    @Test func rule12AFinalRunIsDividedNoMoreByALateOpening() {
        var world = World()
        world.check(.build.with { $0.id = 10 }, .accepted, at: 0)
        world.check(.build.with { $0.id = 40 }, success, at: 100)
        world.check(.build.with { $0.id = 20 }, .accepted, at: 50, receivedAt: 200)
        world.wait(until: 1000)
        #expect(world.queued() == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.durations(.success) == [100])
    }

    /// The request ended before the head came back, so it cannot be of the run that waits since.
    @Test func rule12AfterAReturnTheWaitingRunIsNotTheOneTestedBefore() {
        var world = World()
        world.push("a", at: 0)
        world.check(.test, .waiting, at: 10)
        world.push("b", at: 100, action: .synchronize)
        world.push("a", at: 200, action: .synchronize)
        world.check(.test, .waiting, at: 210)
        world.testingFarm(failure, created: 20, started: 30, finished: 150, sha: "a", receivedAt: 220)
        world.wait(until: 1000)
        #expect(world.finished(.failure, .testRun) == 1)
        world.check(.test, .queued, at: 1100)
        #expect(world.queued(.testRun) == 2)
        #expect(world.unfinished(.testRun) == 1)
    }

    @Test func rule12AReturnOfAnotherPullRequestOpensNothing() {
        let test = World.Check.test.with { $0.pullRequests = [2] }
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 1, number: 2)
        world.check(test, .waiting, at: 10)
        world.push("b", at: 100, number: 1, action: .synchronize)
        world.push("a", at: 200, number: 1, action: .synchronize)
        world.check(test, .waiting, at: 210)
        world.testingFarm(failure, created: 20, started: 30, finished: 150, sha: "a", receivedAt: 220)
        world.wait(until: 1000)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.unfinished(.testRun) == 1)
    }

    @Test func rule12AFallbackStatusJoinsNoLaneOfAnotherDeployment() {
        var world = World()
        world.check(.accepted, at: 0)
        world.check(
            .build.with {
                $0.deployment = World.stg; $0.isCommitStatus = true; $0.externalID = ""
            }, .queued, at: 10)
        #expect(world.queued(.build, World.prod) == 1)
        #expect(world.queued(.build, World.stg) == 1)
    }

    // MARK: Rule 15

    @Test func rule15TestingFarmsWordGoesBeforeATitleThatTellsTheOutcome() {
        let test = World.Check.test.with { $0.requestID = "r1" }
        var world = World()
        world.check(test, .queued, at: 0)
        world.check(test, failure, at: 100)
        world.testingFarm(.finished(.error, .stated), created: 1, finished: 90, receivedAt: 150)
        world.wait(until: 500)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(world.finishedInAll(.testRun) == 1)
    }

    @Test func rule15ATitleTellsErrorFromFailureAndCoprsBusDoesNot() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.copr(.started, sentAt: 60)
        world.copr(.failed, sentAt: 100)
        world.check(error, at: 102)
        world.wait(until: 500)
        #expect(world.finished(.error) == 1)
        #expect(world.finishedInAll() == 1)
    }

    @Test func rule15ASuccessOfABackendStays() {
        let test = World.Check.test.with { $0.requestID = "r1" }
        var world = World()
        world.check(test, .queued, at: 0)
        world.testingFarm(success, created: 1, finished: 90, receivedAt: 100)
        world.testingFarm(error, created: 1, finished: 95, receivedAt: 110)
        world.check(test, .finished(.failure, .unclassified), at: 120)
        world.wait(until: 500)
        #expect(world.finished(.success, .testRun) == 1)
        #expect(world.finishedInAll(.testRun) == 1)
    }

    @Test func rule15ASuccessThatABackendTakesBackIsARevision() {
        var world = World()
        world.testingFarm(success, created: 0, started: 10, finished: 90, receivedAt: 100)
        world.testingFarm(error, created: 0, started: 10, finished: 95, receivedAt: 200)
        #expect(world.finishedInAll(.testRun) == 1)
        #expect(world.finished(.success, .testRun) == 1)
        #expect(world.revised == 1)
        world.copr(.succeeded, sentAt: 300)
        world.copr(.succeeded, sentAt: 300, receivedAt: 302)
        #expect(world.revised == 1)
        world.restart()
        world.copr(.failed, sentAt: 310)
        #expect(world.finished(.success) == 1)
        #expect(world.revised == 2)
        world.copr(.failed, sentAt: 310, receivedAt: 320)
        world.wait(until: hour)
        #expect(world.revised == 2)
    }

    @Test func rule15TheFirstEndOfABackendGivesTheTimeAndTheLastTheOutcome() {
        var world = World()
        world.testingFarm(failure, created: 0, finished: 90, receivedAt: 100)
        world.testingFarm(error, created: 0, finished: 95, receivedAt: 110)
        world.wait(until: 500)
        #expect(world.durations(.error, .testRun) == [90])
        #expect(world.finishedInAll(.testRun) == 1)
    }

    // MARK: Rule 16

    /// Until its submission is received there is nothing to supersede, however long ago the newer run opened.
    @Test func rule16ARunThatIsReceivedLongAfterWhatSupersededItSettlesFromThere() {
        var world = World()
        world.push("a", at: 0)
        world.check(.test.with { $0.id = 10 }, .waiting, at: 10)
        world.push("b", at: 100, action: .synchronize)
        world.push("a", at: 200, action: .synchronize)
        world.check(.test.with { $0.id = 30 }, .waiting, at: 210)
        world.check(.test.with { $0.id = 20 }, .queued, at: 50, receivedAt: 500)
        world.wait(until: 619.999)
        #expect(world.unfinished(.testRun) == 1)
        world.wait(until: 620)
        #expect(world.finished(.superseded, .testRun) == 1)
        #expect(world.durations(.superseded, .testRun) == [50])
    }

    /// A check may seem up to two seconds older than the push that it was posted for.
    @Test(arguments: [(198.0, false), (197.0, true)])
    func rule16ACheckAtTheReturnToACommitIsOfTheReturn(queuedAt: Double, isOld: Bool) {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 100, action: .synchronize)
        world.push("a", at: 200, action: .synchronize)
        world.check(.accepted, at: queuedAt, receivedAt: 202)
        world.wait(until: 1000)
        #expect(world.finished(.superseded) == (isOld ? 1 : 0))
        #expect(world.unfinished() == (isOld ? 0 : 1))
    }

    @Test func rule16OfPushesInOneSecondTheLastReceivedIsTheHead() {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 0, receivedAt: 2, action: .synchronize)
        world.check(.accepted, at: 1, receivedAt: 3)
        world.wait(until: 1000)
        #expect(world.finished(.superseded) == 1)
    }

    /// Its own push was not received; what its check names tells whose it is.
    @Test func rule16ARunOnACommitThatWasNeverSeenAsHeadEndsAtTheNextPush() {
        var world = World()
        world.push("a", at: 0)
        world.check(
            .build.with {
                $0.sha = "z"; $0.pullRequests = [1]
            }, .accepted, at: 3)
        world.wait(until: 90)
        world.push("b", at: 100, action: .synchronize)
        world.wait(until: 1000)
        #expect(world.finished(.superseded) == 1)
        #expect(world.durations(.superseded) == [97])
    }

    @Test func rule16ARunWhoseBeginningMovesBackBehindAPushIsSuperseded() {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 100, action: .synchronize)
        world.push("a", at: 200, action: .synchronize)
        world.check(.build.with { $0.id = 30 }, .queued, at: 210)
        world.check(.build.with { $0.id = 10 }, .accepted, at: 10, receivedAt: 300)
        world.wait(until: 1000)
        #expect(world.queued() == 1)
        #expect(world.durations(.superseded) == [90])
    }

    // MARK: Rule 35

    /// Two pull requests share the commit; one pushes away, the other closes, and only the next push of the first
    /// leaves the commit without an open pull request.
    @Test func rule35AnUnboundRunEndsWithThePushThatLeftItsCommit() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 1000, number: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 1004)
        world.push("b", at: 2000, number: 1, action: .synchronize)
        world.close(at: 3000, number: 2)
        world.wait(until: 3900)
        #expect(world.unfinished() == 1)
        world.push("c", at: 4000, number: 1, action: .synchronize)
        world.wait(until: 4120.999)
        #expect(world.unfinished() == 1)
        world.wait(until: 4121)
        #expect(world.durations(.superseded) == [2996])
    }

    @Test func rule35AReopeningSupersedesNothing() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 10, number: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 14)
        world.push("b", at: 100, number: 2, action: .synchronize)
        world.close(at: 200, number: 1)
        world.push("c", at: 300, number: 1, action: .reopened)
        world.wait(until: 1000)
        #expect(world.unfinished() == 1)
        world.push("d", at: 1100, number: 1, action: .synchronize)
        world.wait(until: 2000)
        #expect(world.durations(.superseded) == [1086])
    }

    // MARK: Rule 42

    /// Whatever carries the title: a test that Packit ended without submitting anything is no run.
    @Test(arguments: [("failure", false), ("neutral", false), ("error", true)])
    func rule42ATestThatWasNeverSubmittedIsNoRun(state: String, isCommitStatus: Bool) {
        var world = World()
        let test = World.Check.test.with { $0.isCommitStatus = isCommitStatus }
        world.check(test, .accepted, at: 0)
        world.check(test, .finished(.skipped, .stated), state: state, at: 20)
        world.wait(until: hour)
        #expect(world.queued(.testRun) == 0)
        #expect(world.finishedInAll(.testRun) == 0)
        #expect(world.runRecords.last?.isCounted == false)
    }

    @Test func rule42OneThatIsQueuedAlreadyEndsAsSkipped() {
        var world = World()
        world.check(.test, .queued, at: 0)
        world.check(.test, .finished(.skipped, .stated), state: "failure", at: 20)
        world.wait(until: hour)
        #expect(world.finished(.skipped, .testRun) == 1)
        #expect(world.good(.testRuns) + world.bad(.testRuns) == 0)
    }

    // MARK: Rule 18

    /// The push is received so late that hour 12 passes before it takes effect.
    @Test(arguments: [(0.0, false), (1.0, true)])
    func rule18WhatWasSupersededWithinTwelveHoursIsOutside(later: Double, isBad: Bool) {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 0)
        world.push("b", at: 12 * hour + later, receivedAt: 12 * hour + 60, action: .synchronize)
        world.wait(until: 12 * hour + 179.999)
        #expect(world.bad(.builds) == (isBad ? 1 : 0))
        #expect(world.finishedInAll() == 0)
        world.wait(until: 12 * hour + 180)
        #expect(world.finished(.superseded) == 1)
        #expect(world.bad(.builds) == (isBad ? 1 : 0))
    }

    // MARK: Rule 24

    /// Whatever was missed: the end is known, and comes too late.
    @Test func rule24AnEndAfterTwelveHoursIsBadWithoutDoubt() {
        var world = World()
        world.check(.accepted, at: 0)
        world.wasBlind(from: hour, to: 2 * hour)
        world.check(success, at: 12 * hour + 1, receivedAt: 12 * hour + 10)
        #expect(world.verdicts(.builds) == [.bad])
    }

    /// By an older fact it is too old all at once.
    @Test func rule19WhatIsSupersededDoesNotEndByItsAge() {
        var world = World()
        world.check(.build.with { $0.id = 5 }, .started, at: 200 * hour)
        world.check(.build.with { $0.id = 9 }, .accepted, at: 201 * hour)
        world.check(.build.with { $0.id = 5 }, .queued, at: 10 * hour, receivedAt: 205 * hour)
        world.wait(until: 206 * hour)
        #expect(world.finished(.superseded) == 1)
        #expect(world.finished(.error) == 0)
        #expect(world.unfinished() == 1)
    }
}
