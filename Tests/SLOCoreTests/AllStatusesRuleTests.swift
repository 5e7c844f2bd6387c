import SLOCore
import Testing

/// docs/counting.md, rule 48.
@Suite struct AllStatusesRuleTests {
    /// With 60 seconds, and a grace of 30.
    private static let name = Objective.Name(rawValue: "checks")!

    private static func world(_ selection: ObjectiveSelection = .init()) -> World {
        World {
            $0.objectives.append(
                Objective(
                    name, .allStatuses, target: 0.9, deadline: .seconds(60), grace: .seconds(30), selection: selection))
        }
    }

    private static func check(_ name: String, _ change: (inout World.Check) -> Void = { _ in }) -> World.Check {
        .build.with {
            $0.name = CheckName(text: name, subject: .build)
            change(&$0)
        }
    }

    private static func status(_ name: String) -> World.Check {
        check(name) {
            $0.isCommitStatus = true
            $0.externalID = ""
        }
    }

    @Test func rule48TheTimeIsThatOfTheLastCheckAndCountsOneGraceAfterTheDeadline() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y"), .accepted, at: 40)
        world.check(Self.check("x"), .started, at: 90)
        world.wait(until: 314)
        #expect(world.allStatusesTimes() == [])
        world.wait(until: 315)
        #expect(world.allStatusesTimes() == [40])
        world.check(Self.check("z"), .accepted, at: 400)
        world.waitForTheEnd()
        #expect(world.allStatusesTimes() == [40] && world.lateEvidence(.late) == 0)
    }

    @Test func rule48ChecksOfAllKindsAreChecksOfTheChange() {
        var world = World()
        world.push()
        world.check(.build, .accepted, at: 1)
        world.check(.job, .accepted, at: 2)
        world.check(.build.with { $0.name = CheckName(text: "my check", subject: .unknown) }, .accepted, at: 3)
        world.check(.build.with { $0.name = CheckName(text: "packit", subject: .other) }, .unclear, at: 30)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [30])
    }

    @Test func rule48OnlyChecksOfTheEventOfTheInitialStatusAreOfTheChange() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y") { $0.externalID = "e2" }, .accepted, at: 50)
        world.check(
            Self.check("main") { $0.name = CheckName(text: "m", subject: .build, event: "main") }, .accepted, at: 9)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [5])
    }

    @Test func rule48OfSeveralFirstEventsTheOneThatSortsFirst() {
        var world = World()
        world.push()
        world.check(Self.check("y") { $0.externalID = "e2" }, .accepted, at: 5)
        world.check(Self.check("x") { $0.externalID = "e1" }, .accepted, at: 5)
        world.check(Self.check("z") { $0.externalID = "e1" }, .accepted, at: 20)
        world.check(Self.check("w") { $0.externalID = "e2" }, .accepted, at: 30)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [20])
    }

    @Test func rule48WithoutAnExternalIDThoseThatHaveNone() {
        var world = World()
        world.push()
        world.check(Self.check("x") { $0.externalID = "" }, .accepted, at: 5)
        world.check(Self.check("y") { $0.externalID = "" }, .accepted, at: 25)
        world.check(Self.check("z"), .accepted, at: 35)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [25])
    }

    @Test func rule48ACommitStatusIsOfTheEventOfItsCheck() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y"), .accepted, at: 25)
        world.check(Self.status("x"), .accepted, at: 4)
        world.check(Self.status("z"), .accepted, at: 35)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [25])
    }

    @Test func rule48StatusesBeforeTheStartAreOfAnEarlierChange() {
        var world = World()
        world.push(at: 0)
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y"), .accepted, at: 30)
        world.close(at: 1000)
        world.push(at: 2000, action: .reopened)
        world.check(Self.check("x"), .accepted, at: 1999)
        world.check(Self.check("y"), .accepted, at: 2010)
        world.wait(until: 2400)
        #expect(world.allStatusesTimes() == [30, 10])
    }

    @Test func rule48AChangeThatIsNotAnsweredHasNoTime() {
        var world = Self.world()
        world.push()
        world.waitForTheEnd()
        #expect(world.allStatusesTimes() == [] && world.verdicts(Self.name) == [])
    }

    @Test func rule48TheObjectiveJudgesOneOfItsGracesAfterItsDeadline() {
        var world = Self.world()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y"), .accepted, at: 60)
        world.wait(until: 89)
        #expect(world.verdicts(Self.name) == [])
        world.wait(until: 90)
        #expect(world.verdicts(Self.name) == [.good])
        world.push("b", at: 1000, action: .synchronize)
        world.check(Self.check("x") { $0.sha = "b" }, .accepted, at: 1005)
        world.check(Self.check("y") { $0.sha = "b" }, .accepted, at: 1061)
        world.wait(until: 1090)
        #expect(world.verdicts(Self.name) == [.good, .bad])
        world.waitForTheEnd()
        #expect(world.verdicts(Self.name) == [.good, .bad])
    }

    /// Only Packit knows which checks a change should have.
    @Test func rule48ACheckThatIsPostedAfterTheGraceIsNoneOfTheChange() {
        var world = Self.world()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y"), .accepted, at: 91, receivedAt: 89.5)
        world.wait(until: 400)
        #expect(world.verdicts(Self.name) == [.good])
        #expect(world.allStatusesTimes() == [91])
    }

    @Test func rule48AClosedOrSupersededChangeIsNoEventUnlessItIsGood() {
        var world = Self.world()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.close(at: 59)
        world.wait(until: 400)
        #expect(world.verdicts(Self.name) == [.good])
        world.push("b", at: 1000, number: 2)
        world.check(Self.check("x") { $0.sha = "b" }, .accepted, at: 1005)
        world.check(Self.check("y") { $0.sha = "b" }, .accepted, at: 1070)
        world.close(at: 1059, receivedAt: 1071, number: 2)
        world.push("c", at: 2000, number: 3)
        world.check(Self.check("x") { $0.sha = "c" }, .accepted, at: 2005)
        world.check(Self.check("y") { $0.sha = "c" }, .accepted, at: 2070)
        world.push("d", at: 2060, receivedAt: 2071, number: 3, action: .synchronize)
        world.wait(until: 3000)
        #expect(world.verdicts(Self.name) == [.good, .bad])
    }

    @Test func rule48AroundABlindIntervalItIsUnknownOrDoubtful() {
        var world = Self.world()
        for (number, start) in [(1, 0), (2, 1000), (3, 2000)] as [(Int, Double)] {
            let sha = "\(number)"
            world.push(sha, at: start, number: number)
            world.check(Self.check("x") { $0.sha = sha }, .accepted, at: start + 5)
            world.check(Self.check("y") { $0.sha = sha }, .accepted, at: start + 70)
            switch number {
            case 1: world.wasBlind(from: 55, to: 65)
            case 2: world.wasBlind(from: 1010, to: 1020)
            default:
                world.wasBlind(from: 2055, to: 2065)
                world.caughtUp(blindSince: 2055)
            }
            world.wait(until: start + 400)
        }
        #expect(world.verdicts(Self.name) == [.unknown, .doubtful, .bad])
    }

    @Test func rule48OnlyEligibleAndSelectedChangesAreEvents() {
        var world = World {
            $0.policy = .listed
            $0.listedRepositories = ["acme/rocket"]
            $0.objectives.append(
                Objective(
                    Self.name, .allStatuses, target: 0.9, deadline: .seconds(60), selection: .init(branches: ["main"])))
        }
        let other = World.repository(2, "acme/other")
        world.push(at: 0)
        world.push("b", at: 0, number: 2, base: "stable")
        world.push("c", at: 0, number: 1, repository: other)
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("x") { $0.sha = "b" }, .accepted, at: 5)
        world.check(
            Self.check("x") {
                $0.sha = "c"
                $0.repository = other
            }, .accepted, at: 5)
        world.wait(until: 1000)
        #expect(world.verdicts(Self.name) == [.good])
        // The time is of all of them.
        #expect(world.allStatusesTimes() == [5, 5, 5])
    }

    @Test func rule48AChangeReceivedLateWaitsAGrace() {
        var world = Self.world()
        world.check(Self.check("x"), .accepted, at: 5)
        world.push(at: 0, receivedAt: 3600)
        world.wait(until: 3629)
        world.check(Self.check("y"), .accepted, at: 80, receivedAt: 3629.5)
        world.check(Self.check("z"), .accepted, at: 100, receivedAt: 3629.6)
        #expect(world.verdicts(Self.name) == [])
        world.wait(until: 3630)
        #expect(world.verdicts(Self.name) == [.bad])
        // By the default objective, whose grace is longer.
        world.wait(until: 3600 + 300)
        #expect(world.allStatusesTimes() == [100])
    }

    @Test func rule48ACheckReceivedAfterTheObservationIsLateEvidenceOnce() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.wait(until: 315)
        world.check(Self.check("x"), .started, at: 100, receivedAt: 316)
        #expect(world.lateEvidence(.late) == 0)
        world.check(Self.check("y"), .accepted, at: 316, receivedAt: 317)
        #expect(world.lateEvidence(.late) == 0)
        world.check(Self.check("z"), .accepted, at: 315, receivedAt: 318)
        #expect(world.lateEvidence(.late) == 1)
        world.check(Self.check("w"), .accepted, at: 200, receivedAt: 319)
        world.waitForTheEnd()
        #expect(world.lateEvidence(.late) == 1 && world.allStatusesTimes() == [5])
    }

    @Test func rule48AFirstStatusReceivedAfterLaterOnesOfItsCheckIsLateEvidence() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(Self.check("y"), .started, at: 40)
        world.wait(until: 315)
        world.check(Self.check("y"), .accepted, at: 20, receivedAt: 316)
        world.waitForTheEnd()
        #expect(world.allStatusesTimes() == [40] && world.lateEvidence(.late) == 1)
    }

    @Test(arguments: [("x", 4, 1), ("y", 4, 1), ("y", 5, 1), ("y", 6, 0)])
    func rule48ALateStatusThatBecomesTheInitialOneIsLateEvidence(name: String, at second: Double, late: Int64) {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.wait(until: 315)
        world.check(Self.status(name), .accepted, at: second, receivedAt: 316)
        #expect(world.lateEvidence(.late) == late)
    }

    @Test func rule48ALateCheckThatBecomesTheInitialOneIsLateEvidence() {
        var world = World()
        world.push()
        world.check(Self.status("x"), .accepted, at: 9)
        world.wait(until: 315)
        world.check(Self.check("x"), .accepted, at: 5, receivedAt: 316)
        #expect(world.lateEvidence(.late) == 1)
    }

    /// Rule 39: its deadline counts from its receipt.
    @Test func rule48AChangeThatStartsInTheFutureIsAnsweredBeforeItsStart() {
        var world = World()
        world.push(at: 7200, receivedAt: 1)
        world.check(Self.check("x"), .accepted, at: 40)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [0])
    }

    @Test func rule48WhatWasObservedIsStored() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.restart()
        world.wait(until: 315)
        world.restart()
        world.check(Self.check("y"), .accepted, at: 200, receivedAt: 400)
        world.waitForTheEnd()
        #expect(world.allStatusesTimes() == [5] && world.lateEvidence(.late) == 1)
    }

    @Test func rule48EachOwnerHasItsOwnTime() {
        var world = World()
        world.push()
        world.check(Self.check("x"), .accepted, at: 5)
        world.check(
            Self.check("x") {
                $0.deployment = World.stg
                $0.externalID = "s1"
            }, .accepted, at: 9)
        world.wait(until: 400)
        #expect(world.allStatusesTimes() == [5] && world.allStatusesTimes(World.stg) == [9])
    }
}
