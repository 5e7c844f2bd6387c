import SLOCore
import Testing

/// A lane turns out to belong to another pull request than it seemed, or to none (docs/counting.md, rules 5, 16, 35).
@Suite struct BindingRuleTests {
    private static let ofNobody = World.Check.build.with { $0.externalID = "" }

    /// Two pull requests with one commit, and a build on it of an event that may be either's. The first one is pushed.
    private static func sharedCommit() -> World {
        var world = World()
        world.push(number: 1)
        world.push(at: 1, number: 2)
        world.check(.accepted, at: 10)
        world.push("b", at: 100, number: 1, action: .synchronize)
        world.wait(until: 199)
        return world
    }

    @Test func rule16ARunIsSupersededOnceAnotherCheckOfItsEventBindsIt() {
        var world = Self.sharedCommit()
        let first = World.Check.test.with { $0.pullRequests = [1] }
        world.check(first, .waiting, at: 9, receivedAt: 200)
        world.wait(until: 319)
        #expect(world.finished(.superseded) == 0)
        world.wait(until: 320)
        #expect(world.finished(.superseded) == 1)
    }

    @Test func rule16ARunIsSupersededOnceAClosingBindsIt() {
        var world = Self.sharedCommit()
        world.close(at: 5, receivedAt: 200, number: 2)
        world.wait(until: 320)
        #expect(world.finished(.superseded) == 1)
    }

    @Test func rule41ATestWaitsAgainOnceNothingBindsIt() {
        var world = World()
        let test = World.Check.test.with {
            $0.externalID = ""; $0.pullRequests = [1]
        }
        world.check(test, .accepted, at: 0)
        world.push("b", at: 100, action: .synchronize)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 0)
        world.check(Self.ofNobody, success, at: 200)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 1)
    }

    @Test func rule35ARunThatNothingBindsAnyMoreEndsWithThePushThatLeftItsCommit() {
        var world = World()
        for number in 1...2 { world.push(at: Double(number), number: number) }
        world.check(Self.ofNobody.with { $0.pullRequests = [3] }, .accepted, at: 10)
        for number in 1...2 { world.push("b", at: Double(number) * 100, number: number, action: .synchronize) }
        world.wait(until: 500)
        #expect(world.finished(.superseded) == 0)
        world.check(.test.with { $0.externalID = "" }, .waiting, at: 600)
        world.wait(until: 1000)
        #expect(world.durations(.superseded) == [190])
    }
}
