import SLOCore
import Testing

/// docs/counting.md, rule 41: tests that were accepted and never submitted; and rule 27 for runs.
@Suite struct WaitingRuleTests {
    private func waiting(_ world: World) -> Int64 { world.gauge(.testRunsWaiting(World.prod)) }

    @Test func rule41AnAcceptedTestWaitsUntilItIsSubmitted() {
        var world = World()
        world.check(.test, .accepted, at: 4)
        world.check(.test, .waiting, at: 9)
        #expect(waiting(world) == 1)
        #expect(world.queued(.testRun) == 0)
        world.check(.test, .queued, at: 600)
        #expect(waiting(world) == 0)
    }

    @Test func rule41ItWaitsUntilTheHorizon() {
        var world = World()
        world.check(.test, .accepted, at: 4)
        world.wait(until: 7 * 24 * hour + 3.999)
        #expect(waiting(world) == 1)
        world.wait(until: 7 * 24 * hour + 4)
        #expect(waiting(world) == 0)
        #expect(world.queued(.testRun) == 0)
        #expect(world.recountedGauges == world.gauges.filter { $0.value != 0 })
    }

    @Test func rule41ItsEndAndAPushEndTheWait() {
        var world = World()
        world.push("a", at: 0)
        world.check(.test, .accepted, at: 4)
        world.check(.test, .finished(.skipped, .build), state: "failure", at: 60)
        #expect(waiting(world) == 0)
        world.push("b", at: 100, action: .synchronize)
        world.check(.test.with { $0.sha = "b" }, .accepted, at: 104)
        #expect(waiting(world) == 1)
        world.push("c", at: 200, action: .synchronize)
        #expect(waiting(world) == 0)
    }

    /// What GitHub ends of it is a check that Packit left behind: the later one still waits.
    @Test func rule41ATestStillWaitsWhereGitHubEndsAnEarlierCheck() {
        var world = World()
        let left = World.Check.test.with {
            $0.id = 354; $0.job = JobLink(job: .copr, id: 4)
        }
        world.check(.test.with { $0.id = 207 }, .accepted, at: 0)
        world.check(.test.with { $0.id = 420 }, .waiting, at: 600)
        world.check(left, .finished(.skipped, .build), state: "cancelled", at: 2000)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 1)
    }

    /// The commit became the head again: what waited before is given up.
    @Test func rule41OfALaneOnlyTheLatestTestWaits() {
        var world = World()
        world.push("a", at: 0)
        world.push("a", at: 1, number: 2)
        world.check(.test, .accepted, at: 4)
        world.push("b", at: 100, number: 2, action: .synchronize)
        world.push("a", at: 200, number: 2, action: .synchronize)
        world.check(.test, .accepted, at: 204)
        #expect(waiting(world) == 1)
        world.check(.test, .queued, at: 600)
        #expect(waiting(world) == 0)
        #expect(world.queued(.testRun) == 1)
    }

    @Test func rule41ItWaitsSinceItWasFirstAccepted() {
        var world = World { $0.horizon = .hours(24) }
        world.check(.test.with { $0.isCommitStatus = true }, .accepted, at: 9 * hour, receivedAt: 0)
        world.check(.test.with { $0.isCommitStatus = true }, .accepted, at: 6 * hour)
        world.wait(until: 24 * hour)
        #expect(waiting(world) == 0)
    }

    @Test func rule41OnlyWhatShowedAcceptedWaits() {
        var world = World()
        world.check(.test, .waiting, at: 9)
        #expect(waiting(world) == 0)
    }

    @Test func rule41WhatWaitsForLongIsAmongWhatIsOpen() {
        var world = World()
        world.check(.test, .accepted, at: 4)
        world.wait(until: hour)
        #expect(world.timeline.ledger.waitingTests.count == 1)
        #expect(world.timeline.ledger.waitingTests.first?.acceptedAt == World.at(4))
        world.check(.test, .queued, at: 2 * hour)
        #expect(world.timeline.ledger.waitingTests.isEmpty)
    }

    // MARK: Rule 27

    /// A run of last week, received only now: its end is received a moment later.
    @Test func rule27ARunThatIsReceivedAfterItsDeadlineIsNotJudgedAtOnce() {
        var world = World()
        let day = 24 * hour
        world.check(.accepted, at: 0, receivedAt: 8 * day)
        #expect(world.unfinished() == 1)
        world.check(success, at: 600, receivedAt: 8 * day + 1)
        #expect(world.durations(.success) == [600])
        #expect(world.good(.builds) == 1)
        #expect(world.bad(.builds) == 0)
    }

    @Test func rule27WithoutAnEndItIsJudgedAGraceAfterItWasReceived() {
        var world = World()
        let heard = 8 * 24 * hour
        world.check(.accepted, at: 0, receivedAt: heard)
        world.wait(until: heard + 299.999)
        #expect(world.overdue() == 0)
        #expect(world.finishedInAll() == 0)
        #expect(world.bad(.builds) == 0)
        world.wait(until: heard + 300)
        #expect(world.bad(.builds) == 1)
        #expect(world.finished(.error) == 1)
    }

    /// A recording that is sent to a live server: the second end came long after the first had settled.
    @Test func rule27WhatIsReceivedLateSettlesByItsOwnTime() {
        var world = World()
        let heard = 24 * hour
        world.check(.accepted, at: 0, receivedAt: heard)
        world.check(failure, at: 100, receivedAt: heard + 0.1)
        world.check(success, at: 1000, receivedAt: heard + 0.2)
        #expect(world.settling() == 1)
        world.wait(until: heard + 121)
        #expect(world.finished(.failure) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
    }

    @Test func rule27ASuccessWithinTheSettleCountsHoweverLateBothAreReceived() {
        var world = World()
        let heard = 24 * hour
        world.check(.accepted, at: 0, receivedAt: heard)
        world.check(failure, at: 100, receivedAt: heard + 0.1)
        world.check(success, at: 160, receivedAt: heard + 0.2)
        world.wait(until: heard + hour)
        #expect(world.durations(.success) == [100])
        #expect(world.revised == 0)
    }

    /// The push had long superseded it when its end came.
    @Test(arguments: [(200.0, false), (1000.0, true)])
    func rule27WhatIsReceivedLateIsSupersededByItsOwnTime(endedAt: Double, isSuperseded: Bool) {
        var world = World()
        let heard = 24 * hour
        world.push("a", at: 0, receivedAt: heard)
        world.check(.accepted, at: 3, receivedAt: heard + 0.1)
        world.push("b", at: 100, receivedAt: heard + 0.2, action: .synchronize)
        world.check(success, at: endedAt, receivedAt: heard + 0.3)
        world.wait(until: heard + hour)
        #expect(world.finished(.superseded) == (isSuperseded ? 1 : 0))
        #expect(world.finished(.success) == (isSuperseded ? 0 : 1))
        #expect(world.revised == (isSuperseded ? 1 : 0))
    }
}
