import SLOCore
import Testing

/// docs/counting.md, rule 23.
@Suite struct OrderRuleTests {
    private static func push() -> Observation {
        .changePushed(
            ChangePushed(
                repository: World.repository(), number: 1, action: .opened, headSHA: "a", headRepository: "x/y",
                baseRef: "main", startedAt: World.at(0), addressee: nil))
    }

    @Test func rule23WhatIsReceivedAtADeadlineIsDecidedBeforeIt() {
        var world = World()
        world.push()
        world.check(.accepted, at: 15, receivedAt: 15)
        world.wait(until: 1000)
        #expect(world.missed(.learned) + world.missed(.assumed) == 0)
        #expect(world.judged(.onTime) == 1)
    }

    /// Whatever else is received in the same moment, and before it.
    @Test func rule23AllThatIsReceivedAtADeadlineIsDecidedBeforeIt() {
        var world = World()
        world.push()
        world.push(receivedAt: 15)
        world.check(.accepted, at: 3, receivedAt: 15)
        world.wait(until: 1000)
        #expect(world.missed(.learned) + world.missed(.assumed) == 0)
        #expect(world.judged(.onTime) == 1)
    }

    @Test func rule23TheClockOfARecordingNeverGoesBack() {
        var world = World()
        world.push()
        world.wait(until: 20)
        #expect(world.missed(.assumed) == 1)
        world.check(.accepted, at: 4, receivedAt: 20)
        #expect(world.judged(.onTime) == 1)
        #expect(world.missed(.assumed) == 1)
    }

    /// The service was down from before the deadline until long after the grace.
    @Test func rule23OverdueVerdictsWaitOneGraceAfterAStart() {
        func moment(_ seconds: Double) -> Moment { Moment(virtual: World.at(seconds)) }
        var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: moment(0))
        timeline.observe(Self.push(), at: moment(1))
        var stored: [StateKey: [UInt8]] = [:]
        for change in timeline.drain().effects.state { stored[change.key] = change.value }

        guard
            let ledger = try? Ledger(settings: LedgerSettings(), restoring: stored.map { ($0.key, $0.value) })
        else {
            Issue.record("what was stored cannot be taken up")
            return
        }
        var restarted = Timeline(ledger: ledger, at: moment(5000))
        restarted.started(at: moment(5000))
        restarted.fireDeadlines(through: moment(5000))
        let atOnce = restarted.drain().effects
        restarted.confirm()
        #expect(atOnce.increments[.deadlinesMissed(World.prod, .assumed)] == 1)
        #expect(!atOnce.increments.keys.contains(.changesJudged(World.prod, .never, .assumed)))
        restarted.fireDeadlines(through: moment(5299.999))
        #expect(restarted.drain().effects.increments.isEmpty)
        restarted.confirm()
        restarted.fireDeadlines(through: moment(5300))
        #expect(restarted.drain().effects.increments[.changesJudged(World.prod, .never, .assumed)] == 1)
    }

    @Test func rule23WhatIsOverdueCanBeDecidedInParts() {
        func moment(_ seconds: Double) -> Moment { Moment(virtual: World.at(seconds)) }
        var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: moment(0))
        timeline.observe(Self.push(), at: moment(1))
        var whole = timeline
        whole.fireDeadlines(through: moment(5300))
        let all = whole.drain()

        var effects: [Effects] = []
        var fired: [DeadlineQueue.Armed] = []
        var isMore = true
        while isMore {
            isMore = timeline.fireDeadlines(through: moment(5300), atMost: 1)
            let part = timeline.drain()
            #expect(part.fired.count == (isMore ? 1 : 0))
            effects.append(part.effects)
            fired += part.fired
            timeline.confirm()
        }
        #expect(fired == all.fired)
        #expect(effects.flatMap(\.changeRecords) == all.effects.changeRecords)
    }

    @Test func rule23AStepOfTheWallClockMovesNothingThatIsArmed() {
        var timeline = Timeline(
            ledger: Ledger(settings: LedgerSettings()), at: Moment(wall: World.at(0), clock: 0))
        timeline.observe(Self.push(), at: Moment(wall: World.at(1), clock: 1000))
        // The wall clock is set an hour ahead; 13 seconds pass.
        timeline.fireDeadlines(through: Moment(wall: World.at(3614), clock: 14_000))
        #expect(timeline.drain().effects.increments[.deadlinesMissed(World.prod, .assumed)] == nil)
        timeline.fireDeadlines(through: Moment(wall: World.at(3615), clock: 15_000))
        #expect(timeline.drain().effects.increments[.deadlinesMissed(World.prod, .assumed)] == 1)
    }

    /// The horizon is armed when the twelve hours are over, by the clocks as they stand then.
    @Test func rule23WhatOneDeadlineArmsComesNoSoonerThanItIsDue() {
        var world = World()
        world.check(.accepted, at: 0)
        world.wait(toBefore: 13 * hour)
        #expect(world.bad(.builds) == 1)
        let horizon = 7 * 24 * hour
        world.check(success, at: horizon, receivedAt: horizon)
        #expect(world.finished(.success) == 1)
        #expect(world.finished(.error) == 0)
    }
}
