import SLOCore
import Testing

/// docs/counting.md, rule 52: deliveries to the watched App.
@Suite struct AppDeliveryRuleTests {
    private static let name = Objective.Name(rawValue: "endpoint")!
    private static let app: Int64 = 77

    private func world(_ change: (inout LedgerSettings) -> Void = { _ in }) -> World {
        World {
            $0[Self.name] = Objective(Self.name, .appDeliveries, target: 0.99)
            change(&$0)
        }
    }

    private func attempt(
        _ id: Int64, of delivery: UInt64? = nil, at seconds: Double, _ status: AppDeliveryStatus = .success,
        again: Bool = false, took: Int64 = 270
    ) -> AppDeliveryAttempt {
        AppDeliveryAttempt(
            id: id, delivery: delivery ?? UInt64(id), deliveredAt: World.at(seconds), isRedelivery: again,
            status: status, duration: .milliseconds(took))
    }

    private func counted(_ status: AppDeliveryStatus, in world: World) -> Int64 {
        world.counters[.appDeliveries(World.prod, status)] ?? 0
    }

    @Test(arguments: AppDeliveryStatus.allCases) func rule52OnlyAnAnswerWith2xxIsGood(status: AppDeliveryStatus) {
        var world = world()
        world.listed([attempt(1, at: 0, status)], at: 60)
        #expect(world.verdicts(Self.name) == [status == .success ? .good : .bad])
        #expect(counted(status, in: world) == 1)
        #expect(world.good(Self.name) + world.bad(Self.name) == 1)
    }

    @Test func rule52EveryAttemptIsCountedAndOnlyTheFirstOfADeliveryIsJudged() {
        var world = world()
        world.listed([attempt(3, of: 9, at: 40, again: true), attempt(1, of: 9, at: 0, .serverError)], at: 60)
        world.listed([attempt(4, of: 9, at: 70, .timedOut, again: true)], at: 120)
        #expect(world.verdicts(Self.name) == [.bad])
        #expect(counted(.serverError, in: world) == 1)
        #expect(counted(.success, in: world) == 1)
        #expect(counted(.timedOut, in: world) == 1)
    }

    @Test func rule52ADeliveryWhoseFirstAttemptIsNotListedIsNoEvent() {
        var world = world()
        world.listed([attempt(3, at: 40, .serverError, again: true)], at: 60)
        #expect(world.verdicts(Self.name) == [])
        #expect(counted(.serverError, in: world) == 1)
    }

    /// Should GitHub list two attempts at a delivery of which none is marked as a redelivery, the older is the first.
    @Test func rule52OneDeliveryIsOneEvent() {
        var world = world()
        world.listed([attempt(2, of: 9, at: 20), attempt(1, of: 9, at: 10, .clientError)], at: 60)
        world.listed([attempt(3, of: 9, at: 2 * 24 * hour)], at: 2 * 24 * hour + 60)
        #expect(world.verdicts(Self.name) == [.bad])
        #expect(counted(.success, in: world) == 2)
    }

    @Test func rule52AnAttemptThatIsListedAgainIsCountedOnce() {
        var world = world()
        let attempts = [attempt(1, at: 0), attempt(2, at: 10, .serverError)]
        world.listed(attempts, at: 60)
        world.restart()
        world.listed(attempts + [attempt(3, at: 60)], at: 120)
        #expect(counted(.success, in: world) == 2)
        #expect(counted(.serverError, in: world) == 1)
        #expect(world.verdicts(Self.name) == [.good, .bad, .good])
        #expect(world.observations.count == 3)
    }

    @Test func rule52WhatCannotBeStoredIsCountedWhenItIsListedAgain() {
        var world = world()
        world.undo { $0.listed([attempt(1, at: 0)], at: 60) }
        world.listed([attempt(1, at: 0)], at: 120)
        #expect(counted(.success, in: world) == 1)
        #expect(world.verdicts(Self.name) == [.good])
    }

    @Test func rule52TheListsOfTwoAppsAreApart() {
        var world = world()
        world.listed([attempt(1, at: 0)], at: 60)
        world.listed([attempt(1, at: 0, .serverError)], app: 78, deployment: World.stg, at: 60)
        #expect(world.good(Self.name) == 1)
        #expect(world.bad(Self.name, World.stg) == 1)
    }

    @Test func rule52AJudgementHasTheTimeOfTheAttempt() {
        var world = world()
        world.listed([attempt(1, at: -2 * 24 * hour, .serverError), attempt(2, at: 5)], at: 60)
        #expect(world.judgements.map(\.at) == [World.at(-2 * 24 * hour), World.at(5)])
        #expect(world.bad(Self.name) == 1)
    }

