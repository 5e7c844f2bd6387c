import Testing

@testable import SLOCore

@Suite struct ObjectiveWindowTests {
    private let builds = DeploymentObjective(.builds, Deployment("prod"))
    private let tenOClock = Timestamp(seconds: 1_795_341_600)

    private func judged(_ isGood: Bool, _ at: Timestamp) -> ObjectiveJudgement {
        ObjectiveJudgement(
            objective: .builds, deployment: Deployment("prod"), entity: EntityID(1), subject: .init(),
            verdict: isGood ? .good : .bad, at: at)
    }

    @Test func `rule 22: an hour counts while it begins less than the window ago`() {
        var window = ObjectiveWindow(length: .hours(24))
        window.add(judged(true, tenOClock + .minutes(30)))
        let nextDay = tenOClock + .hours(24)
        #expect(window.tally(of: builds, over: .hours(24), at: nextDay - .milliseconds(1)) == ObjectiveTally(good: 1))
        #expect(window.tally(of: builds, over: .hours(24), at: nextDay) == ObjectiveTally())
    }

    @Test func `the first hour is in as a whole or not at all`() {
        var window = ObjectiveWindow(length: .hours(2))
        window.add(judged(true, tenOClock))
        window.add(judged(false, tenOClock + .minutes(59)))
        #expect(
            window.tally(of: builds, over: .hours(2), at: tenOClock + .minutes(119)) == ObjectiveTally(good: 1, bad: 1))
        #expect(window.tally(of: builds, over: .hours(2), at: tenOClock + .minutes(120)) == ObjectiveTally())
    }

    @Test func `the current hour counts even in a window that is shorter than it`() {
        var window = ObjectiveWindow(length: .minutes(5))
        window.add(judged(true, tenOClock))
        #expect(window.tally(of: builds, over: .minutes(5), at: tenOClock + .minutes(59)) == ObjectiveTally(good: 1))
        #expect(window.tally(of: builds, over: .minutes(5), at: tenOClock + .minutes(60)) == ObjectiveTally())
    }

    @Test func `hours of the future do not count yet`() {
        var window = ObjectiveWindow(length: .hours(24))
        window.add(judged(true, tenOClock + .hours(1)))
        #expect(window.tally(of: builds, over: .hours(24), at: tenOClock + .minutes(59)) == ObjectiveTally())
        #expect(window.tally(of: builds, over: .hours(24), at: tenOClock + .minutes(60)) == ObjectiveTally(good: 1))
    }

    @Test func `moments before 1970 fall into the hour they lie in`() {
        #expect(Timestamp(milliseconds: -1).hoursSinceEpoch == -1)
        #expect(Timestamp(milliseconds: -3_600_000).hoursSinceEpoch == -1)
        #expect(Timestamp(milliseconds: 3_599_999).hoursSinceEpoch == 0)
    }

    @Test func `order of arrival does not matter`() {
        let judgements = (0..<200).map { judged($0 % 3 == 0, tenOClock + .minutes(Int64($0) * 7)) }
        var forwards = ObjectiveWindow(length: .hours(10))
        var backwards = ObjectiveWindow(length: .hours(10))
        for judgement in judgements { forwards.add(judgement) }
        for judgement in judgements.reversed() { backwards.add(judgement) }
        for hours in 0..<40 {
            let now = tenOClock + .hours(Int64(hours))
            #expect(
                forwards.tally(of: builds, over: .hours(10), at: now)
                    == backwards.tally(of: builds, over: .hours(10), at: now))
        }
    }

    @Test func `it is the same from stored hours as from judgements`() {
        let judgements = (0..<200).map { judged($0 % 4 != 0, tenOClock + .minutes(Int64($0) * 13)) }
        var direct = ObjectiveWindow(length: .hours(12))
        for judgement in judgements { direct.add(judgement) }
        var restored = ObjectiveWindow(length: .hours(12))
        for part in [judgements[..<77], judgements[77...]] {
            for hour in HourTally.summing(Array(part)) { restored.add(hour) }
        }
        for hours in 0..<60 {
            let now = tenOClock + .hours(Int64(hours))
            #expect(
                direct.tally(of: builds, over: .hours(12), at: now)
                    == restored.tally(of: builds, over: .hours(12), at: now))
        }
    }

    @Test func `what it holds is bounded by the window`() {
        var window = ObjectiveWindow(length: .hours(24))
        for hour in 0..<10_000 { window.add(judged(true, tenOClock + .hours(Int64(hour)))) }
        #expect(window.heldHours < 100)
        #expect(window.tally(of: builds, over: .hours(24), at: tenOClock + .hours(9_999)) == ObjectiveTally(good: 24))
    }

    @Test func `stored hours that make no sense end nothing`() {
        var window = ObjectiveWindow(length: .hours(24))
        for hour in [Int64.min, .max] {
            window.add(HourTally(builds, hour: hour, tally: ObjectiveTally(good: .max, bad: .max)))
            window.add(HourTally(builds, hour: hour, tally: ObjectiveTally(good: .max, bad: .max)))
        }
        #expect(window.tally(of: builds, over: .hours(24), at: tenOClock) == ObjectiveTally())
    }

    @Test func `nothing to judge has neither compliance nor budget`() {
        #expect(ObjectiveTally().compliance == nil)
        #expect(ObjectiveTally().errorBudgetRemaining(target: 0.99) == nil)
        #expect(ObjectiveTally(good: 1).errorBudgetRemaining(target: 1) == nil)
    }

    @Test func `an overspent budget is below zero`() throws {
        let tally = ObjectiveTally(good: 96, bad: 4)
        #expect(tally.compliance == 0.96)
        #expect(abs(try #require(tally.errorBudgetRemaining(target: 0.98)) - -1) < 1e-9)
        #expect(ObjectiveTally(good: 5).errorBudgetRemaining(target: 0.98) == 1)
    }

    @Test func eachObjectiveHasAWindowOfItsOwn() {
        var window = ObjectiveWindow(length: .hours(24))
        window.add(HourTally(builds, hour: tenOClock.hoursSinceEpoch, tally: ObjectiveTally(bad: 1)))
        let later = tenOClock + .hours(3)
        #expect(window.tally(of: builds, over: .hours(24), at: later) == ObjectiveTally(bad: 1))
        #expect(window.tally(of: builds, over: .hours(2), at: later) == ObjectiveTally())
    }
}
