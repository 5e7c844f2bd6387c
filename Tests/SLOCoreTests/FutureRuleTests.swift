import SLOCore
import Testing

/// Rule 39: a provider time in the future stands for the receipt.
@Suite struct FutureRuleTests {
    private static let year2099 = 4_000_000_000.0 - Double(World.epoch.seconds)

    @Test func rule39AnAnswerOfTheFutureTeachesNoLongerThanFromItsReceipt() {
        var world = World { $0.learnedWindow = .hours(1) }
        world.push("a", at: 0)
        world.check(.accepted, at: Self.year2099, receivedAt: 2)
        world.push("b", at: 2 * hour, number: 2)
        world.wait(until: 3 * hour)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.futureTimes(.github) == 1)
    }

    @Test func rule39APushOfTheFutureEndsNoLaterWait() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.push("a", at: 0)
        world.push("b", at: Self.year2099, receivedAt: 100, action: .synchronize)
        world.push("c", at: 200, action: .synchronize)
        world.wait(until: 215)
        #expect(world.withoutStatus(.listed) == 1)
        #expect(world.missed(.listed) == 3)
        world.wait(until: 600)
        #expect(world.judged(.never, .listed) == 3)
    }

    @Test func rule39APushOfTheFutureIsJudgedFromItsReceipt() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.push("a", at: Self.year2099, receivedAt: 100)
        world.wait(until: 115)
        #expect(world.withoutStatus(.listed) == 1)
        world.wait(until: 415)
        #expect(world.judged(.never, .listed) == 1)
    }

    @Test func rule39ASecondDeliveryOfAPushOfTheFutureIsTheSame() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.push("a", at: Self.year2099, receivedAt: 100)
        world.push("a", at: Self.year2099, receivedAt: 160)
        #expect(world.seen() == 1)
        world.wait(until: 600)
        #expect(world.judged(.never, .listed) == 1)
        #expect(world.futureTimes(.github) == 2)
    }

    @Test func rule39ACloseOfTheFutureClosesAtItsReceipt() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.push("a", at: 0)
        world.close(at: Self.year2099, receivedAt: 10)
        world.wait(until: 400)
        #expect(world.judged(.excluded, .listed) == 1)
        world.push("a", at: 500, action: .reopened)
        world.wait(until: 900)
        #expect(world.judged(.never, .listed) == 1)
    }

    /// It names the head of a push that was not received, since its first delivery.
    @Test func rule39ASecondDeliveryOfAClosingOfTheFutureIsTheSame() {
        var world = World()
        world.push("a")
        world.close(at: 5000, receivedAt: 100, head: "b")
        world.command(at: 9000, receivedAt: 101)
        world.close(at: 5000, receivedAt: 110, head: "b")
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 120)
        world.wait(until: 1000)
        #expect(world.commands(.onTime) == 1)
    }

    @Test func rule39ClocksMayDifferByTenMinutes() {
        var world = World()
        world.push("a", at: 600, receivedAt: 0)
        #expect(world.futureTimes(.github) == 0)
        world.push("b", at: 601, receivedAt: 0.999, number: 2)
        #expect(world.futureTimes(.github) == 1)
    }

    @Test func rule39DeadlinesRunFromTheEarlierOfProviderTimeAndReceipt() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.push("a", at: 60, receivedAt: 0)
        world.wait(until: 15)
        #expect(world.withoutStatus(.listed) == 1)
        world.check(.accepted, at: 70, receivedAt: 20)
        #expect(world.withoutStatus(.listed) == 0)
        #expect(world.initialStatusTimes() == [10])
    }

    @Test func rule39ARunsDeadlineAndHorizonRunFromTheEarlierOfProviderTimeAndReceipt() {
        var world = World()
        world.check(.accepted, at: 2344, receivedAt: 0)
        world.wait(until: 12 * hour)
        #expect(world.overdue() == 0)
        world.wait(until: 12 * hour + 0.001)
        #expect(world.overdue() == 1)
        world.wait(until: 12 * hour + 120)
        #expect(world.bad(.builds) == 1)
        world.wait(until: 7 * 24 * hour)
        #expect(world.finished(.error) == 1)
        // Its duration keeps the provider's time.
        #expect(world.durations(.error) == [604_800])
    }

    @Test func rule39ARunIsGoodByProviderTimesAlone() {
        var world = World()
        world.check(.accepted, at: 2344, receivedAt: 0)
        world.check(success, at: 12 * hour + 2344, receivedAt: 12 * hour - 1)
        #expect(world.good(.builds) == 1)
        #expect(world.durations(.success) == [43200])
    }

    @Test func rule39ARunOfTheFutureSurvivesNoPush() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: Self.year2099, receivedAt: 2)
        world.push("b", at: 100, action: .synchronize)
        world.wait(until: hour)
        #expect(world.finished(.superseded) == 1)
        #expect(world.unfinished() == 0)
    }

    @Test func rule39ARunOfTheFutureSupersedesAtItsReceipt() {
        var world = World()
        world.check(.build.with { $0.job = JobLink(job: .copr, id: 5) }, .accepted, at: 0)
        let newer = World.Check.build.with { $0.job = JobLink(job: .copr, id: 6) }
        world.check(newer, .accepted, at: Self.year2099, receivedAt: 100)
        world.check(newer, success, at: 200)
        world.wait(until: hour)
        #expect(world.durations(.superseded) == [100])
    }

    @Test func rule39ATestWaitsNoLongerThanTheHorizonFromItsReceipt() {
        var world = World()
        world.check(.test, .accepted, at: Self.year2099, receivedAt: 0)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 1)
        world.wait(until: 7 * 24 * hour)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 0)
    }

    @Test func rule39ANameKeepsItsKindNoLongerThanFromItsReceipt() {
        var world = World { $0.learnedWindow = .hours(1) }
        let name = CheckName(text: "ci / functional", subject: .unknown)
        let shown = World.Check.test.with {
            $0.name = name; $0.job = JobLink(job: .testingFarm, id: 9)
        }
        world.check(shown, .unclear, asTest: .started, at: Self.year2099, receivedAt: 0)
        world.check(
            .build.with {
                $0.name = name; $0.sha = "b"
            }, .accepted, at: 2 * hour)
        #expect(world.gauge(.unclassifiedChecks) == 1)
    }

    @Test func rule39AnUnclassifiedRunIsOverdueFromTheEarlierOfProviderTimeAndReceipt() {
        var world = World()
        let check = World.Check.build.with {
            $0.name = CheckName(text: "ci / functional", subject: .unknown)
            $0.job = JobLink(job: .copr, id: 5)
        }
        world.check(check, .started, asTest: .waiting, at: 2344, receivedAt: 0)
        world.wait(until: 12 * hour + 0.001)
        #expect(world.overdue() == 1)
    }

    @Test func rule39TimesOfOtherSourcesAreCountedForThem() {
        var world = World()
        world.copr(.started, sentAt: Self.year2099, receivedAt: 1)
        world.testingFarm(.queued, created: Self.year2099, receivedAt: 2)
        #expect(world.futureTimes(.copr) == 1)
        #expect(world.futureTimes(.testingFarm) == 1)
        #expect(world.futureTimes(.github) == 0)
    }

    /// By a clock that is slow, and whichever of the two is received first.
    @Test(arguments: [true, false], [98.0, 97])
    func rule39AnAnswerTeachesOfWhatWasPushedBeforeItsReceipt(isFirst: Bool, receivedAt: Double) {
        var world = World()
        if isFirst { world.check(.accepted, at: 104, receivedAt: receivedAt) }
        world.push("a", at: 100, receivedAt: isFirst ? 99 : 96)
        if !isFirst { world.check(.accepted, at: 104, receivedAt: receivedAt) }
        world.push("b", at: 200, receivedAt: 160, number: 2)
        world.wait(until: 1000)
        #expect(world.judged(.never, .learned) == (receivedAt < 98 ? 0 : 1))
    }

    /// The difference of the clocks does not lengthen the window.
    @Test func rule39AnAnswerIsLearnedAsOfTheEarlierOfProviderTimeAndReceipt() {
        var world = World { $0.learnedWindow = .hours(1) }
        world.push("a", at: 0)
        world.check(.accepted, at: 300, receivedAt: 10)
        world.push("b", at: hour + 100, number: 2)
        world.wait(until: 2 * hour)
        #expect(world.judged(.never, .assumed) == 1)
    }

    @Test func rule39AnAnswerOfTheFutureTeachesNothingOfWhatWasPushedAfterItsReceipt() {
        var world = World()
        world.check(.accepted, at: Self.year2099, receivedAt: 2)
        world.push("a", at: hour)
        world.push("b", at: 2 * hour, number: 2)
        world.wait(until: 3 * hour)
        #expect(world.judged(.never, .assumed) == 1)
    }
}
