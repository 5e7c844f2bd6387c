import SLOCore
import Testing

/// Rule 27: what is received late is not judged for want of evidence at once.
@Suite struct LateRuleTests {
    private static func listed(_ settings: inout LedgerSettings) { settings.listedRepositories = ["acme/*"] }

    @Test func rule27AnAnswerInTimeThatIsKnownDecidesAtOnce() {
        var world = World()
        world.check(.accepted, at: 4)
        world.push(at: 0, receivedAt: 1000)
        #expect(world.judged(.onTime) == 1)
        #expect(world.initialStatusTimes() == [4])
    }

    @Test func rule27AnAnswerInTimeThatFollowsDecidesAtItsReceipt() {
        var world = World()
        world.push(at: 0, receivedAt: 360)
        #expect(world.judgedInAll() == 0)
        world.check(.accepted, at: 4, receivedAt: 363)
        #expect(world.judged(.onTime) == 1)
        #expect(world.missed(.assumed) + world.missed(.learned) == 0)
    }

    @Test func rule27OtherVerdictsComeAGraceAfterTheReceipt() {
        var world = World(Self.listed)
        world.push(at: 0, receivedAt: 3600)
        world.wait(until: 3899.999)
        #expect(world.judgedInAll() == 0)
        world.wait(until: 3900)
        #expect(world.judged(.never, .listed) == 1)
        #expect(world.bad(.initialStatus) == 1)
    }

    @Test func rule27TheVerdictRestsOnWhatIsKnownThen() {
        var world = World(Self.listed)
        world.push(at: 0, receivedAt: 3600)
        world.check(.accepted, at: 20, receivedAt: 3700)
        world.wait(until: 3900)
        #expect(world.judged(.late, .listed) == 1)
        #expect(world.initialStatusTimes() == [20])
    }

    @Test func rule27ACloseThatFollowsExcludes() {
        var world = World(Self.listed)
        world.push(at: 0, receivedAt: 3600)
        world.close(at: 10, receivedAt: 3700)
        world.wait(until: 3900)
        #expect(world.judged(.excluded, .listed) == 1)
        // One deadline after the receipt of the push nothing had ended the wait yet, as far as was received.
        #expect(world.missed(.listed) == 1)
    }

    @Test func rule27GaugeAndMissedCounterWaitOneDeadline() {
        var world = World(Self.listed)
        world.push(at: 0, receivedAt: 3600)
        world.wait(until: 3614.999)
        #expect(world.withoutStatus(.listed) == 0)
        #expect(world.missed(.listed) == 0)
        world.wait(until: 3615)
        #expect(world.withoutStatus(.listed) == 1)
        #expect(world.missed(.listed) == 1)
    }

    @Test func rule27WhatIsReceivedAtTheDeadlineIsInTime() {
        var world = World(Self.listed)
        world.push(at: 0, receivedAt: 15)
        world.wait(until: 15)
        #expect(world.missed(.listed) == 1)
        world.wait(until: 315)
        #expect(world.judged(.never, .listed) == 1)
    }

    @Test func rule27EachOwnerWaitsFromTheDeliveryThatNamesIt() {
        var world = World(Self.listed)
        world.push(at: 0, addressee: World.prod)
        world.wait(until: 315)
        #expect(world.judged(.never, .listed) == 1)
        world.push(at: 0, receivedAt: 1000, addressee: World.stg)
        #expect(world.seen(World.stg) == 1)
        #expect(world.judgedInAll(World.stg) == 0)
        world.wait(until: 1015)
        #expect(world.withoutStatus(.listed, World.stg) == 1)
        #expect(world.missed(.listed, World.stg) == 1)
        world.wait(until: 1299.999)
        #expect(world.judgedInAll(World.stg) == 0)
        world.wait(until: 1300)
        #expect(world.judged(.never, .listed, World.stg) == 1)
        #expect(world.judgedInAll() == 1)
        #expect(world.missed(.listed) == 1)
    }

