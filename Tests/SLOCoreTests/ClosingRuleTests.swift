import SLOCore
import Testing

/// Rule 34: a close that comes first teaches the head of its pull request.
@Suite struct ClosingRuleTests {
    @Test func rule34ABuildFindsThePullRequestThatWasClosedFirst() {
        var world = World()
        world.close(at: 10, head: "a", createdAt: 0)
        world.check(.accepted, at: 20)
        world.copr(.started, sentAt: 60)
        world.check(.started, at: 70)
        world.push("a", at: 0, receivedAt: 120)
        world.copr(.succeeded, sentAt: 200)
        world.check(success, at: 210)
        world.wait(until: 600)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.judged(.excluded) == 1)
    }

    @Test func rule34AClosingStartsNoChange() {
        var world = World()
        world.close(at: 100, head: "a", createdAt: 0)
        world.wait(until: 1000)
        #expect(world.seen() == 0)
    }

    @Test func rule34WhatWasFirstSeenBeforeTheCloseIsBoundByIt() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.close(at: 100, number: 1, head: "a", createdAt: 0)
        world.push("a", at: 50, receivedAt: 101, number: 2)
        // Two pull requests had the commit then: it answers both.
        world.check(.accepted, at: 60, receivedAt: 110)
        #expect(world.judged(.onTime, .listed) == 1)
        // Of this one only the first was open.
        world.check(World.Check.build.with { $0.externalID = "e2" }, .accepted, at: 20, receivedAt: 111)
        world.push("a", at: 0, receivedAt: 120, number: 1)
        world.wait(until: 1000)
        #expect(world.judged(.late, .listed) == 1)
        #expect(world.initialStatusTimes().sorted() == [10, 20])
    }

    @Test func rule34AHeadWhosePushWasNotReceivedIsKnownByTheClose() {
        var world = World()
        world.push("a", at: 0)
        world.close(at: 300, head: "b", createdAt: 0)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 310)
        world.copr(.started, sentAt: 320)
        world.wait(until: 400)
        #expect(world.queued() == 1)
    }

    /// It was open with the commit as head when the other pull request was pushed to.
    @Test func rule34AClosingMayShowThatAPushEndedNothing() {
        var world = World()
        world.push("a", at: 0)
        world.check(.build, .queued, at: 60)
        world.push("b", at: 100, action: .synchronize)
        world.close(at: 200, number: 2, head: "a", createdAt: 10)
        world.wait(until: 2 * hour)
        #expect(world.unfinished() == 1)
        #expect(world.finishedInAll() == 0)
    }

    /// Its reopening was missed.
    @Test func rule05WhatIsPushedToAfterItsClosingIsOpen() {
        var world = World()
        world.push("a", at: 0)
        world.close(at: 10)
        world.push("b", at: 100, action: .synchronize)
        world.push("b", at: 101, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 105)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 2)
    }

    /// The closing shows that what was taken for another's answer may be this change's: its deployment owns it once.
    @Test func rule34AClosingThatUnbindsAnAnswerMakesItsDeploymentOwnerOnce() {
        let check = World.Check.build.with { $0.deployment = World.stg }
        var world = World()
        world.check(check, .accepted, at: 100)
        world.close(at: 200, number: 3, head: "a", createdAt: 0)
        world.push("a", at: 300, number: 2, action: .synchronize)
        world.check(check, .started, at: 310)
        #expect(world.seen(World.stg) == 0)
        world.close(at: 400, number: 2, head: "a", createdAt: 50)
        #expect(world.seen(World.stg) == 1)
        world.wait(until: 1000)
        #expect(world.judged(.onTime, .learned, World.stg) == 1)
    }
}
