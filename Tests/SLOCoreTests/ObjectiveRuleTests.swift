import SLOCore
import Testing

/// docs/counting.md, rule 44: any number of objectives judge the same events.
@Suite struct ObjectiveRuleTests {
    private static let further = Objective.Name(rawValue: "further")!
    private static let another = Objective.Name(rawValue: "another")!

    private func world(
        _ deadline: TimeSpan, of indicator: Objective.Indicator = .initialStatus, grace: TimeSpan = .minutes(5),
        _ change: (inout LedgerSettings) -> Void = { _ in }
    ) -> World {
        World {
            $0.listedRepositories = ["acme/*"]
            $0.objectives.append(
                Objective(Self.further, indicator, target: 0.9, deadline: deadline, grace: grace))
            change(&$0)
        }
    }

    // MARK: Changes

    @Test func rule44AChangeIsJudgedByEachDeadline() {
        var world = world(.seconds(20))
        world.push(at: 0)
        world.check(.accepted, at: 20, receivedAt: 20)
        world.wait(toBefore: 20)
        #expect(world.good(Self.further) == 0)
        world.wait(until: 20)
        #expect(world.good(Self.further) == 1)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.further) == [.good])
        #expect(world.verdicts(.initialStatus) == [.bad])
    }

    @Test func rule44AnAnswerAfterTheDeadlineIsBadForThatObjectiveOnly() {
        var world = world(.seconds(5))
        world.push(at: 0)
        world.check(.accepted, at: 6)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.further) == [.bad])
        #expect(world.verdicts(.initialStatus) == [.good])
    }

    @Test func rule44AnObjectiveOfChangesWaitsItsOwnGrace() {
        var world = world(.seconds(15), grace: .zero) {
            $0.objectives.append(
                Objective(Self.another, .initialStatus, target: 0.9, deadline: .seconds(15), grace: .hours(1)))
        }
        world.push(at: 0)
        world.wait(until: 15)
        #expect(world.bad(Self.further) == 1)
        world.wait(until: 400)
        #expect(world.bad(.initialStatus) == 1)
        world.check(.accepted, at: 10, receivedAt: 3000)
        #expect(world.good(Self.another) == 1)
        world.wait(until: 2 * hour)
        #expect(world.bad(Self.another) + world.good(Self.further) + world.good(.initialStatus) == 0)
    }

    @Test func rule44EachDeploymentThatOwnsTheChangeIsJudged() {
        var world = world(.seconds(20))
        world.push(at: 0)
        world.check(.accepted, at: 16)
        world.check(.build.with { $0.deployment = World.stg }, .accepted, at: 25)
        world.wait(until: 1000)
        #expect(world.good(Self.further) == 1)
        #expect(world.bad(Self.further, World.stg) == 1)
    }

    @Test func rule44AnOwnerThatIsNamedLaterIsJudgedLater() {
        var world = world(.seconds(20))
        world.push(at: 0, addressee: World.prod)
        world.wait(until: 500)
        world.push(at: 0, receivedAt: 500, addressee: World.stg)
        world.wait(until: 799)
        #expect(world.bad(Self.further) == 1)
        #expect(world.bad(Self.further, World.stg) == 0)
        world.wait(until: 800)
        #expect(world.bad(Self.further, World.stg) == 1)
    }

    @Test func rule44EligibilityIsReadWhenTheObjectiveJudges() {
        var world = World {
            $0.objectives.append(Objective(Self.further, .initialStatus, target: 0.9, deadline: .seconds(600)))
        }
        world.push(at: 0)
        world.wait(until: 500)
        world.push("b", at: 500, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 504)
        world.wait(until: 901)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.bad(.initialStatus) == 0)
        #expect(world.bad(Self.further) == 1)
    }

    @Test func rule44AnObjectiveJudgesWhatThePolicyIncludes() {
        var world = world(.seconds(5)) { $0.listedRepositories = [] }
        world.push(at: 0)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.further).isEmpty)
    }

    @Test func rule44ExcludedIsWhatEndedBeforeTheOwnDeadline() {
        for isClosed in [true, false] {
            var world = world(.seconds(30))
            world.push(at: 0)
            if isClosed {
                world.close(at: 20)
            } else {
                world.push("b", at: 20, action: .synchronize)
                world.check(.build.with { $0.sha = "b" }, .accepted, at: 21)
            }
            world.wait(until: 1000)
            #expect(world.verdicts(Self.further) == (isClosed ? [] : [.good]))
            #expect(world.bad(.initialStatus) == 1)
        }
    }

    @Test func rule44WhatEndedBetweenTheDeadlinesIsExcludedForTheLongerOnly() {
        var world = world(.seconds(10))
        world.push(at: 0)
        world.close(at: 12)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.further) == [.bad])
        #expect(world.verdicts(.initialStatus).isEmpty)
    }

    @Test func rule44UnknownIsWhoseOwnDeadlineLiesInABlindInterval() {
        var world = world(.seconds(30))
        world.push(at: 0)
        world.wait(until: 50)
        world.wasBlind(from: 25, to: 40)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.further) == [.unknown])
        #expect(world.verdicts(.initialStatus) == [.bad])
    }

    @Test func rule44AMissAroundABlindIntervalIsDoubtfulForThatObjective() {
        var world = world(.seconds(30))
        world.push(at: 0)
        world.wait(until: 50)
        world.wasBlind(from: 20, to: 25)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.further) == [.doubtful])
        #expect(world.verdicts(.initialStatus) == [.bad])
    }

    @Test func rule44AChangeReceivedAfterTheOwnDeadlineWaitsTheOwnGraceFromThenOn() {
        var world = world(.seconds(5), grace: .seconds(30))
        world.push(at: 0, receivedAt: 10)
        world.wait(until: 39)
        #expect(world.bad(Self.further) == 0)
        world.wait(until: 40)
        #expect(world.bad(Self.further) == 1)
        world.push("b", at: 100, receivedAt: 110, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 104, receivedAt: 111)
        #expect(world.good(Self.further) == 1)
        #expect(world.good(.initialStatus) == 0)
    }

    @Test func rule44AfterAStartWhatIsOverdueWaitsTheGraceOfTheDefaultObjective() {
        var world = world(.seconds(20), grace: .zero)
        world.push(at: 0)
        world.restartService(at: 100)
        world.wait(until: 399)
        #expect(world.bad(Self.further) == 0)
        world.wait(until: 400)
        #expect(world.bad(Self.further) == 1)
    }

    @Test func rule44AChangeBeyondTheLimitIsNoEvent() {
        var world = world(.hours(1)) { $0.openChangesLimit = 1 }
        world.push("a", at: 0, number: 1)
        world.push("b", at: 1, number: 2)
        world.close(at: 10, number: 2)
        #expect(world.changeRecords.first?.exclusion == .limit)
        world.wait(until: 2 * hour)
        #expect(world.verdicts(Self.further).isEmpty)
    }

    @Test func rule44AnEventIsJudgedOnceWhateverFollowsAndHoweverOftenTheProcessStarts() {
        var world = world(.seconds(5), grace: .zero)
        world.push(at: 0)
        world.wait(until: 5)
        world.restart()
        world.check(.accepted, at: 3, receivedAt: 6)
        world.wait(until: hour)
        #expect(world.verdicts(Self.further) == [.bad])
        #expect(world.verdicts(.initialStatus) == [.good])
    }

    @Test func rule44AChangeIsNotForgottenBeforeAllHaveJudged() {
        var world = world(.hours(1), grace: .hours(20)) { $0.horizon = .hours(2) }
        world.push("a", at: 0)
        world.push("b", at: 1.5 * hour, action: .synchronize)
        world.check(.accepted, at: 60, receivedAt: 5 * hour)
        #expect(world.good(Self.further) == 1)
        #expect(world.lateEvidence(.late) == 1)
    }

    @Test func rule44AnOwnerThatIsNamedBeforeTheChangeIsForgottenIsJudged() {
        var world = world(.seconds(20)) { $0.horizon = .hours(2) }
        world.push(at: 0, addressee: World.prod)
        world.push("b", at: 100, action: .synchronize, addressee: World.prod)
        world.push(at: 0, receivedAt: 7500, addressee: World.stg)
        world.wait(until: 7799)
        #expect(world.gauge(.changesOpen(World.stg)) == 1)
        world.wait(until: 7800)
        #expect(world.judged(.never, .listed, World.stg) == 1)
        #expect(world.bad(Self.further, World.stg) == 1)
    }

    // MARK: Runs

    @Test(arguments: [(3600.0, ObjectiveJudgement.Verdict.good), (3601, .bad)])
    func rule44ARunIsJudgedByEachDeadline(end: Double, verdict: ObjectiveJudgement.Verdict) {
        var world = world(.hours(1), of: .builds)
        world.check(.accepted, at: 0)
        world.check(success, at: end)
        #expect(world.verdicts(Self.further) == [verdict])
        #expect(world.verdicts(.builds) == [.good])
    }

    @Test func rule44ARunWithoutAnEndIsJudgedASettleAfterEachDeadline() {
        var world = world(.hours(1), of: .testRuns)
        world.check(.test, .queued, at: 0)
        world.wait(until: hour + 119)
        #expect(world.bad(Self.further) == 0)
        world.wait(until: hour + 120)
        #expect(world.bad(Self.further) == 1)
        world.check(.test, error, at: 2 * hour)
        world.wait(until: 3 * hour)
        #expect(world.bad(Self.further) == 1)
        #expect(world.bad(.testRuns) == 1)
    }

    @Test func rule44AnObjectiveJudgesItsOwnKindOfRuns() {
        var world = world(.hours(1), of: .testRuns)
        world.check(.accepted, at: 0)
        world.check(success, at: 10)
        #expect(world.verdicts(Self.further).isEmpty)
    }

    @Test func rule44ASupersessionBeforeTheOwnDeadlineIsNotCounted() {
        var world = world(.seconds(100), of: .builds)
        world.push("a", at: 0)
        world.check(.accepted, at: 5)
        world.push("b", at: 104, receivedAt: 224, action: .synchronize)
        world.wait(until: hour)
        #expect(world.finished(.superseded) == 1)
        #expect(world.verdicts(Self.further).isEmpty)
    }

    @Test func rule44TheGraceOfRunsReceivedLateIsThatOfTheDefaultObjective() {
        var world = world(.hours(1), of: .builds, grace: .zero)
        world.check(.accepted, at: 0, receivedAt: 2 * hour)
        world.wait(until: 2 * hour + 299)
        #expect(world.bad(Self.further) == 0)
        world.wait(until: 2 * hour + 300)
        #expect(world.bad(Self.further) == 1)
    }

    @Test func rule44AfterAStartALongerDeadlineMayBeJudgedBeforeAShorterOne() {
        var world = world(.minutes(10), of: .builds) {
            $0.objectives.append(Objective(Self.another, .builds, target: 0.9, deadline: .seconds(3400)))
        }
        world.check(.accepted, at: 0)
        world.restartService(at: 3500)
        world.wait(until: 3520)
        #expect(world.judgements.map(\.objective) == [Self.another])
        world.wait(until: 3799)
        #expect(world.bad(Self.further) == 0)
        world.wait(until: 3800)
        #expect(world.bad(Self.further) == 1)
    }

    @Test func rule44ARunThatIsPartOfAnotherIsNoEvent() {
        var world = world(.hours(1), of: .builds)
        world.copr(.started, sentAt: 10)
        world.push(at: 0, receivedAt: 20)
        world.check(.accepted, at: 5, receivedAt: 21)
        world.check(success, at: 100)
        #expect(world.queued() == 1)
        #expect(world.verdicts(Self.further) == [.good])
    }

    @Test func rule44ARunIsJudgedOnceHoweverOftenTheProcessStarts() {
        var world = world(.hours(1), of: .builds)
        world.check(.accepted, at: 0)
        world.wait(until: 2 * hour)
        world.restart()
        world.check(success, at: 3 * hour)
        #expect(world.verdicts(Self.further) == [.bad])
        #expect(world.verdicts(.builds) == [.good])
    }

    // MARK: The mission's own series

    @Test func rule44TheMissionsSeriesFollowTheDefaultObjectives() {
        func happen(_ world: inout World) {
            world.push(at: 0)
            world.check(.accepted, at: 20)
            world.check(.started, at: 30)
            world.check(success, at: 13 * hour)
            world.wait(until: 14 * hour)
        }
        var plain = World { $0.listedRepositories = ["acme/*"] }
        happen(&plain)
        for indicator in Objective.Indicator.allCases where indicator.hasDeadline {
            var world = world(.seconds(1), of: indicator, grace: .zero)
            happen(&world)
            let isOfWhatHappens = [.initialStatus, .builds, .buildStart].contains(indicator)
            #expect(world.verdicts(Self.further) == (isOfWhatHappens ? [.bad] : []))
            let own = Set([true, false].map { Counter.objectiveEvents(Self.further, World.prod, isGood: $0) })
            #expect(world.counters.filter { !own.contains($0.key) } == plain.counters)
            #expect(world.gauges == plain.gauges)
            #expect(world.observations == plain.observations)
        }
    }

    @Test func rule44WithoutADefaultObjectiveItsDeadlineAndGraceGoOn() {
        var world = world(.seconds(60)) {
            for objective in Objective.defaults { $0[objective.name] = nil }
        }
        world.push(at: 0)
        world.check(.accepted, at: 20)
        world.wait(until: 314)
        #expect(world.missed(.listed) == 1)
        #expect(world.judgedInAll() == 0)
        world.wait(until: 315)
        #expect(world.judged(.late, .listed) == 1)
        #expect(world.good(Self.further) == 1)
        world.wait(until: 12 * hour + 20)
        #expect(world.overdue() == 0)
        world.wait(until: 12 * hour + 21)
        #expect(world.overdue() == 1)
        world.wait(until: 13 * hour)
        #expect(Set(world.judgements.map(\.objective)) == [Self.further])
    }
}