    @Test func rule27ALateOwnerAnsweredInTimeIsOnTimeAtOnce() {
        var world = World()
        world.push(at: 0, addressee: World.prod)
        world.check(.build.with { $0.deployment = World.stg }, .accepted, at: 3)
        world.wait(until: 315)
        world.push(at: 0, receivedAt: 1000, addressee: World.stg)
        #expect(world.judged(.onTime, .learned, World.stg) == 1)
    }

    @Test func rule27ALateOwnerIsOpenWork() {
        var world = World(Self.listed)
        world.push(at: 0, addressee: World.prod)
        world.check(.accepted, at: 4)
        world.wait(until: 400)
        world.push(at: 0, receivedAt: 1000, addressee: World.stg)
        world.waitForTheEnd()
        #expect(world.judged(.never, .listed, World.stg) == 1)
    }

    /// A recording of the past that is sent to a live server says what it said when it was played: answers that came
    /// after a verdict then did not teach before it.
    @Test func rule27WhatCameLateTeachesFromItsOwnTimeOn() {
        var world = World()
        world.push("a", at: 0, receivedAt: 4 * hour)
        world.push("b", at: 1800, receivedAt: 4 * hour + 1, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 1804, receivedAt: 4 * hour + 2)
        world.wait(until: 5 * hour)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.judged(.onTime) == 1)
        #expect(world.missed(.assumed) == 1)
    }

    @Test func rule27WhatCameLateTeachesOfWhatIsLaterThanIt() {
        var world = World()
        world.push("b", at: 0, receivedAt: 4 * hour, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 4, receivedAt: 4 * hour + 1)
        world.push("a", at: 1800, receivedAt: 4 * hour + 2)
        world.wait(until: 5 * hour)
        #expect(world.judged(.never, .learned) == 1)
    }

    @Test func rule27WhatIsReceivedInTimeTeachesByItsReceipt() {
        var world = World()
        world.push("a", at: 0, receivedAt: 4 * hour)
        world.push("b", at: 4 * hour, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 4 * hour + 4)
        world.wait(until: 5 * hour)
        #expect(world.judged(.never, .learned) == 1)
    }

    @Test func rule27ABufferedAnswerThatCameLateTeachesFromItsOwnTimeOn() {
        var world = World()
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 1804, receivedAt: 4 * hour)
        world.push("b", at: 1800, receivedAt: 4 * hour + 1, number: 2)
        world.push("a", at: 0, receivedAt: 4 * hour + 2)
        world.wait(until: 5 * hour)
        #expect(world.judged(.never, .assumed) == 1)
    }

    @Test func rule27ADeadlineInABlindIntervalIsExcludedAlsoWhenThatHasBeenCaughtUp() {
        var world = World(Self.listed)
        world.wasBlind(from: 0, to: 1000)
        world.push(at: 100, receivedAt: 1010)
        world.caughtUp(blindSince: 0)
        world.push("b", at: 200, receivedAt: 1011, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 205, receivedAt: 1012)
        world.wait(until: 1400)
        #expect(world.judged(.excluded, .listed) == 1)
        #expect(world.judged(.onTime, .listed) == 1)
        #expect(world.verdicts(.initialStatus) == [.good])
    }

    @Test func rule27AStartOfTheServiceStillWaitsItsGrace() {
        var world = World(Self.listed)
        world.push(at: 0, receivedAt: 600)
        world.restartService(at: 950)
        world.wait(until: 1249.999)
        #expect(world.judgedInAll() == 0)
        world.wait(until: 1250)
        #expect(world.judged(.never, .listed) == 1)
    }

    /// Neither where its kind was unknown until then.
    @Test func rule27AnEndThatCameAfterAPushIsLaterEvidenceHoweverLateTheRunIsCounted() {
        var world = World()
        world.push("a", at: 0)
        let check = World.Check.build.with { $0.name = CheckName(text: "packages", subject: .unknown) }
        world.check(check, .queued, asTest: .waiting, state: "in_progress", at: 20)
        world.push("b", at: 30, action: .synchronize)
        let skipped = Step.finished(.skipped, .build)
        world.check(check, .finished(.failure, .srpm), asTest: skipped, at: 900, receivedAt: 2000)
        world.wait(until: hour)
        #expect(world.durations(.superseded) == [10])
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
    }

    /// The run turns out to have begun before a push, after which its end came.
    @Test func rule27AnEndThatCameAfterAPushThatARunTurnsOutToHaveBegunBeforeIsLaterEvidence() {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 40, receivedAt: 2000, action: .synchronize)
        world.push("a", at: 50, receivedAt: 2001, action: .synchronize)
        world.check(.build.with { $0.id = 7 }, .queued, at: 60, receivedAt: 2002)
        world.check(
            .build.with {
                $0.id = 7; $0.job = JobLink(job: .copr, id: 2)
            }, failure, at: 900, receivedAt: 2003)
        #expect(world.settling() == 1)
        world.check(.build.with { $0.id = 3 }, .queued, at: 20, receivedAt: 2004)
        world.wait(until: hour)
        #expect(world.durations(.superseded) == [20])
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
    }

    /// It shows the kind of a check whose horizon had passed, and came after a newer run had ended the older one.
    @Test func rule27AnEndThatIsTooLateForAnEndByTheHorizonIsLaterEvidence() {
        var world = World()
        let check = World.Check.build.with { $0.name = CheckName(text: "packages", subject: .unknown) }
        let later = 8 * 24 * hour
        world.check(check, .accepted, at: 0)
        world.check(check, .accepted, at: later, receivedAt: later + 1000)
        world.check(
            check.with { $0.job = JobLink(job: .copr, id: 5) }, success, asTest: .finished(.skipped, .build),
            at: later + 400, receivedAt: later + 4000)
        #expect(world.finished(.error) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
    }

    /// It came before the success that counts, and was received after it.
    @Test func rule15AnEarlierEndThatIsReceivedAfterwardsRevises() {
        var world = World()
        let check = World.Check.build.with { $0.job = JobLink(job: .copr, id: 3) }
        world.check(check.with { $0.id = 9 }, success, at: 300, receivedAt: 2000)
        world.check(check.with { $0.id = 5 }, failure, at: 100, receivedAt: 2001)
        world.wait(until: hour)
        #expect(world.finished(.success) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 1)
    }

    /// Of several ends of newer runs in one delivery the first by their own times counts, had all been in time.
    @Test func rule27AnEndAfterASupersessionByTheFirstEndOfANewerRunIsLater() {
        var world = World()
        let job = { (id: Int64) in World.Check.build.with { $0.job = JobLink(job: .copr, id: id) } }
        world.check(.build, .accepted, at: 0, receivedAt: 2000)
        world.check(.build, .accepted, at: 1, receivedAt: 2000)
        world.check(.build, .accepted, at: 10, receivedAt: 2000)
        world.check(.build, failure, at: 60, receivedAt: 2000)
        world.check(job(5), success, at: 400, receivedAt: 2000)
        world.check(job(6), success, at: 500, receivedAt: 2000)
        world.wait(until: 3000)
        #expect(world.finished(.superseded) == 2)
        #expect(world.finished(.failure) == 1)
        #expect(world.revised == 2)
    }

    /// By what is known afterwards of when it began, the success would have come too late to be counted.
    @Test func rule27WhatWasCountedHidesNoLaterEvidence() {
        var world = World()
        let check = World.Check.build.with { $0.job = JobLink(job: .copr, id: 3) }
        world.push("a", at: 0)
        world.push("b", at: 100, receivedAt: 2000, action: .synchronize)
        world.check(check.with { $0.id = 9 }, success, at: 900, receivedAt: 2001)
        #expect(world.finished(.success) == 1)
        world.check(check.with { $0.id = 5 }, failure, at: 770, receivedAt: 2080)
        #expect(world.revised == 1)
    }
}
