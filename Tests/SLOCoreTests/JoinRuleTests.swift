import SLOCore
import Testing

/// docs/counting.md, rules 20 and 21.
@Suite struct JoinRuleTests {
    @Test func rule20ACoprRunJoinsTheRunOfItsPullRequestAndChroot() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.copr(.started, sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.check(success, at: 500)
        #expect(world.durations(.success) == [498])
    }

    @Test func rule20AJoinNeedsEqualDeploymentsAndChroots() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.copr(.started, build: 1, deployment: World.stg, sentAt: 60)
        world.copr(.started, build: 2, chroot: "fedora-40-x86_64", sentAt: 61)
        #expect(world.queued() == 2)
        #expect(world.queued(.build, World.stg) == 1)
        #expect(world.gauge(.unjoinedRuns) == 2)
    }

    @Test func rule20NamesAreGeneratedAndNotTakenApart() {
        var world = World()
        let other = World.repository(2, "acme-rocket/1")
        world.push(number: 1)
        world.push("z", at: 1, number: 7, repository: other)
        world.check(
            .build.with {
                $0.sha = "z"; $0.externalID = "e7"; $0.repository = other
            }, .accepted, at: 3)
        // `acme-rocket-1-7` is pull request 7 of acme-rocket/1, not identifier 7 of pull request 1 of acme/rocket.
        world.copr(.started, project: "acme-rocket-1-7", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    @Test func rule20ACoprRunThatFitsNothingIsCountedAloneAndClaimedByALaterCheck() {
        var world = World()
        world.push()
        world.copr(.started, sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.check(.accepted, at: 2, receivedAt: 100)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.copr(.succeeded, sentAt: 400)
        #expect(world.finishedInAll() == 0)
        world.check(success, at: 402)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success) == [400])
    }

    @Test func rule20AClaimedRunThatIsFinalStaysAsCounted() {
        var world = World()
        world.push()
        world.copr(.started, sentAt: 60)
        world.copr(.succeeded, sentAt: 400)
        #expect(world.finished(.success) == 1)
        world.check(.accepted, at: 2, receivedAt: 500)
        world.check(failure, at: 402, receivedAt: 501)
        world.wait(until: 1000)
        #expect(world.queued() == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
    }

    @Test func rule20OneThatFitsSeveralOpenRunsWaitsAndThenCountsByItself() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 3)
        world.copr(.started, sentAt: 60, receivedAt: 61)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.wait(until: 61 + 899.999)
        #expect(world.queued() == 2)
        world.wait(until: 61 + 900)
        #expect(world.queued() == 3)
    }

    @Test func rule20OnceItsPullRequestIsKnownABuildFitsNoRunOfAnUnknownOne() {
        var world = World()
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 2)
        world.check(.build.with { $0.sha = "c" }, .accepted, at: 3)
        world.copr(.started, sentAt: 60)
        #expect(world.queued() == 2)
        world.close(at: 100)
        #expect(world.queued() == 3)
    }

    @Test func rule20TheChoiceIsMadeAgainAtEachNewFact() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 3)
        world.copr(.started, sentAt: 60)
        world.check(.build.with { $0.externalID = "e2" }, success, at: 50, receivedAt: 70)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 2)
        #expect(world.queued() == 2)
    }

    @Test func rule20ATestingFarmRequestFitsByItsIDInASummary() {
        var world = World()
        world.check(.test.with { $0.requestID = "r1" }, .queued, at: 0)
        world.testingFarm(.started, created: 2, started: 40, receivedAt: 50)
        #expect(world.queued(.testRun) == 1)
        #expect(world.started(.testRun) == 1)
    }

    @Test func rule20ATestingFarmRequestFitsByItsVariables() {
        var world = World()
        world.check(.test, .waiting, at: 0)
        world.testingFarm(.queued, created: 100, sha: "a", receivedAt: 102)
        #expect(world.queued(.testRun) == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.check(.test.with { $0.requestID = "r1" }, success, at: 400)
        #expect(world.durations(.success, .testRun) == [300])
        #expect(world.queued(.testRun) == 1)
    }

    @Test func rule20ATestingFarmRequestFitsByTheBuildItTests() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(.test, .waiting, at: 3)
        world.copr(.started, sentAt: 60)
        world.testingFarm(.queued, created: 100, buildID: 77, receivedAt: 102)
        #expect(world.queued(.testRun) == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    @Test func rule20ATestingFarmRequestAloneIsARunOfThePrimaryUnlessItsContextSaysOtherwise() {
        var world = World()
        world.testingFarm(.started, deployment: nil, created: 0, started: 30, receivedAt: 40)
        world.testingFarm(
            .finished(.failure, .stated), deployment: nil, created: 0, started: 30, finished: 90, receivedAt: 100)
        world.wait(until: 500)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finished(.failure, .testRun) == 1)
        #expect(world.durations(.failure, .testRun) == [90])
    }

    @Test func rule20ASourceBuildIsNoRunAndItsFailureEndsTheChrootsKnownByItsBackendAlone() {
        var world = World()
        world.copr(.started, chroot: nil, sentAt: 10)
        world.copr(.succeeded, chroot: nil, sentAt: 20)
        #expect(world.queued() == 0)
        world.copr(.started, sentAt: 30)
        world.copr(.failed, chroot: nil, sentAt: 40)
        world.wait(until: 1000)
        #expect(world.finished(.failure) == 1)
    }

    @Test func rule20ACoprFailureWithoutAStartIsARunThatStartedWhenItsEndIsCounted() {
        var world = World()
        world.copr(.failed, sentAt: 30)
        #expect(world.queued() == 1)
        #expect(world.started() == 0)
        #expect(world.settling() == 1)
        world.wait(until: 500)
        #expect(world.started() == 1)
        #expect(world.finished(.failure) == 1)
    }

    @Test func rule21ANotificationChangesNothing() {
        var world = World()
        world.observe(.testRunHinted(requestID: "r1"), receivedAt: 0)
        world.wait(until: 1000)
        #expect(world.counters.isEmpty)
    }

    /// Renamed while a build was under way, whose project in Copr keeps the old name.
    @Test(arguments: [false, true])
    func rule20ARenamedRepositoryIsFoundUnderItsOldNameToo(restarts: Bool) {
        var world = World()
        world.push("a", at: 0)
        world.check(.build, .accepted, at: 5)
        world.push("b", at: 30, number: 2, repository: World.repository(1, "acme/shuttle"))
        if restarts { world.restart() }
        world.copr(.started, project: "acme-rocket-1", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    @Test func rule20ACheckClaimsWhatWasBuiltUnderAnOldName() {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 10, number: 2, repository: World.repository(1, "acme/shuttle"))
        world.copr(.started, project: "acme-rocket-1", sentAt: 60)
        world.check(
            World.Check.build.with { $0.repository = World.repository(1, "acme/shuttle") }, .accepted, at: 20,
            receivedAt: 90)
        #expect(world.queued() == 1)
    }

    // MARK: What does not fit

    private static func build(_ identifier: String) -> World.Check {
        .build.with {
            $0.name = CheckName(
                text: "rpm-build:\(World.chroot):\(identifier)", subject: .build, chroot: World.chroot,
                identifier: identifier)
        }
    }

    @Test func rule20TheIdentifierIsPartOfTheGeneratedName() {
        var world = World()
        world.push()
        world.check(Self.build("cli"), .accepted, at: 2)
        world.copr(.started, build: 1, project: "acme-rocket-1-gui", sentAt: 60)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.copr(.started, build: 2, project: "acme-rocket-1-cli", sentAt: 61)
        #expect(world.queued() == 2)
        #expect(world.started() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    @Test func rule20TheNumberOfAPullRequestIsNotTheBeginningOfAnother() {
        var world = World()
        world.push(number: 1)
        world.check(.accepted, at: 2)
        world.copr(.started, project: "acme-rocket-12", sentAt: 60)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    @Test func rule20ATestingFarmRequestOfAnotherDeploymentFitsNothing() {
        for check in [World.Check.test, .test.with { $0.requestID = "r1" }] {
            var world = World()
            world.check(check, .queued, at: 0)
            world.testingFarm(.started, deployment: World.stg, created: 2, started: 40, sha: "a", receivedAt: 50)
            #expect(world.queued(.testRun, World.stg) == 1)
            #expect(world.started(.testRun, World.prod) == 0)
            #expect(world.gauge(.unjoinedRuns) == 1)
        }
    }

    @Test func rule20ABuildThatWasQueuedAfterTheCoprRunIsAnother() {
        for (queuedAt, queued) in [(60.0, Int64(1)), (61, 2)] {
            var world = World()
            world.push()
            world.check(.accepted, at: queuedAt)
            world.copr(.started, sentAt: 60, receivedAt: 100)
            #expect(world.queued() == queued)
            #expect(world.gauge(.unjoinedRuns) == queued - 1)
        }
    }

    @Test func rule20ABuildThatHadEndedBeforeTheCoprRunIsAnother() {
        for (endedAt, queued) in [(60.0, Int64(1)), (59, 2)] {
            var world = World()
            world.push()
            world.check(.accepted, at: 2)
            world.check(success, at: endedAt)
            world.copr(.started, sentAt: 60, receivedAt: 100)
            #expect(world.queued() == queued)
        }
    }

    @Test func rule20ABuildThatHoldsACoprRunTakesNoOther() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.copr(.started, build: 77, sentAt: 60)
        world.copr(.started, build: 78, sentAt: 61)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    /// What the check showed when it claimed the run is that run, whatever comes between; another number is another
    /// run.
    @Test func rule20AClaimedRunThatIsFinalIsDividedNoMore() {
        let job = { (id: Int64) in JobLink(job: .testingFarm, id: id) }
        var world = World()
        world.testingFarm(success, created: 0, started: 30, finished: 90, receivedAt: 100)
        #expect(world.finished(.success, .testRun) == 1)
        world.check(.test.with { $0.id = 10 }, .waiting, at: 0, receivedAt: 200)
        world.check(
            .test.with {
                $0.id = 30; $0.requestID = "r1"; $0.job = job(7)
            }, success, at: 95, receivedAt: 201)
        world.check(.test.with { $0.id = 15 }, .queued, at: 30, receivedAt: 299)
        #expect(world.queued(.testRun) == 1)
        world.check(
            .test.with {
                $0.id = 20; $0.job = job(6)
            }, .queued, at: 40, receivedAt: 300)
        world.wait(until: 1000)
        #expect(world.queued(.testRun) == 2)
        #expect(world.finished(.success, .testRun) == 1)
        #expect(world.finished(.superseded, .testRun) == 1)
    }

    @Test func rule20ATestingFarmRequestNeedsTheChrootOfItsCheck() {
        var world = World()
        world.check(.test, .queued, at: 0)
        world.testingFarm(.started, created: 2, started: 40, sha: "a", chroot: "fedora-40-x86_64", receivedAt: 50)
        #expect(world.queued(.testRun) == 2)
    }

    @Test func rule20ATestThatNamesAnotherRequestTakesNone() {
        var world = World()
        world.check(.test.with { $0.requestID = "r2" }, .queued, at: 0)
        world.testingFarm(.started, request: "r1", created: 2, started: 40, sha: "a", receivedAt: 50)
        #expect(world.queued(.testRun) == 2)
    }

    @Test func rule20ARunOfABoundEventFitsItsPullRequestOnly() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 1, number: 2)
        world.check(.build.with { $0.pullRequests = [1] }, .accepted, at: 2)
        world.copr(.started, project: "acme-rocket-2", sentAt: 60)
        #expect(world.queued() == 2)
    }

    // MARK: What fits

    @Test func rule20ThePackagesOfAMonorepoMayShareAProject() {
        var world = World()
        world.push()
        world.check(Self.build("cli"), .accepted, at: 2)
        world.copr(.started, project: "acme-rocket-1", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    @Test(arguments: [("main", "acme-rocket-main"), ("v1.0", "acme-rocket-releases")])
    func rule20BuildsOfPushesAndReleasesFitByTheirGeneratedNames(event: String, project: String) {
        let name = CheckName(
            text: "rpm-build:\(event):\(World.chroot)", subject: .build, event: event, chroot: World.chroot)
        var world = World()
        world.check(.build.with { $0.name = name }, .accepted, at: 2)
        world.copr(.started, project: project, sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    @Test func rule20WhereThePullRequestIsNotKnownItsRepositoryIsEnough() {
        var world = World()
        world.check(.accepted, at: 2)
        world.copr(.started, project: "acme-rocket-1", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    /// The pull request was never pushed to as far as is known; another has the commit as head.
    @Test func rule20WhatAStatusStatesOfItsPullRequestHoldsForAllRunsOfItsEvent() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.check(.build, .accepted, at: 5)
        world.check(.test.with { $0.pullRequests = [2] }, .waiting, at: 4, receivedAt: 7)
        world.copr(.started, project: "acme-rocket-2", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    // MARK: Which of several

    @Test func rule20OfSeveralThatFitTheOnlyOpenOneIsIt() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 3)
        world.check(.build.with { $0.externalID = "e2" }, success, at: 70)
        world.copr(.started, sentAt: 60, receivedAt: 80)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 2)
        #expect(world.queued() == 2)
    }

    /// The first of them is left for a build that began before the second was queued.
    @Test func rule20OfSeveralThatHaveEndedTheLastQueuedIsIt() {
        var world = World()
        world.push()
        for (event, queuedAt) in [("e1", 2.0), ("e2", 30)] {
            world.check(.build.with { $0.externalID = event }, .accepted, at: queuedAt)
            world.check(.build.with { $0.externalID = event }, success, at: 100, receivedAt: 110)
        }
        world.copr(.started, build: 77, sentAt: 60, receivedAt: 120)
        world.copr(.started, build: 78, sentAt: 20, receivedAt: 121)
        #expect(world.queued() == 2)
    }

    @Test func rule20ATestBesideItsBuildIsOfTheSameEvent() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(.test, .waiting, at: 3)
        world.check(.test.with { $0.externalID = "e2" }, .waiting, at: 3)
        world.copr(.started, sentAt: 60)
        world.testingFarm(.queued, created: 100, buildID: 77, receivedAt: 102)
        #expect(world.queued(.testRun) == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    /// One of the two that it fits ends at the very moment at which the wait for the choice does.
    @Test func rule20WhatEndsWhenTheWaitForAChoiceEndsWasOpenWhileItLasted() {
        var world = World { $0.settle = $0.joinWait }
        world.push("a", at: 0)
        let first = World.Check.test.with {
            $0.externalID = "e1"; $0.id = 1; $0.job = JobLink(job: .testingFarm, id: 1)
        }
        let second = World.Check.test.with {
            $0.externalID = "e2"; $0.id = 2
        }
        world.check(first, .started, at: 10)
        world.check(second, .queued, at: 20)
        world.testingFarm(.started, created: 30, started: 40, sha: "a", receivedAt: 50)
        // A newer run of the first one's lane.
        world.check(
            first.with {
                $0.id = 3; $0.job = JobLink(job: .testingFarm, id: 2); $0.requestID = "r2"
            }, failure, at: 45,
            receivedAt: 50)
        world.wait(until: 50 + 15 * 60)
        #expect(world.finished(.superseded, .testRun) == 1)
        #expect(world.queued(.testRun) == 4)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    /// That a head came back says nothing new of what a backend had shown alone.
    @Test func rule20APushToAnotherCommitLetsNoCheckClaim() {
        var world = World()
        let test = World.Check.test
        world.push("a", at: 0)
        world.check(test.with { $0.externalID = "e1" }, .accepted, at: 3)
        world.check(test.with { $0.externalID = "e2" }, .accepted, at: 3)
        world.testingFarm(.started, created: 100, started: 110, sha: "a", receivedAt: 120)
        // It fits both, waits, and is counted alone.
        world.wait(until: 120 + 15 * 60)
        #expect(world.queued(.testRun) == 1)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.push("b", at: 1200, action: .synchronize)
        world.push("a", at: 1300, action: .synchronize)
        world.check(test.with { $0.externalID = "e1" }, .accepted, at: 1310)
        // Now it fits one of them alone, but that was not reported.
        world.push("b", at: 1100, receivedAt: 1320, action: .synchronize)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    /// A run that only a backend showed opens on a commit when a check claims it, and that commit is no head any more.
    @Test func rule16WhatIsClaimedOnAnOldHeadOfSeveralIsSuperseded() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("b", at: 100, number: 1, action: .synchronize)
        world.push("a", at: 200, number: 2)
        world.push("b", at: 250, number: 2, action: .synchronize)
        world.testingFarm(.started, created: 150, started: 160, sha: "a", receivedAt: 300)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.check(.test, .started, at: 170, receivedAt: 400)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.wait(until: hour)
        #expect(world.durations(.superseded, .testRun) == [100])
        #expect(world.unfinished(.testRun) == 0)
    }
}
