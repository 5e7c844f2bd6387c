import SLOCore
import Testing

/// docs/counting.md, rule 46: when runs start.
@Suite struct StartRuleTests {
    private static let start = Objective.Name(rawValue: "start")!

    private func world(_ indicator: Objective.Indicator = .buildStart, deadline: TimeSpan = .minutes(10)) -> World {
        World { $0.objectives.append(Objective(Self.start, indicator, target: 0.9, deadline: deadline)) }
    }

    @Test func rule46AStartInTimeIsGoodAsSoonAsItIsKnown() {
        var world = world()
        world.check(.accepted, at: 0)
        world.wait(until: 100)
        #expect(world.verdicts(Self.start).isEmpty)
        world.check(.started, at: 600, receivedAt: 650)
        #expect(world.verdicts(Self.start) == [.good])
        world.check(error, at: 700)
        world.wait(until: hour)
        #expect(world.verdicts(Self.start) == [.good])
    }

    /// Of a commit that two pull requests had left when the build was accepted, as its check shows late.
    @Test func rule46ABuildThatWasSupersededInTimeIsNotJudgedWhenItsCheckClaimsIt() {
        var world = world(deadline: .seconds(1))
        for number in [1, 2] {
            world.push("aaaaaaa1", at: 0, number: number)
            world.push("b", at: 10, number: number, action: .synchronize)
        }
        world.copr(.started, project: "acme-rocket-2", sentAt: 100, version: "1.0-1.2026.pr2.3.gaaaaaaa")
        world.check(.build.with { $0.sha = "aaaaaaa1" }, .accepted, at: 60, receivedAt: 500)
        world.wait(until: 2000)
        #expect(world.queued() == 1)
        #expect(world.finished(.superseded) == 1)
        #expect(world.verdicts(Self.start).isEmpty)
    }

    @Test func rule46OfATestTheSubmissionQueues() {
        var world = world(.testRunStart)
        world.check(.test, .accepted, at: 0)
        world.check(.test, .queued, at: 1000)
        world.check(.test, .started, at: 1600)
        #expect(world.verdicts(Self.start) == [.good])
    }

    @Test func rule46AnObjectiveOfStartsJudgesItsOwnKind() {
        var world = world(.testRunStart)
        world.check(.accepted, at: 0)
        world.check(.started, at: 5)
        world.check(success, at: 9)
        #expect(world.verdicts(Self.start).isEmpty)
    }

    @Test func rule46NoStartASettleAfterTheDeadlineIsBad() {
        var world = world()
        world.check(.accepted, at: 0)
        world.wait(until: 719)
        #expect(world.bad(Self.start) == 0)
        world.wait(until: 720)
        #expect(world.bad(Self.start) == 1)
        world.check(.started, at: 500, receivedAt: 800)
        world.check(success, at: 900)
        #expect(world.verdicts(Self.start) == [.bad])
    }

    @Test func rule46ALaterStartIsBad() {
        var world = world()
        world.check(.accepted, at: 0)
        world.check(.started, at: 601)
        #expect(world.verdicts(Self.start).isEmpty)
        world.wait(until: 720)
        #expect(world.verdicts(Self.start) == [.bad])
    }

    @Test(arguments: [success, failure])
    func rule46AnEndByItselfWithinTheDeadlineShowsAStart(end: Step) {
        var world = world()
        world.check(.accepted, at: 0)
        world.check(end, at: 600)
        world.wait(until: hour)
        #expect(world.verdicts(Self.start) == [.good])
    }

    /// The deadline and a settle are over while the run still settles.
    @Test func rule46AnEndThatSettlesIsWaitedFor() {
        var world = world()
        world.check(.accepted, at: 0)
        world.check(failure, at: 600, receivedAt: 700)
        world.wait(until: 819)
        #expect(world.verdicts(Self.start).isEmpty)
        world.wait(until: 820)
        #expect(world.verdicts(Self.start) == [.good])
    }

    /// Two clocks, or a push that came before its backend began.
    @Test func rule46AStartBehindTheEndIsNoStartInTime() {
        var world = world()
        world.check(.accepted, at: 0)
        world.check(.started, at: 650)
        world.check(success, at: 590, receivedAt: 660)
        #expect(world.verdicts(Self.start) == [.good])
    }

