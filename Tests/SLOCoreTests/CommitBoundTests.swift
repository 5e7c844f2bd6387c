import LongComputations
import SLOCore
import Testing

/// What hangs on one commit or pull request may be much: what is decided of it stays the same, up to its bounds.
@Suite(.computes) struct CommitBoundTests {
    private static func listed(_ settings: inout LedgerSettings) { settings.listedRepositories = ["acme/*"] }

    @Test func anUnboundAnswerAnswersEveryPullRequestOfItsCommit() {
        var world = World(Self.listed)
        for number in 1...400 { world.push("a", at: 0, number: number) }
        world.check(.accepted, at: 10)
        world.check(.started, at: 12)
        world.wait(until: 15)
        #expect(world.judged(.onTime, .listed) == 400)
        #expect(Set(world.initialStatusTimes()) == [10])
        #expect(world.counters[.limitReached(.changeOfCommit)] == nil)
    }

    @Test func anEarlierAnswerReceivedLaterChangesAllTimes() {
        var world = World(Self.listed)
        for number in 1...40 { world.push("a", at: 0, number: number) }
        world.check(.accepted, at: 20)
        world.check(World.Check.build.with { $0.externalID = "e2" }, .accepted, at: 5, receivedAt: 30)
        #expect(world.judged(.onTime, .listed) == 40)
    }

    @Test func eachOfManyIsAnsweredByItsOwnCheck() {
        var world = World(Self.listed)
        for number in 1...40 { world.push("a", at: 0, number: number) }
        for number in 1...40 {
            world.check(
                World.Check.build.with {
                    $0.externalID = "e\(number)"
                    $0.pullRequests = [number]
                }, .accepted, at: Double(number % 2 == 0 ? 10 : 20))
        }
        world.wait(until: 400)
        #expect(world.judged(.onTime, .listed) == 20)
        #expect(world.judged(.late, .listed) == 20)
    }

    @Test func theOldestChangeOfACommitIsDropped() {
        var world = World(Self.listed)
        for number in 1...1003 { world.push("a", at: Double(number) / 1000, receivedAt: 2, number: number) }
        #expect(world.counters[.limitReached(.changeOfCommit)] == 3)
        #expect(world.judged(.excluded, .listed) == 3)
        world.check(.accepted, at: 10)
        world.wait(until: 20)
        #expect(world.judged(.onTime, .listed) == 1000)
    }

    @Test func lanesOfACommitAreBounded() {
        var world = World()
        world.push()
        for number in 1...2052 {
            let name = CheckName(text: "rpm-build:c:\(number)", subject: .build, chroot: "c", identifier: "\(number)")
            world.check(World.Check.build.with { $0.name = name }, .accepted, at: 5)
        }
        #expect(world.queued() == 2048)
        #expect(world.counters[.limitReached(.lane)] == 4)
    }

    @Test func eventsBeyondTheBoundAnswerWhatIsKnownThen() {
        var world = World(Self.listed)
        world.push("a", at: 0, number: 1)
        world.push("a", at: 0, number: 2)
        for number in 1...100 {
            world.check(World.Check.build.with { $0.externalID = "e\(number)" }, .accepted, at: 30 + Double(number))
        }
        world.wait(until: 400)
        #expect(world.judged(.late, .listed) == 2)
        #expect(world.initialStatusTimes() == [31, 31])
        #expect(world.counters[.limitReached(.answerSeries)] == 36)
    }

    @Test func comparisonsOfABackendRunAreBounded() {
        for (runs, isLeftOut) in [(40, false), (60, true), (300, true)] {
            var world = World { $0.coprProjects = [CoprProjectRule(projects: "@acme/*", repository: "acme/rocket")] }
            for number in 1...runs {
                world.check(
                    World.Check.build.with {
                        $0.sha = "a\(number)"
                        $0.externalID = "e\(number)"
                    }, .accepted, at: Double(number))
            }
            world.copr(.started, project: "nightly", owner: "@acme", sentAt: 301)
            #expect((world.counters[.candidatesLeftOut] ?? 0 > 0) == isLeftOut, "\(runs)")
        }
    }

    @Test func onlyTheLatestPushEndsTheRunsOfTheOneBefore() {
        var world = World()
        for number in 0..<300 {
            world.push("a\(number)", at: Double(number) * 600, action: number == 0 ? .opened : .synchronize)
            world.check(
                World.Check.build.with {
                    $0.sha = "a\(number)"
                    $0.externalID = "e\(number)"
                }, .accepted, at: Double(number) * 600 + 5)
        }
        world.wait(until: 300 * 600)
        #expect(world.finished(.superseded) == 299)
        #expect(world.unfinished() == 1)
        #expect(world.judged(.onTime) == 300)
    }

    @Test func aPullRequestThatIsReopenedAgainAndAgainIsJudgedEachTime() {
        var world = World(Self.listed)
        world.push("a", at: 0)
        for number in 1...600 {
            world.close(at: Double(number) * 1000 - 10)
            world.push("a", at: Double(number) * 1000, action: .reopened)
        }
        world.wait(until: 700_000)
        #expect(world.judged(.never, .listed) == 601)
    }
}
