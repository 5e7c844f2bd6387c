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

    @Test func rule39TimesOfOtherSourcesAreCountedForThem() {
        var world = World()
        world.copr(.started, sentAt: Self.year2099, receivedAt: 1)
        world.testingFarm(.queued, created: Self.year2099, receivedAt: 2)
        #expect(world.futureTimes(.copr) == 1)
        #expect(world.futureTimes(.testingFarm) == 1)
        #expect(world.futureTimes(.github) == 0)
    }
}
