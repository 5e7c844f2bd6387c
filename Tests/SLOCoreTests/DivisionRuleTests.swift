import SLOCore
import Testing

/// Rule 12: what a late opening does to a run that was counted already.
@Suite struct DivisionRuleTests {
    /// The end that a run settles on turns out to be a newer run's. Nobody has said how the older one ended.
    @Test func rule12AnEndThatBelongsToANewerRunIsTakenBackWhileItSettles() {
        var world = World()
        let test = World.Check.test
        world.check(test.with { $0.id = 1 }, .queued, at: 0)
        world.check(test.with { $0.id = 5 }, .finished(.error, .stated), at: 60)
        #expect(world.settling(.testRun) == 1)
        // A build's state after the submission: a new run, which the end belongs to.
        world.check(test.with { $0.id = 3 }, .waiting, at: 30, receivedAt: 62)
        #expect(world.unfinished(.testRun) == 1)
        world.wait(until: hour)
        #expect(world.finished(.failure, .testRun) == 0)
        #expect(world.queued(.testRun) == 2)
        #expect(world.finished(.superseded, .testRun) == 1)
        #expect(world.finished(.error, .testRun) == 1)
    }

    /// A late end shows that what was thought one run's beginning came after that run's end: both go on, and no third
    /// is made up.
    @Test func rule28WhatCarriesNoNumberIsNotOfARunThatANumberHasClosed() {
        var world = World()
        let test = World.Check.test
        func job(_ number: Int64) -> JobLink { JobLink(job: .testingFarm, id: number) }
        world.check(test.with { $0.id = 12 }, .queued, at: 600)
        world.check(
            test.with {
                $0.id = 8; $0.job = job(4)
            }, .queued, at: 0, receivedAt: 602)
        world.check(
            test.with {
                $0.id = 13; $0.job = job(11)
            }, .finished(.failure, .stated), at: 630)
        #expect(world.queued(.testRun) == 2)
        world.check(
            test.with {
                $0.id = 10; $0.job = job(4)
            }, .finished(.failure, .stated), at: 40, receivedAt: 633)
        world.wait(until: hour)
        #expect(world.queued(.testRun) == 2)
        #expect(world.durations(.failure, .testRun) == [40])
        #expect(world.finished(.failure, .testRun) == 2)
        #expect(world.unfinished(.testRun) == 0)
    }

    /// Two were counted, since the head seemed to have come back between them. It had come back before both.
    @Test func rule12ARunThatTurnsOutToBePartOfAnotherEndsAndSpendsNothing() {
        var world = World()
        let test = World.Check.test
        world.push("a", at: 0)
        world.push("b", at: 55, action: .synchronize)
        world.check(test, .accepted, at: 60)
        world.testingFarm(.queued, created: 61, sha: "a", receivedAt: 62)
        world.push("a", at: 110, action: .synchronize)
        world.check(test, .accepted, at: 112)
        world.check(test, .queued, at: 115)
        #expect(world.queued(.testRun) == 2)
        world.push("a", at: 57, receivedAt: 119, action: .synchronize)
        #expect(world.queued(.testRun) == 2)
        #expect(world.finished(.superseded, .testRun) == 1)
        #expect(world.durations(.superseded, .testRun).isEmpty)
        #expect(world.unfinished(.testRun) == 1)
        // The request is of the one that is left.
        world.testingFarm(
            .finished(.error, .stated), created: 61, started: 70, finished: 150, sha: "a", receivedAt: 151)
        world.check(test, .finished(.failure, .unclassified), at: 160)
        world.wait(until: hour)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(world.good(.testRuns) == 0)
        #expect(world.bad(.testRuns) == 1)
    }

    /// It comes late and lies between two facts of a run that is final: it divides neither that nor what follows.
    @Test func rule12ABuildsEndEndsNoTestThatWasSubmittedAfterIt() {
        var world = World()
        let test = World.Check.test
        world.push("a", at: 0)
        world.push("b", at: 5, action: .synchronize)
        world.check(test.with { $0.id = 1 }, .accepted, at: 10)
        world.check(test.with { $0.id = 3 }, .queued, at: 20)
        world.wait(until: 200)
        #expect(world.finished(.superseded, .testRun) == 1)
        world.check(test.with { $0.id = 4 }, .queued, at: 201)
        world.check(test.with { $0.id = 2 }, .finished(.skipped, .build), at: 15, receivedAt: 210)
        world.wait(until: hour)
        #expect(world.queued(.testRun) == 1)
    }

    @Test func rule12AReturnThatIsReceivedLaterDividesWhatWaits() {
        var world = World()
        let test = World.Check.test
        world.push("a", at: 0)
        world.check(test, .accepted, at: 5)
        world.testingFarm(.queued, created: 10, sha: "a", receivedAt: 12)
        world.push("a", at: 200, action: .synchronize)
        world.check(test, .accepted, at: 210)
        #expect(world.queued(.testRun) == 1)
        // It had left the commit meanwhile.
        world.push("b", at: 100, receivedAt: 220, action: .synchronize)
        world.wait(until: 400)
        #expect(world.durations(.superseded, .testRun) == [90])
        world.check(test, .started, at: 500)
        #expect(world.queued(.testRun) == 2)
        #expect(world.unfinished(.testRun) == 1)
    }

