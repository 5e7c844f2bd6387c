import SLOCore
import Testing

/// docs/counting.md, rule 53.
@Suite struct SubmissionRuleTests {
    private func counted(_ world: World) -> [SubmissionObstacle: Int64] {
        var counts: [SubmissionObstacle: Int64] = [:]
        for obstacle in SubmissionObstacle.allCases {
            counts[obstacle] = world.counters[.buildsNotSubmitted(World.prod, obstacle)]
        }
        return counts
    }

    @Test(arguments: [
        (Step.finished(.failure, .srpm), SubmissionObstacle.srpm), (.finished(.error, .submit), .submit),
        (.finished(.error, .config), .config), (.finished(.error, .stated), .other),
    ])
    func rule53ABuildThatEndsBeforeCoprHasItCountsOnceWhenItIsFinal(end: Step, obstacle: SubmissionObstacle) {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build.linking(JobLink(job: .srpm, id: 4)), end, at: 30)
        world.wait(toBefore: 31 + 120)
        #expect(counted(world) == [:])
        world.wait(until: 31 + 120)
        #expect(counted(world) == [obstacle: 1])
        world.check(.build, end, at: 40, receivedAt: 500)
        world.wait(until: 1000)
        #expect(counted(world) == [obstacle: 1])
    }

    @Test func rule53WhatLinksABuildAtCoprWasSubmitted() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build.linking(JobLink(job: .copr, id: 5)), .queued, at: 10)
        world.check(.build, .finished(.error, .submit), at: 30)
        world.wait(until: 1000)
        #expect(world.finished(.error) == 1)
        #expect(counted(world) == [:])
    }

    @Test func rule53WhatIsJoinedWasSubmitted() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .finished(.error, .stated), at: 30)
        world.copr(.started, sentAt: 20, receivedAt: 60)
        world.wait(until: 1000)
        #expect(counted(world) == [:])
    }

    @Test func rule53WhatHasStartedIsNoOtherError() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .started, at: 10)
        world.check(.build, error, at: 30)
        world.wait(until: 1000)
        #expect(counted(world) == [:])
    }

    @Test func rule53ARefusalIsNoRunAndCountsWhenItIsReceived() {
        var world = World()
        world.check(.build, .finished(.skipped, .stated), at: 10)
        #expect(world.queued() == 0)
        #expect(counted(world) == [.refused: 1])
        world.check(.build.with { $0.id = 1001 }, .finished(.skipped, .stated), at: 10, receivedAt: 20)
        world.wait(until: 1000)
        #expect(counted(world) == [.refused: 1])
    }

    @Test func rule53ARefusalOfACommitStatusCounts() {
        var world = World()
        let status = World.Check.build.with { $0.isCommitStatus = true }
        world.check(status, .finished(.skipped, .stated), state: "error", at: 10)
        #expect(counted(world) == [.refused: 1])
    }

    @Test func rule53ARefusalOfARunCountsWhenThatIsFinal() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .finished(.skipped, .stated), at: 10)
        #expect(counted(world) == [:])
        world.wait(until: 1000)
        #expect(world.finished(.skipped) == 1)
        #expect(counted(world) == [.refused: 1])
    }

    @Test func rule53ARefusalIsCountedOnceIfItsAcceptanceIsReceivedLater() {
        var world = World()
        world.check(.build.with { $0.id = 20 }, .finished(.skipped, .stated), at: 10)
        world.check(.build.with { $0.id = 10 }, .accepted, at: 0, receivedAt: 60)
        world.restart()
        world.wait(until: 1000)
        #expect(world.finished(.skipped) == 1)
        #expect(counted(world) == [.refused: 1])
    }

    @Test(arguments: [Step.finished(.skipped, .stated), .finished(.error, .submit)])
    func rule53AFurtherEndOfWhatWasRefusedAddsNothing(end: Step) {
        var world = World()
        world.check(.build.with { $0.id = 10 }, .finished(.skipped, .stated), at: 10)
        world.check(.build.with { $0.id = 20 }, end, at: 400)
        world.wait(until: 1000)
        #expect(counted(world) == [.refused: 1])
    }

    @Test func rule53WhatWasRefusedBeforeGitHubCanceledItWasRefused() {
        var world = World()
        world.check(.build.with { $0.id = 10 }, .accepted, at: 0)
        world.check(.build.with { $0.id = 20 }, .finished(.skipped, .stated), at: 10)
        world.check(.build.with { $0.id = 30 }, .finished(.canceled, .stated), state: "cancelled", at: 20)
        world.wait(until: 1000)
        #expect(world.finished(.canceled) == 1)
        #expect(counted(world) == [.refused: 1])
    }

    @Test func rule53ASkippedRunIsNoRefusal() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .finished(.skipped, .stated), state: "skipped", at: 10)
        world.wait(until: 1000)
        #expect(counted(world) == [:])
    }

    @Test func rule53GitHubsOwnWordsAndTheHorizonSayNothing() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .finished(.error, .timeout), state: "stale", at: 10)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 20)
        world.wait(until: 8 * 24 * hour)
        #expect(world.finished(.error) == 2)
        #expect(counted(world) == [:])
    }

    @Test func rule53TestsAreNoBuilds() {
        var world = World()
        world.check(.test, .finished(.skipped, .stated), at: 10)
        world.check(.test.with { $0.sha = "b" }, .queued, at: 10)
        world.check(.test.with { $0.sha = "b" }, error, at: 20)
        world.wait(until: 1000)
        #expect(counted(world) == [:])
    }
}
