import SLOCore
import Testing

/// docs/counting.md, rule 47.
@Suite struct RunStartRuleTests {
    @Test func rule47TheTimeInTheQueueCountsOnceAndAtTheEnd() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .started, at: 90)
        #expect(world.startDurations() == [])
        world.check(.build, success, at: 900)
        #expect(world.startDurations() == [90])
    }

    @Test func rule47ATestIsQueuedByItsSubmission() {
        var world = World()
        world.check(.test, .accepted, at: 0)
        world.check(.test, .queued, at: 600)
        world.check(.test, .started, at: 640)
        world.check(.test, failure, at: 900)
        world.wait(until: 2000)
        #expect(world.startDurations(.testRun) == [40])
    }

    @Test func rule47WithoutAStartOrAQueueTimeThereIsNone() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, success, at: 900)
        world.check(.build.with { $0.sha = "b" }, .started, at: 1000)
        world.check(.build.with { $0.sha = "b" }, success, at: 1100)
        #expect(world.finished(.success) == 2)
        #expect(world.startDurations() == [])
    }

    @Test func rule47ARunOfAnyOutcomeHasOne() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .started, at: 30)
        world.check(.build, .finished(.canceled, .stated), at: 60)
        world.wait(until: 1000)
        #expect(world.startDurations() == [30])
    }
}
