import SLOCore
import Testing

/// docs/counting.md, rule 44: objectives that are added to a service that has been running.
@Suite struct AddedObjectiveRuleTests {
    private static let hour = Objective(name("hour"), .builds, target: 0.9, deadline: .hours(1))
    private static let minute = Objective(
        name("minute"), .initialStatus, target: 0.9, deadline: .minutes(1), grace: .zero)

    private static func name(_ text: String) -> Objective.Name {
        guard let name = Objective.Name(rawValue: text) else { fatalError("\(text) is no name") }
        return name
    }

    private func events(_ objective: Objective, in world: World) -> [ObjectiveJudgement.Verdict] {
        world.judgements.filter { $0.objective == objective.name }.map(\.verdict)
    }

    @Test func rule44AnAddedObjectiveDoesNotJudgeWhatWasDueBefore() {
        var world = World()
        world.push("a", at: 0)
        world.check(.build, .accepted, at: 10)
        world.wait(until: 7200)
        world.restart(with: { $0.objectives += [Self.hour, Self.minute] })
        world.restartService(at: 7300)
        world.check(.build, success, at: 7400)
        world.wait(until: 20_000)
        #expect(events(Self.hour, in: world) == [])
        #expect(events(Self.minute, in: world) == [])
        #expect(world.judgements.filter { $0.objective == .builds }.map(\.verdict) == [.good])
    }

    @Test func rule44AnAddedObjectiveJudgesWhatIsNotDueYetAtItsOwnTime() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.wait(until: 600)
        world.restart(with: { $0.objectives.append(Self.hour) })
        world.restartService(at: 700)
        world.wait(until: 3600 + 119)
        #expect(events(Self.hour, in: world) == [])
        world.wait(until: 3600 + 121)
        #expect(events(Self.hour, in: world) == [.bad])
    }

    @Test func rule44AnObjectiveThatIsThereFromTheBeginningJudgesThePast() {
        var world = World { $0.objectives.append(Self.hour) }
        world.restartService(at: 100_000)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 100_000 - 7200, receivedAt: 100_001)
        world.wait(until: 200_000)
        #expect(events(Self.hour, in: world) == [.bad])
    }

    @Test func rule44AnObjectiveThatWasLeftOutForAWhileIsNewWhenItComesBack() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.restart(with: { $0[.builds] = nil })
        world.restartService(at: 100)
        world.wait(until: 43_200 + 1000)
        world.restart(with: { $0.objectives.append(.builds) })
        world.restartService(at: 43_200 + 1100)
        world.check(.build, success, at: 43_200 + 1200)
        #expect(events(.builds, in: world) == [])
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 50_000)
        world.check(.build.with { $0.sha = "b" }, success, at: 50_100)
        #expect(events(.builds, in: world) == [.good])
    }
}