    @Test(arguments: [success, failure, error, Step.finished(.canceled, .stated)])
    func rule46ALaterEndWithoutAStartInTimeIsBad(end: Step) {
        var world = world()
        world.check(.accepted, at: 0)
        world.check(end, at: 601)
        world.wait(until: hour)
        #expect(world.verdicts(Self.start) == [.bad])
    }

    @Test(arguments: [error, Step.finished(.canceled, .stated), Step.finished(.skipped, .stated)])
    func rule46AnotherEndWithinTheDeadlineWithoutAStartIsNotCounted(end: Step) {
        var world = world()
        world.check(.accepted, at: 0)
        world.check(end, at: 600)
        world.wait(until: hour)
        #expect(world.finishedInAll() == 1)
        #expect(world.verdicts(Self.start).isEmpty)
    }

    @Test func rule46ASupersessionWithinTheDeadlineIsNotCounted() {
        var world = world()
        world.push("a", at: 0)
        world.check(.accepted, at: 5)
        world.push("b", at: 600, receivedAt: 700, action: .synchronize)
        world.wait(until: hour)
        #expect(world.finished(.superseded) == 1)
        #expect(world.verdicts(Self.start).isEmpty)
    }

    @Test func rule46WithoutAQueueTimeNothingIsCounted() {
        var world = world()
        world.check(.started, at: 0)
        world.wait(until: hour)
        world.check(success, at: 2 * hour)
        #expect(world.good(.builds) == 1)
        #expect(world.verdicts(Self.start).isEmpty)
    }

    @Test func rule46AQueueTimeThatFollowsCounts() {
        var world = world()
        world.copr(.started, sentAt: 100)
        world.wait(until: 2 * hour)
        world.push(at: 0, receivedAt: 2 * hour)
        world.check(.accepted, at: 5, receivedAt: 2 * hour)
        #expect(world.verdicts(Self.start) == [.good])
    }

    @Test func rule46APartOfAnotherRunIsNotCounted() {
        var world = world(.testRunStart)
        let push = World.Check.test.with { $0.requestID = "r1" }
        world.testingFarm(.started, created: 10, started: 1000, receivedAt: 1001)
        #expect(world.queued(.testRun) == 1)
        world.check(.test, .queued, at: 11, receivedAt: 1002)
        world.check(push, .queued, at: 12, receivedAt: 1003)
        world.wait(until: 2 * hour)
        #expect(world.queued(.testRun) == 2)
        #expect(world.finished(.superseded, .testRun) == 1)
        #expect(world.verdicts(Self.start) == [.bad])
    }

    @Test func rule46OverdueStartsWaitAGraceAfterAServiceStart() {
        var world = world()
        world.check(.accepted, at: 0)
        world.restartService(at: 1000)
        world.wait(until: 1299)
        #expect(world.bad(Self.start) == 0)
        world.wait(until: 1300)
        #expect(world.bad(Self.start) == 1)
    }

    @Test func rule46ARunReceivedAfterTheDeadlineWaitsAGrace() {
        var world = world()
        world.check(.accepted, at: 0, receivedAt: 5000)
        world.wait(until: 5299)
        #expect(world.bad(Self.start) == 0)
        world.wait(until: 5300)
        #expect(world.bad(Self.start) == 1)
    }

    @Test func rule24AnUnknownStartAroundABlindIntervalIsDoubtful() {
        var world = world()
        world.check(.accepted, at: 0)
        world.wasBlind(from: 100, to: 200)
        world.wait(until: 720)
        #expect(world.verdicts(Self.start) == [.doubtful])
    }

    @Test func rule24AnEndWithoutAKnownStartAroundABlindIntervalIsDoubtful() {
        var world = world()
        world.check(.accepted, at: 0)
        world.wasBlind(from: 100, to: 200)
        world.check(success, at: 650)
        #expect(world.verdicts(Self.start) == [.doubtful])
        #expect(world.verdicts(.builds) == [.good])
    }

    @Test func rule24AKnownLateStartIsNotDoubtful() {
        var world = world()
        world.check(.accepted, at: 0)
        world.wasBlind(from: 100, to: 200)
        world.check(.started, at: 650)
        world.wait(until: 720)
        #expect(world.verdicts(Self.start) == [.bad])
    }
}
