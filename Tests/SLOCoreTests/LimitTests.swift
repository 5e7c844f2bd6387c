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

    @Test func anExcludedChangeHasLateEvidence() {
        var world = World { $0.openChangesLimit = 1 }
        for number in 1...3 { world.push("sha\(number)", at: Double(number), number: number) }
        world.wait(until: 1000)
        #expect(Verdict.allCases.map { world.lateEvidence($0) } == Verdict.allCases.map { _ in 0 })
        #expect(world.withoutStatus(.assumed) == 1)
        world.check(.build.with { $0.sha = "sha1" }, .accepted, at: 5, receivedAt: 1001)
        #expect(world.lateEvidence(.onTime) == 1)
    }

    @Test func knownAnswersOfAnExcludedChangeAreNoLateEvidence() {
        var world = World { $0.openChangesLimit = 1 }
        world.push("sha1", at: 0, number: 1)
        world.check(.build.with { $0.sha = "sha1" }, .accepted, at: 3)
        world.push("sha2", at: 5, number: 2)
        world.wait(until: 1000)
        #expect(world.judged(.excluded) == 1)
        #expect(Verdict.allCases.map { world.lateEvidence($0) } == Verdict.allCases.map { _ in 0 })
    }

    @Test func beyondTheLimitTheOldestRunIsAnError() {
        var world = World { $0.openRunsLimit = 2 }
        for number in 1...3 {
            world.check(build(number), .accepted, at: Double(number))
        }
        #expect(world.queued() == 3)
        #expect(world.finished(.error) == 1)
        #expect(world.counters[.limitReached(.run)] == 1)
        #expect(world.unfinished() == 2)
        #expect(world.runRecords.first?.reason == .limit)
    }

    @Test func endedEntitiesAreSkipped() {
        var world = World { $0.openRunsLimit = 2 }
        for number in 1...2 { world.check(build(number), .accepted, at: Double(number)) }
        world.check(build(3), .accepted, at: 3)
        world.check(build(2), .finished(.success, .build), at: 4)
        for number in 4...6 { world.check(build(number), .accepted, at: Double(number + 1)) }
        #expect(world.finished(.success) == 1)
        // The first, and once there were three open again, the third and the fourth.
        #expect(world.runRecords.filter { $0.reason == .limit }.map(\.sha) == ["sha1", "sha3", "sha4"])
        #expect(world.unfinished() == 2)
    }

    @Test func theClosedEntityIsTheSameAfterARollback() {
        var world = World { $0.openRunsLimit = 2 }
        for number in 1...3 { world.check(build(number), .accepted, at: Double(number)) }
        world.undo { undone in
            for number in 4...5 { undone.check(build(number), .accepted, at: Double(number)) }
        }
        world.check(build(6), .accepted, at: 6)
        #expect(world.runRecords.map(\.sha) == ["sha1", "sha2"])
    }

    @Test func checksOfOneCommitBeyondTheLimitAnswerAndAreNoRuns() {
        var world = World()
        world.push("a", at: 0)
        for number in 1...2049 {
            let name = CheckName(text: "rpm-build:x:\(number)", subject: .build, identifier: String(number))
            world.check(.build.with { $0.name = name }, .accepted, at: 5)
        }
        #expect(world.queued() == 2048)
        #expect(world.counters[.limitReached(.lane)] == 1)
        world.wait(until: 100)
        #expect(world.initialStatusTimes() == [5])
    }

    private func build(_ number: Int) -> World.Check {
        .build.with {
            $0.sha = "sha\(number)"
            $0.externalID = "e\(number)"
        }
    }
}
