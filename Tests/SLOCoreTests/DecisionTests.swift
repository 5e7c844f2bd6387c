import Testing

@testable import SLOCore

/// Which delivery decided what is counted. None is named rather than a wrong one.
@Suite struct DecisionTests {
    private static let queued = Counter.runsQueued(.build, World.prod)
    private static func finished(_ outcome: Outcome) -> Counter { .runsFinished(.build, World.prod, outcome) }
    private static func judged(_ verdict: Verdict, _ eligibility: Eligibility) -> Counter {
        .changesJudged(World.prod, verdict, eligibility)
    }
    private static func events(_ objective: Objective.Name, isGood: Bool) -> Counter {
        .objectiveEvents(objective, World.prod, isGood: isGood)
    }
    private static let hidden = Repository(id: 1, fullName: "acme/rocket", isPrivate: true, statedAt: World.at(50))

    private static func id(_ number: Int) -> DeliveryID {
        let digits = String(number, radix: 16)
        let text = "72d3162e-cc78-11e3-81ab-" + String(repeating: "0", count: 12 - digits.count) + digits
        return DeliveryID(text) ?? DeliveryID("72d3162e-cc78-11e3-81ab-4c9367dc0958")!
    }

    // MARK: - What a delivery counts

    @Test func whatADeliveryCountsItDecided() {
        var world = World()
        world.delivery = Self.id(1)
        world.check(.build, .accepted, at: 0)
        #expect(
            world.decisions[Self.queued]
                == Decision(delivery: Self.id(1), repository: 1, at: World.at(1)))
        world.delivery = Self.id(2)
        world.check(.build, success, at: 60)
        #expect(world.decisions[Self.finished(.success)]?.delivery == Self.id(2))
        #expect(world.decisions[Self.events(.builds, isGood: true)]?.delivery == Self.id(2))
        let duration = world.observations.first { $0.histogram == .runDuration(.build, World.prod, .success) }
        #expect(duration?.decision == Decision(delivery: Self.id(2), repository: 1, at: World.at(61)))
        #expect(world.decisions[Self.queued]?.delivery == Self.id(1))
    }

    @Test func ofWhatADeliveryWithoutAnIDCountsNobodyIsNamed() {
        var world = World()
        world.delivery = Self.id(1)
        world.check(.build, .accepted, at: 0)
        world.delivery = nil
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 10)
        #expect(world.queued() == 2)
        #expect(world.decisions[Self.queued] == nil)
    }

    // MARK: - What a deadline counts

    @Test func anAnswerInTimeIsOfTheStatusThatGaveIt() {
        var world = World()
        world.delivery = Self.id(1)
        world.push()
        world.delivery = Self.id(2)
        world.check(.build, .accepted, at: 4)
        // A later one, and a push elsewhere, decide nothing of it.
        world.delivery = Self.id(3)
        world.check(.build, .started, at: 8)
        world.push("z", at: 9, number: 2, repository: World.repository(2, "acme/other"))
        world.wait(until: 20)
        #expect(world.judged(.onTime) == 1)
        #expect(world.decisions[Self.judged(.onTime, .learned)]?.delivery == Self.id(2))
        #expect(world.decisions[Self.judged(.onTime, .learned)]?.at == World.at(15))
        #expect(world.decisions[Self.events(.initialStatus, isGood: true)]?.delivery == Self.id(2))
        let duration = world.observations.first { $0.histogram == .initialStatusDuration(World.prod) }
        #expect(duration?.decision?.delivery == Self.id(2))
    }

    @Test func anAnswerThatCameBeforeTheChangeIsOfNobody() {
        var world = World()
        world.delivery = Self.id(2)
        world.check(.build, .accepted, at: 4)
        world.delivery = Self.id(1)
        world.push(at: 0, receivedAt: 6)
        world.wait(until: 20)
        #expect(world.judged(.onTime) == 1)
        #expect(world.decisions[Self.judged(.onTime, .learned)] == nil)
    }

    @Test func aMissIsOfThePush() {
        var world = World()
        world.delivery = Self.id(1)
        world.push()
        world.delivery = nil
        world.wait(until: 1000)
        #expect(world.decisions[.deadlinesMissed(World.prod, .assumed)]?.delivery == Self.id(1))
        #expect(world.decisions[Self.judged(.never, .assumed)]?.delivery == Self.id(1))
    }

    @Test func anExclusionIsOfNobody() {
        var world = World()
        world.delivery = Self.id(1)
        world.push()
        world.delivery = Self.id(2)
        world.close(at: 5)
        world.wait(until: 1000)
        #expect(world.judged(.excluded, .assumed) == 1)
        #expect(world.decisions[Self.judged(.excluded, .assumed)] == nil)
    }

    @Test func anEndThatSettlesIsOfWhoGaveTheOutcomeThatCounts() {
        var world = World()
        world.delivery = Self.id(1)
        world.check(.build, .accepted, at: 0)
        world.delivery = Self.id(2)
        world.check(.build, failure, at: 60)
        world.delivery = Self.id(3)
        world.check(.build, error, at: 62)
        // It says nothing of the outcome.
        world.delivery = Self.id(4)
        world.check(.build, .started, at: 30, receivedAt: 70)
        world.wait(until: 300)
        #expect(world.finished(.error) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.decisions[Self.finished(.error)]?.delivery == Self.id(3))
        #expect(world.decisions[Self.events(.builds, isGood: false)]?.delivery == Self.id(3))
        let duration = world.observations.last { $0.histogram == .runDuration(.build, World.prod, .error) }
        #expect(duration?.seconds == 60)
        #expect(duration?.decision?.delivery == Self.id(3))
    }

    @Test func anEndWithoutAnIDIsOfNobodyAlthoughOthersSettle() {
        var world = World()
        world.delivery = Self.id(1)
        world.check(.build, .accepted, at: 0)
        world.delivery = nil
        world.check(.build, failure, at: 60)
        world.delivery = Self.id(3)
        world.check(.build.with { $0.id = 999 }, .started, at: 30, receivedAt: 70)
        world.wait(until: 300)
        #expect(world.finished(.failure) == 1)
        #expect(world.decisions[Self.finished(.failure)] == nil)
    }

    @Test func aSupersededRunIsOfThePushThatEndedIt() {
        var world = World()
        world.push()
        world.check(.build, .accepted, at: 5)
        world.delivery = Self.id(2)
        world.push("b", at: 60, action: .synchronize)
        world.delivery = Self.id(3)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 70)
        world.wait(until: 600)
        #expect(world.finished(.superseded) == 1)
        #expect(world.decisions[Self.finished(.superseded)]?.delivery == Self.id(2))
    }

    @Test func aRunThatMissesItsObjectiveIsOfWhoQueuedIt() {
        var world = World()
        world.delivery = Self.id(1)
        world.check(.build, .accepted, at: 0)
        world.delivery = nil
        world.wait(until: 13 * hour)
        #expect(world.bad(.builds) == 1)
        #expect(world.decisions[Self.events(.builds, isGood: false)]?.delivery == Self.id(1))
        world.wait(until: 8 * 24 * hour)
        #expect(world.finished(.error) == 1)
        #expect(world.decisions[Self.finished(.error)] == nil)
    }

    /// What it is of is found out only when it is final.
    @Test func aReportOfAnEndThatSettledIsOfNobody() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.copr(.started, sentAt: 60)
        world.copr(.failed, sentAt: 600)
        world.delivery = Self.id(1)
        world.check(.build, failure, at: 620)
        world.wait(until: 1000)
        #expect(world.finished(.failure) == 1)
        #expect(world.decisions[Self.finished(.failure)]?.delivery == Self.id(1))
        let report = world.observations.first { $0.histogram == .runReportDuration(.build, World.prod) }
        #expect(report?.seconds == 20)
        #expect(report?.decision == nil)
    }

    @Test func aCommandIsOfItsAnswerOrItself() {
        var world = World()
        world.delivery = Self.id(1)
        world.push()
        world.command(1, at: 10)
        world.delivery = Self.id(2)
        world.appComment(at: 12)
        world.delivery = Self.id(3)
        world.command(2, at: 20)
        world.delivery = nil
        world.wait(until: 1000)
        #expect(world.decisions[.commandsJudged(World.prod, .onTime, .learned)]?.delivery == Self.id(2))
        #expect(world.commandsInAll() == 2)
        #expect(
            world.decisions[.commandsJudged(World.prod, .never, .learned)]?.delivery == Self.id(3))
    }

    // MARK: - What is in memory only

    @Test func whatWasBroughtBeforeARestartIsOfNobody() {
        var world = World()
        world.delivery = Self.id(1)
        world.push()
        world.check(.build, .accepted, at: 4)
        world.check(.build, failure, at: 8)
        world.restart()
        world.delivery = Self.id(2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 10)
        world.wait(until: 600)
        #expect(world.judged(.onTime) + world.finished(.failure) == 2)
        #expect(world.decisions[Self.judged(.onTime, .learned)] == nil)
        #expect(world.decisions[Self.finished(.failure)] == nil)
    }

    @Test func whatWasRevertedIsForgotten() {
        var world = World()
        world.undo { world in
            world.delivery = Self.id(1)
            world.push()
        }
        // The same change, under the same number.
        world.delivery = nil
        world.push()
        world.wait(until: 1000)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.decisions[Self.judged(.never, .assumed)] == nil)
    }

    @Test func anOutcomeThatWasRevertedIsForgotten() {
        var world = World()
        world.check(.build, .accepted, at: 0)
        world.undo { world in
            world.delivery = Self.id(1)
            world.check(.build, failure, at: 60)
        }
        // Under the same number as before.
        world.delivery = nil
        world.check(.build, failure, at: 60)
        world.wait(until: 300)
        #expect(world.finished(.failure) == 1)
        #expect(world.decisions[Self.finished(.failure)] == nil)
    }

    @Test func theMemoryIsBounded() {
        var memory = DecisionMemory()
        let source = DecisionMemory.Source(delivery: Self.id(1), repository: 1)
        for number in 1...Int64(DecisionMemory.limit) + 10 {
            memory.remember(.opening, of: EntityID(number), from: source)
            memory.remember(.opening, of: EntityID(number), from: source)
        }
        #expect(memory.count == DecisionMemory.limit)
        #expect(memory.source(of: .opening, EntityID(10)) == nil)
        #expect(memory.source(of: .opening, EntityID(11)) == source)
    }

    @Test func aReplayKeepsNothing() {
        var world = World()
        world.push()
        world.check(.build, .accepted, at: 4)
        world.check(.build, failure, at: 8)
        #expect(world.timeline.ledger.decisions.count == 0)
    }

    // MARK: - Private repositories

    @Test func aDeliveryOfAPrivateRepositoryIsNotNamed() {
        var world = World()
        world.delivery = Self.id(1)
        world.check(.build.with { $0.repository = Self.hidden }, .accepted, at: 60)
        world.push(at: 70, repository: Self.hidden)
        world.wait(until: 1000)
        #expect(world.queued() == 1)
        #expect(world.decisions.isEmpty)
    }

    @Test func aRepositoryThatBecomesPrivateIsNotNamedAnyMore() {
        var world = World()
        world.delivery = Self.id(1)
        world.push()
        #expect(!world.hidesRepositories)
        #expect(world.timeline.ledger.showsDeliveries(of: 1))
        world.note(Self.hidden, at: 51)
        #expect(world.hidesRepositories)
        #expect(!world.timeline.ledger.showsDeliveries(of: 1))
        world.wait(until: 1000)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.decisions[Self.judged(.never, .assumed)] == nil)
    }

    @Test func aRepositoryWithANameThatAPrivateOneHadIsNotNamed() {
        var world = World()
        world.note(Self.hidden, at: 51)
        world.note(Repository(id: 2, fullName: "acme/other", statedAt: World.at(52)), at: 53)
        #expect(world.timeline.ledger.showsDeliveries(of: 2))
        world.note(Repository(id: 2, fullName: "acme/rocket", statedAt: World.at(54)), at: 55)
        #expect(world.hidesRepositories)
        #expect(!world.timeline.ledger.showsDeliveries(of: 2))
        #expect(!world.timeline.ledger.showsDeliveries(of: 3))
    }

    // MARK: - Copr

    @Test func aBuildAtCoprIsOfItsDeliveryOnceItsCheckIsKnown() {
        var world = World()
        world.push()
        world.check(.build, .accepted, at: 5)
        world.check(.build, .queued, at: 6)
        world.delivery = Self.id(2)
        world.copr(.started, sentAt: 30)
        #expect(world.started() == 1)
        #expect(
            world.decisions[.runsStarted(.build, World.prod)]
                == Decision(delivery: Self.id(2), repository: 1, at: World.at(31)))
    }

    @Test func aBuildAtCoprWithoutACheckIsOfNobody() {
        var world = World()
        world.delivery = Self.id(2)
        world.copr(.started, sentAt: 30)
        world.copr(.succeeded, sentAt: 90)
        world.wait(until: 4000)
        #expect(world.finished(.success) == 1)
        #expect(world.decisions.isEmpty)
    }

    @Test func aProjectThatMayBeOfAPrivateRepositoryIsNotNamed() {
        var world = World()
        world.note(
            Repository(id: 9, fullName: "acme/rocket-1", isPrivate: true, statedAt: World.at(0)), at: 1)
        world.push()
        world.check(.build, .accepted, at: 5)
        world.check(.build, .queued, at: 6)
        world.delivery = Self.id(2)
        world.copr(.started, sentAt: 30)
        #expect(world.started() == 1)
        #expect(world.decisions[.runsStarted(.build, World.prod)] == nil)
    }
}

@Suite struct DeliveryIDTests {
    @Test func anIDIsAUUIDInLowerCase() {
        let text = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
        #expect(DeliveryID(text)?.description == text)
        #expect(DeliveryID("00000000-0000-0000-0000-00000000000f")?.description.last == "f")
        for other in [
            "", "d-2", text.uppercased(), text + "0", String(text.dropLast()), text.replacing("-", with: "0"),
            text.replacing("7", with: "g"), text.replacing("7", with: "\""), "{" + text.dropFirst(),
        ] {
            #expect(DeliveryID(other) == nil, "\(other)")
        }
    }
}