    /// What is received about a final run's beginning after its end belongs to it as far as is known, and may turn out
    /// to be another's.
    @Test func rule15AFinalRunKeepsNoFactsThatWereGivenToItLater() {
        var world = World { $0.settle = .seconds(20) }
        func check(_ id: Int64, _ job: JobLink?, _ step: Step, at: Double, receivedAt: Double) {
            world.check(
                World.Check.build.with {
                    $0.id = id; $0.job = job
                }, step, at: at, receivedAt: receivedAt)
        }
        check(995, JobLink(job: .srpm, id: 12), .queued, at: 643, receivedAt: 2623)
        check(900, JobLink(job: .copr, id: 17), .started, at: 0, receivedAt: 2624)
        check(1139, JobLink(job: .copr, id: 18), .finished(.success, .stated), at: 846, receivedAt: 2631)
        check(934, nil, .accepted, at: 240, receivedAt: 2641)
        #expect(world.queued() == 2)
        // Another job between what was accepted and the end: a third run.
        check(1108, JobLink(job: .copr, id: 14), .started, at: 765, receivedAt: 2644)
        world.wait(until: 2 * hour)
        #expect(world.queued() == 3)
        #expect(world.finished(.superseded) == 2)
        #expect(world.durations(.superseded) == [606])
        #expect(world.finished(.success) == 1)
    }

    @Test func rule16ItSettlesFromWhenItWasFirstKnownThatSomethingSupersededIt() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 10)
        world.push("b", at: 50, action: .synchronize)
        // What superseded it is another push now; that it was superseded is known since 51.
        world.push("b", at: 30, receivedAt: 100, action: .synchronize)
        world.wait(until: 170.999)
        #expect(world.finished(.superseded) == 0)
        world.wait(until: 171)
        #expect(world.durations(.superseded) == [20])
    }

    /// A delivery that comes again brings no new chance to be joined.
    @Test func rule20ARepeatedCheckClaimsNothing() {
        func claimed(repeating: Bool) -> Int64 {
            var world = World()
            let test = World.Check.test.with { $0.id = 9 }
            world.push("a", at: 0)
            world.check(World.Check.build, .accepted, at: 3)
            world.testingFarm(.finished(.canceled, .stated), created: 100, finished: 101, buildID: 77, receivedAt: 102)
            world.check(test, .waiting, at: 90, receivedAt: 103)
            world.copr(.started, sentAt: 50, receivedAt: 104)
            if repeating { world.check(test, .waiting, at: 90, receivedAt: 105) }
            world.wait(until: hour)
            return world.finished(.canceled, .testRun)
        }
        #expect(claimed(repeating: false) == 1)
        #expect(claimed(repeating: true) == 1)
    }

    @Test func rule12StatusesStandAmongChecksByTheirTime() {
        func told(_ order: [Int]) -> World {
            var world = World()
            let status = World.Check.build.with {
                $0.isCommitStatus = true; $0.id = 900
            }
            for (place, what) in order.enumerated() {
                let received = 100 + Double(place)
                switch what {
                case 0: world.check(World.Check.build.with { $0.id = 7 }, .accepted, at: 0, receivedAt: received)
                case 1: world.check(status, .started, at: 20, receivedAt: received)
                default:
                    let end = World.Check.build.with { $0.id = 9 }
                    world.check(end, .finished(.error, .stated), at: 40, receivedAt: received)
                }
            }
            world.wait(until: hour)
            return world
        }
        for order in [[0, 1, 2], [0, 2, 1]] {
            let world = told(order)
            #expect(world.queued() == 1)
            #expect(world.durations(.error) == [40])
        }
    }

    /// It lies between the facts of one run that is counted, though others show numbers there by now.
    @Test func rule15NothingThatComesLateDividesWhatNoNumberTellsApart() {
        var world = World()
        world.check(.build.with { $0.id = 9 }, failure, at: 270)
        world.check(.build.with { $0.id = 2 }, .queued, at: 0, receivedAt: 280)
        world.wait(until: 400)
        #expect(world.finished(.failure) == 1)
        let ended = World.Check.build.with {
            $0.id = 5; $0.job = JobLink(job: .copr, id: 6)
        }
        world.check(ended, failure, at: 240, receivedAt: 410)
        world.check(.build.with { $0.id = 6 }, .accepted, at: 260, receivedAt: 411)
        #expect(world.queued() == 1)
        #expect(world.unfinished() == 0)
    }

    /// What lies between the states of a run that is final, and was received before, is not late.
    @Test func rule15WhatWasReceivedBeforeARunBecameFinalStaysAnotherRun() {
        var world = World()
        let check = World.Check.build.with { $0.id = 10 }
        let status = World.Check.build.with {
            $0.isCommitStatus = true; $0.externalID = ""
        }
        world.check(check, .accepted, at: 0)
        world.check(status.with { $0.id = 1 }, .accepted, at: 500, receivedAt: 1)
        world.check(check, .finished(.canceled, .stated), state: "cancelled", at: 7200, receivedAt: 2)
        world.wait(until: 400)
        #expect(world.finished(.canceled) == 1)
        world.check(status.with { $0.id = 2 }, .started, at: 501)
        #expect(world.queued() == 2)
        #expect(world.finished(.superseded) == 0)
        #expect(world.unfinished() == 1)
    }
}