    @Test func rule52TheDurationOfAnAnswerIsObservedInMilliseconds() {
        var world = world()
        let attempts = AppDeliveryStatus.allCases.enumerated().map { number, status in
            attempt(Int64(number), at: Double(number), status, took: 1001 + Int64(number))
        }
        world.listed(attempts, at: 60)
        #expect(world.observations.map(\.span) == (1001...1004).map { TimeSpan.milliseconds($0) })
        #expect(world.observations.allSatisfy { $0.histogram == .appDeliveryDuration(World.prod) })
    }

    @Test func rule52ABlindIntervalChangesNothing() {
        var world = world()
        world.wasBlind(from: -60, to: 30)
        world.listed([attempt(1, at: 0, .serverError)], at: 60)
        #expect(world.verdicts(Self.name) == [.bad])
    }

    @Test func rule52AttemptsOlderThanTheListReachesCountNothing() {
        var world = world()
        let limit = 60 - 3 * 24 * hour
        world.listed([attempt(1, at: limit - 1), attempt(2, at: limit)], at: 60)
        #expect(counted(.success, in: world) == 1)
    }

    /// By rule 39 its time counts as in the future; it is read again.
    @Test func rule52AnAttemptFromTheFutureWaitsForItsTime() {
        var world = world()
        world.listed([attempt(1, at: hour)], at: 60)
        #expect(counted(.success, in: world) == 0)
        #expect(world.futureTimes(.github) == 1)
        world.listed([attempt(1, at: hour)], at: hour - 60)
        #expect(counted(.success, in: world) == 1)
        #expect(world.judgements.map(\.at) == [World.at(hour - 60)])
    }

    @Test func rule52WithoutAnObjectiveAttemptsAreCountedAllTheSame() {
        var world = World()
        world.listed([attempt(1, at: 0, .unreachable)], at: 60)
        #expect(counted(.unreachable, in: world) == 1)
        #expect(world.judgements.isEmpty)
    }

    @Test func rule52ADeliveryIsAnEventOfEachObjective() {
        let other = Objective.Name(rawValue: "other")!
        var world = world { $0[other] = Objective(other, .appDeliveries, target: 0.5) }
        world.listed([attempt(1, at: 0)], at: 60)
        #expect(world.good(Self.name) == 1)
        #expect(world.good(other) == 1)
        #expect(Set(world.judgements.map(\.entity)).count == 1)
    }

    // MARK: - What is remembered

    @Test func rule52WhatIsRememberedIsForgottenOnceItIsNoLongerListed() {
        var world = world()
        let empty = world.stored.count
        world.listed([attempt(1, at: 0)], at: 60)
        #expect(world.stored.values.count > empty)
        world.listed([], at: 4 * 24 * hour + 16 * 60)
        #expect(world.periods == 0)
        // Also of an App that is no longer watched.
        world.listed([attempt(2, at: 5 * 24 * hour)], at: 5 * 24 * hour + 60)
        #expect(world.periods == 1)
        world.restartService(at: 10 * 24 * hour)
        #expect(world.periods == 0)
    }

    @Test func rule52AQuarterOfAnHourHasALimit() {
        var world = world()
        let attempts = (1...5000).map { attempt(Int64($0), of: .max / 5000 * UInt64($0), at: 0) }
        world.listed(attempts, at: 60)
        #expect(counted(.success, in: world) == 4096)
        #expect(world.counters[.limitReached(.appDelivery)] == 904)
        #expect(world.stored.values.allSatisfy { $0.count < 64 << 10 })
        world.restart()
        world.listed([attempt(6000, at: 900)], at: 960)
        #expect(counted(.success, in: world) == 4097)
    }

    @Test func rule52TheStoredStateTellsWhatIsStillToBeRead() throws {
        var world = world()
        #expect(try Ledger.readThrough(ofApp: Self.app, from: world.kept) == nil)
        world.listed([attempt(1, at: 0), attempt(2, at: 1000)], through: 50, at: 1060)
        world.listed([], through: 40, at: 1070)
        #expect(try Ledger.readThrough(ofApp: Self.app, from: world.kept) == World.at(50))
        let attempts = [attempt(1, at: 0), attempt(3, at: 0), attempt(2, at: 1000), attempt(4, at: 9000)]
        let uncounted = try Ledger.uncounted(attempts, ofApp: Self.app, from: world.kept)
        #expect(uncounted.map(\.id) == [3, 4])
        #expect(try Ledger.uncounted(attempts, ofApp: 78, from: world.kept).count == 4)
    }
}

extension World {
    fileprivate mutating func listed(
        _ attempts: [AppDeliveryAttempt], app: Int64 = 77, deployment: Deployment = World.prod, through: Double? = nil,
        at seconds: Double
    ) {
        let fact = AppDeliveriesListed(
            app: app, deployment: deployment, attempts: attempts, readThrough: through.map(Self.at))
        observe(.appDeliveriesListed(fact), receivedAt: seconds)
    }

    /// How many rows remember what was counted.
    fileprivate var periods: Int { stored.keys.count { $0.table == 9 } }
}
