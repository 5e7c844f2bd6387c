import SLOCore
import Testing

/// What is open is bounded: beyond the limit the oldest is closed, and counted.
@Suite struct LimitTests {
    @Test func beyondTheLimitTheOldestChangeIsExcluded() {
        var world = World { $0.openChangesLimit = 2 }
        for number in 1...3 { world.push("sha\(number)", at: Double(number), number: number) }
        #expect(world.judged(.excluded, .assumed) == 1)
        #expect(world.counters[.limitReached(.change)] == 1)
        #expect(world.changeRecords.first?.number == 1)
        #expect(world.changeRecords.first?.exclusion == .limit)
        world.wait(until: 1000)
        #expect(world.judged(.never, .assumed) == 2)
        #expect(world.judgedInAll() == 3)
    }

    @Test func beyondTheLimitTheOldestRunIsAnError() {
        var world = World { $0.openRunsLimit = 2 }
        for number in 1...3 {
            world.check(
                .build.with {
                    $0.sha = "sha\(number)"
                    $0.externalID = "e\(number)"
                }, .accepted, at: Double(number))
        }
        #expect(world.queued() == 3)
        #expect(world.finished(.error) == 1)
        #expect(world.counters[.limitReached(.run)] == 1)
        #expect(world.unfinished() == 2)
        #expect(world.runRecords.first?.reason == .limit)
    }
}
