import SLOCore
import Testing

/// Rule 24: what the observer may have missed is neither held against Packit nor counted in its favour.
@Suite struct BlindnessRuleTests {
    private static func listed(_ settings: inout LedgerSettings) { settings.listedRepositories = ["*"] }

    @Test(arguments: [(15.0, 20.0), (0.0, 15.0), (14.0, 16.0)])
    func rule24ADeadlineInsideGivesNoNever(from: Double, to: Double) {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wait(until: 100)
        world.wasBlind(from: from, to: to)
        world.wait(until: 315)
        #expect(world.judged(.excluded, .listed) == 1)
        #expect(world.judged(.never, .listed) == 0)
        #expect(world.changeRecords.map(\.exclusion) == [.blind])
        #expect(world.bad(.initialStatus) == 0)
        #expect(world.verdicts(.initialStatus) == [.unknown])
    }

    @Test(arguments: [(15.001, 60.0), (2.0, 14.999)])
    func rule24ADeadlineOutsideIsJudged(from: Double, to: Double) {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wasBlind(from: from, to: to)
        world.wait(until: 315)
        #expect(world.judged(.never, .listed) == 1)
        #expect(world.bad(.initialStatus) == 1)
    }

    @Test func rule24AnAnswerInTimeCountsAllTheSame() {
        var world = World(Self.listed)
        world.push(at: 0)
        world.check(.build, .accepted, at: 5)
        world.wasBlind(from: 10, to: 20)
        world.wait(until: 315)
        #expect(world.judged(.onTime, .listed) == 1)
        #expect(world.verdicts(.initialStatus) == [.good])
    }

    /// The whole wait lies around a short blind interval, in which an answer may have been missed.
    @Test func rule24AMissAroundABlindIntervalIsDoubtful() {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wasBlind(from: 5, to: 8)
        world.wait(until: 315)
        #expect(world.judged(.never, .listed) == 1)
        #expect(world.verdicts(.initialStatus) == [.doubtful])
    }

    @Test func rule24WhatIsNotCountedIsNotUnknownEither() {
        var world = World()
        world.push(at: 0)
        world.wasBlind(from: 10, to: 20)
        world.wait(until: 315)
        #expect(world.judged(.excluded, .assumed) == 1)
        #expect(world.verdicts(.initialStatus).isEmpty)
    }

    @Test func rule24CaughtUpBeforeTheVerdictIsExcludedWithoutDoubt() {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wasBlind(from: 10, to: 20)
        world.wait(until: 200)
        world.caughtUp(blindSince: 10)
        world.wait(until: 315)
        #expect(world.judged(.excluded, .listed) == 1)
        #expect(world.verdicts(.initialStatus).isEmpty)
    }

    @Test func rule24ALongerTimeTakesThePlaceOfAShorter() {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wasBlind(from: 10, to: 12)
        world.wasBlind(from: 10, to: 18)
        world.wait(until: 315)
        #expect(world.judged(.excluded, .listed) == 1)
    }

    @Test func rule24ARunWithoutAnEndIsDoubtfulIfOneMayHaveBeenMissed() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.wasBlind(from: hour, to: 2 * hour)
        world.wait(until: 12 * hour + 120)
        #expect(world.bad(.builds) == 1)
        #expect(world.verdicts(.builds) == [.doubtful])
    }

    @Test func rule24ARunWithAnEndIsNotDoubtful() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.wasBlind(from: hour, to: 2 * hour)
        world.check(.build, .finished(.error, .stated), at: 3 * hour)
        world.wait(until: 4 * hour)
        #expect(world.verdicts(.builds) == [.bad])
    }

    @Test func rule24WithoutBlindIntervalsNothingIsDoubtful() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.wait(until: 13 * hour)
        #expect(world.verdicts(.builds) == [.bad])
    }

    /// Refusals of what nobody had checked cast doubt: the miss is counted, and is in the bounds.
    @Test(arguments: [(15.0, 20.0), (0.0, 15.0), (5.0, 8.0)])
    func rule38NothingUnsignedExcludes(from: Double, to: Double) {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wait(until: 100)
        world.wasBlind(from: from, to: to, excludes: false)
        world.wait(until: 315)
        #expect(world.judged(.never, .listed) == 1)
        #expect(world.judged(.excluded, .listed) == 0)
        #expect(world.bad(.initialStatus) == 1)
        #expect(world.verdicts(.initialStatus) == [.doubtful])
    }

    @Test func rule38DoubtTakesNothingFromWhatExcludes() {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wasBlind(from: 10, to: 20)
        world.wasBlind(from: 10, to: 40, excludes: false)
        for moment in 0..<2000 {
            world.wasBlind(from: 1000 + Double(moment), to: 1000.5 + Double(moment), excludes: false)
        }
        world.wait(until: 315)
        #expect(world.judged(.excluded, .listed) == 1)
        #expect(world.verdicts(.initialStatus) == [.unknown])
    }

    @Test func rule27WhatExcludedIsDecidedAsItWasFirstNoted() {
        var world = World(Self.listed)
        world.push(at: 0)
        world.wasBlind(from: 10, to: 20)
        world.wasBlind(from: 10, to: 40, excludes: false)
        world.caughtUp(blindSince: 10)
        world.wait(until: 315)
        // Whether the deadline lay in a blind interval is decided by the time as it was first noted (rule 27).
        #expect(world.judged(.excluded, .listed) == 1)
        #expect(world.judged(.never, .listed) == 0)
    }
}

/// Rule 26: what must hold is checked, and counted when it does not.
@Suite struct InvariantRuleTests {
    @Test func rule26StepsInOrderBreakNothing() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .started, at: 10)
        world.check(.build, .finished(.success, .stated), at: 20)
        #expect(world.broken(.stepOrder) == 0)
    }

    @Test func rule26AStartBehindTheEndIsCounted() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.check(.build, .started, at: 30)
        world.check(.build, .finished(.success, .stated), at: 20, receivedAt: 40)
        #expect(world.finished(.success) == 1)
        #expect(world.broken(.stepOrder) == 1)
    }

    @Test func rule26TwoClocksBreakNothingNorDoesAStartBehindThePushThatSuperseded() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 5)
        world.copr(.started, sentAt: 4, receivedAt: 7)
        world.copr(.started, build: 78, sentAt: 42, receivedAt: 43)
        world.check(success, at: 40, receivedAt: 44)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 50)
        world.push("b", at: 100, action: .synchronize)
        world.check(.build.with { $0.externalID = "e2" }, .started, at: 110)
        world.wait(until: hour)
        #expect(world.finished(.superseded) == 1)
        #expect(world.broken(.stepOrder) == 0)
    }

    @Test func rule26EveryOwnedChangeIsSeenOnce() {
        var world = World()
        world.push(at: 0)
        world.push(at: 0, receivedAt: 5)
        #expect(world.seen() == 1)
        #expect(world.gauge(.changesOpen(World.prod)) == 1)
        world.wait(until: 400)
        #expect(world.seen() == world.judgedInAll())
        #expect(world.gauge(.changesOpen(World.prod)) == 0)
    }
}
