import SLOCore
import Testing

/// docs/counting.md, rules 20 and 31: what a number shows of a backend's run, and what becomes of one that has lost its
/// run.
@Suite struct JoinNumberRuleTests {
    private static let version = "1.0-1.20261005120002.pr1.3.gaaaaaaa"

    private func joins(_ world: World, _ proof: JoinProof) -> Int64 { world.counters[.joins(proof)] ?? 0 }

    private static func test(_ event: String) -> World.Check { .test.with { $0.externalID = event } }

    // MARK: Versions

    /// Its project reads like another repository's.
    @Test(arguments: [true, false])
    func rule31AVersionFindsItsCommitInWhateverRepository(isBuiltFirst: Bool) {
        var world = World()
        let check = World.Check.build.with { $0.sha = "aaaaaaa1" }
        if !isBuiltFirst { world.check(check, .accepted, at: 2) }
        world.copr(.started, project: "acme-other-7", sentAt: 60, version: Self.version)
        if isBuiltFirst { world.check(check, .accepted, at: 2, receivedAt: 70) }
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(joins(world, .proven) == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    /// Two builds and two runs of one commit: none takes the other's from it for ever.
    @Test func rule31AVersionThatDecidesNothingTakesNoRunFromAnother() {
        var world = World()
        world.push("aaaaaaa1")
        for (event, job) in [("e1", 5), ("e2", 6)] {
            world.check(
                .build.with {
                    $0.sha = "aaaaaaa1"; $0.externalID = event
                }, .accepted, at: Double(job))
        }
        for build in 1...3 {
            world.copr(.started, build: Int64(build), sentAt: 60, receivedAt: 61, version: Self.version)
        }
        for (event, job) in [("e1", 5), ("e2", 6)] {
            let check = World.Check.build.with {
                $0.sha = "aaaaaaa1"
                $0.externalID = event
                $0.job = JobLink(job: .copr, id: Int64(job))
            }
            world.check(check, .started, at: 62 + Double(job))
        }
        world.wait(until: 2000)
        #expect(world.queued() == 3)
        #expect(joins(world, .proposed) == 2)
    }

    /// Two packages of a commit fit a build of an unknown pull request, until that is known to have another commit.
    @Test func rule31AVersionWaitsNoLongerForRunsOfAnotherPullRequest() {
        var world = World()
        for identifier in ["one", "two"] {
            let name = CheckName(
                text: "rpm-build:\(World.chroot):\(identifier)", subject: .build, chroot: World.chroot,
                identifier: identifier)
            let check = World.Check.build.with {
                $0.name = name
                $0.sha = "aaaaaaa1"
            }
            world.check(check, .accepted, at: 2)
        }
        world.copr(.started, project: "acme-other-1", sentAt: 60, version: Self.version)
        #expect(world.queued() == 2)
        world.push("b", at: 90)
        #expect(world.queued() == 3)
    }

    // MARK: Requests

    @Test func rule31ASummaryOutweighsWhatItsRunHoldsWithoutProof() {
        var world = World()
        world.check(Self.test("e1"), .queued, at: 0)
        world.check(Self.test("e2"), .queued, at: 1)
        world.testingFarm(.started, request: "r1", created: 2, started: 40, sha: "a", receivedAt: 50)
        world.check(Self.test("e2").with { $0.job = JobLink(job: .testingFarm, id: 5) }, .started, at: 60)
        #expect(joins(world, .proposed) == 1)
        world.check(
            Self.test("e2").with {
                $0.job = JobLink(job: .testingFarm, id: 5); $0.requestID = "r2"
            }, .started, at: 61)
        world.testingFarm(.started, request: "r2", created: 2, started: 40, sha: "a", receivedAt: 70)
        #expect(joins(world, .proven) >= 1)
        world.testingFarm(error, request: "r2", created: 2, started: 40, finished: 90, sha: "a", receivedAt: 95)
        world.check(
            Self.test("e2").with {
                $0.job = JobLink(job: .testingFarm, id: 5); $0.requestID = "r2"
            }, failure, at: 100)
        world.wait(until: 400)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(world.queued(.testRun) == 2)
    }

    /// A number that is received late gives the first run a job of its own, so that what links the other request is of
    /// the second run.
    @Test func rule31ARequestIsJoinedWithTheRunToWhichItsFactMoves() {
        var world = World()
        func test(_ id: Int64, job: Int64? = nil, request: String? = nil) -> World.Check {
            Self.test("e1").with {
                $0.id = id
                $0.job = job.map { JobLink(job: .testingFarm, id: $0) }
                $0.requestID = request
            }
        }
        world.check(test(1), .queued, at: 0)
        world.testingFarm(error, request: "r1", created: 5, finished: 100, sha: "a", receivedAt: 110)
        world.check(test(3), .waiting, at: 200)
        world.check(test(4), .queued, at: 210)
        world.testingFarm(.started, request: "r2", created: 220, started: 230, receivedAt: 240)
        world.check(test(5, job: 27, request: "r2"), .started, at: 320)
        #expect(joins(world, .proven) == 1)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.check(test(2, job: 20), .queued, at: 6, receivedAt: 330)
        #expect(joins(world, .proven) == 2)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    /// The one is of a pull request, the other of nobody knows which of two.
    @Test func rule31BoundTestsGoBeforeUnboundOnes() {
        var world = World()
        world.push("s", at: 0, number: 1)
        world.push("s", at: 1, number: 2)
        world.check(Self.test("both").with { $0.sha = "s" }, .queued, at: 5)
        world.check(
            Self.test("one").with {
                $0.sha = "s"; $0.pullRequests = [1]
            }, .queued, at: 6)
        world.testingFarm(.started, created: 7, started: 40, sha: "s", receivedAt: 50)
        #expect(world.started(.testRun) == 1)
        #expect(joins(world, .proposed) == 1)
    }

    // MARK: What has lost its run

    /// It was counted alone: it is part of another, for which alone the budget is spent.
    @Test func rule31WhatTurnsOutToBePartOfAnotherSpendsNoBudget() {
        var world = World()
        world.check(Self.test("e1"), .queued, at: 0)
        world.testingFarm(error, created: 0, started: 40, finished: 13 * hour, chroot: nil, receivedAt: 13 * hour)
        #expect(world.queued(.testRun) == 2)
        world.check(Self.test("e1").with { $0.requestID = "r1" }, .started, at: 50, receivedAt: 13 * hour + 1)
        #expect(world.finished(.superseded, .testRun) == 1)
        world.wait(until: 14 * hour)
        #expect(world.bad(.testRuns) == 1)
        #expect(world.good(.testRuns) == 0)
    }

    /// What was taken for a build's check is a test's: the build is looked for elsewhere.
    @Test func rule29ABuildWhoseCheckTurnsOutToBeATestsLooksForAnother() {
        let check = World.Check.build.with {
            $0.name = CheckName(
                text: "ci on \(World.chroot)", subject: .unknown, chroot: World.chroot)
        }
        var world = World()
        world.push()
        world.copr(.started, sentAt: 60)
        world.check(
            check.with { $0.job = JobLink(job: .copr, id: 5) }, success, asTest: .finished(.skipped, .build), at: 100)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
        world.check(
            check.with { $0.job = JobLink(job: .testingFarm, id: 6) }, .unclear, asTest: .queued, at: 120)
        #expect(world.queued(.testRun) == 1)
        // Its own check comes, and claims it.
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.check(.build, .started, at: 60, receivedAt: 130)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.queued() == 2)
        #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges)
    }

    // MARK: Newer runs

    /// The newer one ended at its backend, before its check was received.
    @Test func rule28AClaimedRunThatHadEndedEndsTheOlderOnes() {
        var world = World()
        world.push()
        world.check(.build, .accepted, at: 0)
        world.copr(.started, build: 1, sentAt: 10)
        world.copr(.succeeded, build: 2, sentAt: 100)
        #expect(world.finished(.success) == 1)
        world.check(.build, .accepted, at: 50, receivedAt: 110)
        world.wait(until: 110 + 901)
        #expect(world.finished(.superseded) == 1)
        #expect(world.queued() == 2)
    }

    private static let later = 15 * hour

    /// A request was joined with a test that waits, as its submission, and turned out to be another's.
    private static func testThatWaitsAgain() -> World {
        var world = World()
        let test = { (event: String, id: Int64) in
            World.Check.test.with {
                $0.externalID = event; $0.job = JobLink(job: .testingFarm, id: id)
            }
        }
        world.push("a", at: 0)
        world.check(test("e2", 12), .unclear, asTest: .queued, at: 5)
        world.check(test("e1", 11), .unclear, asTest: .queued, at: 10)
        world.check(test("e2", 12), .unclear, asTest: failure, state: "failure", at: 60)
        world.testingFarm(failure, created: 9, started: 50, finished: 200, sha: "a", receivedAt: 201)
        world.check(.test.with { $0.externalID = "e1" }, .started, asTest: .waiting, at: 10 * hour)
        world.testingFarm(.started, request: "r2", created: later, sha: "a", receivedAt: later + 5)
        #expect(world.queued(.testRun) == 3)
        let shown = test("e3", 35).with { $0.requestID = "r2" }
        world.check(shown, .unclear, asTest: .started, at: later + 3, receivedAt: later + 6)
        #expect(world.queued(.testRun) == 4)
        return world
    }

    @Test func rule28ATestThatWaitsAgainSupersedesNothing() {
        var world = Self.testThatWaitsAgain()
        world.wait(until: Self.later + hour)
        #expect(world.finished(.superseded, .testRun) == 0)
        #expect(world.unfinished(.testRun) == 3)
    }

    @Test func rule28ATestThatWaitsAgainSupersedesOnceItIsSubmitted() {
        var world = Self.testThatWaitsAgain()
        let submitted = Self.later + 65
        world.testingFarm(.started, request: "r3", created: submitted - 5, sha: "a", receivedAt: submitted)
        #expect(world.queued(.testRun) == 4)
        world.wait(until: submitted + 119)
        #expect(world.finished(.superseded, .testRun) == 0)
        world.wait(until: submitted + 120)
        #expect(world.finished(.superseded, .testRun) == 1)
    }

    private static let templated = World.Check.test.with {
        $0.name = CheckName(text: "The tests", subject: .testRun)
    }

    /// A push that is received late divides the lane. What turns out to be a test of its own is the one that was
    /// counted by its request alone.
    @Test func rule20ATestThatALatePushDividesClaimsItsRequest() {
        var world = World()
        world.push("a")
        world.check(.test, .accepted, at: 10)
        world.testingFarm(.queued, request: "r1", created: 60, sha: "a", receivedAt: 61)
        world.push("b", at: 1000, action: .synchronize)
        world.wait(until: 2000)
        world.check(.test, .waiting, at: 3010)
        world.testingFarm(.started, request: "r2", created: 3100, started: 3110, sha: "a", receivedAt: 3111)
        #expect(world.queued(.testRun) == 2)
        let submitted = World.Check.test.with { $0.job = JobLink(job: .testingFarm, id: 42) }
        world.check(submitted, .queued, at: 3100, receivedAt: 3112)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.push("a", at: 3000, receivedAt: 3120, action: .synchronize)
        #expect(world.queued(.testRun) == 2)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    @Test func rule20ARequestFitsATestWhoseNameHasNoChroot() {
        var world = World()
        world.push(at: 0)
        world.check(Self.templated, .queued, at: 10)
        world.testingFarm(.queued, created: 9, sha: "a", receivedAt: 11)
        world.check(Self.templated.with { $0.requestID = "r1" }, .started, at: 60)
        #expect(world.queued(.testRun) == 1)
    }

    @Test func rule20ATestWithTheChrootIsPreferredToOneWhoseNameHasNone() {
        var world = World()
        world.push(at: 0)
        world.check(Self.templated, .queued, at: 10)
        world.check(.test, .queued, at: 10)
        world.testingFarm(.started, created: 9, started: 30, sha: "a", receivedAt: 31)
        world.check(Self.templated, success, at: 600)
        world.check(.test, success, at: 700)
        #expect(world.queued(.testRun) == 2)
        #expect(Set(world.durations(.success, .testRun)) == [590, 691])
    }
}
