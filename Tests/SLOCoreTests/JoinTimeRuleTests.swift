import SLOCore
import Testing

/// docs/counting.md, rule 20: joins where the check that tells when a run was queued was missed, or comes last.
@Suite struct JoinTimeRuleTests {
    /// One build as GitHub and Copr tell it.
    private enum Told: CaseIterable {
        case accepted, checkStarted, checkFailed, coprStarted, coprFailed

        func tell(_ world: inout World, receivedAt: Double) {
            switch self {
            case .accepted: world.check(.build.with { $0.id = 1 }, .accepted, at: 2, receivedAt: receivedAt)
            case .checkStarted: world.check(.build.with { $0.id = 2 }, .started, at: 20, receivedAt: receivedAt)
            case .checkFailed: world.check(.build.with { $0.id = 3 }, failure, at: 38, receivedAt: receivedAt)
            case .coprStarted: world.copr(.started, sentAt: 12, receivedAt: receivedAt)
            case .coprFailed: world.copr(.failed, sentAt: 30, receivedAt: receivedAt)
            }
        }
    }

    private static func orders(of told: [Told]) -> [[Told]] {
        guard told.count > 1 else { return [told] }
        return told.indices.flatMap { first -> [[Told]] in
            var rest = told
            let one = rest.remove(at: first)
            return orders(of: rest).map { [one] + $0 }
        }
    }

    @Test func rule20OneBuildIsOneRunInWhateverOrderItIsTold() {
        for order in Self.orders(of: Told.allCases) {
            var world = World()
            world.push()
            for (place, told) in order.enumerated() { told.tell(&world, receivedAt: 50 + Double(place)) }
            world.wait(until: hour)
            #expect(world.queued() == 1, "\(order)")
            #expect(world.started() == 1, "\(order)")
            #expect(world.finished(.failure) == 1, "\(order)")
            #expect(world.durations(.failure) == [36], "\(order)")
        }
    }

    @Test func rule20ABuildWhoseBeginningWasMissedIsOne() {
        var world = World()
        world.copr(.started, sentAt: 12)
        world.check(.started, at: 20)
        world.copr(.succeeded, sentAt: 30)
        world.check(success, at: 38)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.durations(.success) == [])
    }

    @Test func rule20ABuildOfWhichOnlyTheEndWasReceivedIsOne() {
        var world = World()
        world.copr(.started, sentAt: 12)
        world.copr(.succeeded, sentAt: 30)
        world.check(success, at: 38)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
    }

    @Test func rule20AMissedBeginningIsNotThatOfABuildFromBeforeThePush() {
        var world = World()
        world.push("a", at: 0)
        world.copr(.started, sentAt: 12)
        world.push("b", at: 100, action: .synchronize)
        world.check(
            .build.with {
                $0.sha = "b"; $0.externalID = "e2"
            }, .started, at: 120)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    @Test func rule20WhatWasOverIsNotWhatACheckShowsRunningLater() {
        var world = World()
        world.push()
        world.copr(.started, sentAt: 12)
        world.copr(.succeeded, sentAt: 30)
        world.check(.started, at: 5 * hour)
        world.check(failure, at: 5 * hour + 60)
        world.wait(until: 6 * hour)
        #expect(world.queued() == 2)
        #expect(world.finished(.success) == 1)
        #expect(world.finished(.failure) == 1)
        #expect(world.revised == 0)
    }

    @Test func rule20AMissedBeginningIsNotThatOfTheRunBefore() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(failure, at: 60)
        world.wait(until: 300)
        world.check(.started, at: 320)
        // It was the first run's, whose end was shown eight seconds after its own.
        world.copr(.started, sentAt: 12, receivedAt: 330)
        world.copr(.failed, sentAt: 52, receivedAt: 331)
        world.check(success, at: 400)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.copr(.started, build: 78, sentAt: 312, receivedAt: 410)
        #expect(world.queued() == 2)
    }

    @Test func rule20OfSeveralBeforeItACheckClaimsTheLast() {
        var world = World()
        world.copr(.started, build: 1, sentAt: 12)
        world.copr(.started, build: 2, sentAt: 500)
        world.check(.started, at: 508)
        #expect(world.queued() == 2)
        world.copr(.succeeded, build: 1, sentAt: 600)
        // A backend that no check shows ends its run by itself; the one that was claimed does not.
        #expect(world.finished(.success) == 1)
        world.copr(.succeeded, build: 2, sentAt: 601)
        #expect(world.finished(.success) == 1)
    }

    @Test func rule20ARunThatWasQueuedInTimeGoesBeforeOneThatMayHaveBeen() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.check(.build.with { $0.externalID = "e2" }, .started, at: 40)
        world.copr(.started, sentAt: 12, receivedAt: 50)
        #expect(world.started() == 2)
        world.check(success, at: 60)
        world.copr(.started, build: 78, sentAt: 32, receivedAt: 70)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    /// The end on which the first run was decided is of the second, which is received later.
    @Test func rule20ARunWhoseEndTurnsOutToBeAnothersMayHaveBegunLater() {
        var world = World()
        world.push()
        let job = JobLink(job: .copr, id: 5)
        let build = World.Check.build
        world.check(
            build.with {
                $0.id = 1; $0.job = job
            }, .started, at: 10)
        world.check(build.with { $0.id = 3 }, error, at: 100)
        world.wait(until: 300)
        world.check(build.with { $0.id = 2 }, .accepted, at: 90, receivedAt: 301)
        world.check(
            build.with {
                $0.id = 4; $0.job = job
            }, failure, at: 520)
        world.copr(.failed, sentAt: 510, receivedAt: 530)
        #expect(world.queued() == 2)
        #expect(world.counters[.joins(.proven)] == 1)
    }

    @Test func rule20AnEndedRequestIsClaimedByTheEndOfItsCheck() {
        var world = World()
        world.push()
        world.testingFarm(success, created: 100, started: 130, finished: 300, sha: "a", receivedAt: 310)
        #expect(world.finished(.success, .testRun) == 1)
        world.check(.test, success, at: 308, receivedAt: 320)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finished(.success, .testRun) == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    @Test func rule20AnEndedRequestIsNotOfATestThatBeganToWaitLater() {
        var world = World()
        world.push()
        world.testingFarm(success, created: 100, started: 130, finished: 300, sha: "a", receivedAt: 310)
        world.check(.test, .waiting, at: 400)
        world.check(.test, success, at: 700)
        #expect(world.queued(.testRun) == 2)
        #expect(world.finished(.success, .testRun) == 2)
    }
}
