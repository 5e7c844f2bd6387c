import SLOCore
import Testing

/// docs/counting.md, rules 1 to 8.
@Suite struct ChangeRuleTests {
    // MARK: Rule 1

    @Test func rule01ThePrimaryDeploymentOwnsAChangeThatNamesNobody() {
        var world = World()
        world.push()
        world.wait(until: 400)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.judgedInAll(World.stg) == 0)
    }

    @Test func rule01AnAddressedChangeBelongsToItsAddresseeAlone() {
        var world = World()
        world.push(addressee: World.stg)
        world.check(.build.with { $0.deployment = World.prod }, .accepted, at: 3)
        world.wait(until: 400)
        #expect(world.judged(.never, .assumed, World.stg) == 1)
        #expect(world.judgedInAll(World.prod) == 0)
    }

    @Test func rule01AnotherDeploymentOwnsAChangeThatItAnswersBeforeTheVerdict() {
        var world = World()
        world.push()
        world.check(.build.with { $0.deployment = World.stg }, .accepted, at: 4)
        world.wait(until: 400)
        #expect(world.judged(.onTime, .learned, World.stg) == 1)
        #expect(world.judged(.never, .assumed, World.prod) == 1)
    }

    @Test func rule01AnotherDeploymentDoesNotOwnAChangeThatItAnswersAfterTheVerdict() {
        var world = World()
        world.push()
        world.check(.build.with { $0.deployment = World.stg }, .accepted, at: 400)
        world.wait(until: 800)
        #expect(world.judgedInAll(World.stg) == 0)
    }

    @Test func rule01AnotherDeploymentOwnsChangesWhereItAnsweredWithinTheLearnedWindow() {
        var world = World()
        world.push("a", at: 0)
        world.check(.build.with { $0.deployment = World.stg }, .accepted, at: 4)
        world.push("b", at: 1000, number: 2)
        world.wait(until: 2000)
        #expect(world.judged(.never, .learned, World.stg) == 1)
        world.push("c", at: 31 * 24 * hour, number: 3)
        world.wait(until: 31 * 24 * hour + 1000)
        #expect(world.judgedInAll(World.stg) == 2)
    }

    /// A status belongs to pull request 1 until 2 turns out to have been open on the commit, too: then it answers 3,
    /// which another status of the deployment has answered long before.
    @Test func rule01AStatusThatTurnsOutToAnswerAnAnsweredChangeTeaches() {
        var world = World { $0.learnedWindow = .days(1) }
        func check(_ event: String) -> World.Check {
            .build.with {
                $0.deployment = World.stg
                $0.externalID = event
            }
        }
        world.check(check("e2"), .accepted, at: 10)
        world.push("a", at: 3 * hour, number: 3)
        world.check(check("e1"), .accepted, at: 3 * hour + 20)
        world.close(at: 14 * hour, number: 1, head: "a")
        world.check(check("e2"), .started, at: 28 * hour)
        world.close(at: 38 * hour, number: 2, head: "a")
        world.push("a", at: 38 * hour + 100, number: 2, action: .reopened)
        world.wait(until: 39 * hour)
        #expect(world.judged(.late, .learned, World.stg) == 1)
        #expect(world.judged(.never, .learned, World.stg) == 1)
    }

    @Test func rule01OwnersAddUpOverTheDeliveriesOfAChange() {
        var world = World()
        world.push(receivedAt: 1, addressee: World.stg)
        world.push(receivedAt: 2)
        world.wait(until: 400)
        #expect(world.judgedInAll(World.stg) == 1)
        #expect(world.judgedInAll(World.prod) == 1)
    }

    // MARK: Rule 2

    @Test func rule02ListedRepositoriesAreListed() {
        var world = World { $0.listedRepositories = ["acme/*"] }
        world.push()
        world.wait(until: 400)
        #expect(world.judged(.never, .listed) == 1)
        #expect(world.bad(.initialStatus) == 1)
    }

    @Test func rule02LearnedByRepositoryAndBaseBranch() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 4)
        world.push("b", at: 100, number: 2)
        world.push("c", at: 100, number: 3, base: "other")
        world.wait(until: 1000)
        #expect(world.judged(.never, .learned) == 1)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.bad(.initialStatus) == 1)
        #expect(world.good(.initialStatus) == 1)
    }

    @Test func rule02TheObjectiveCountsWhatThePolicySays() {
        for (policy, bad) in [(LedgerSettings.Policy.all, Int64(1)), (.learned, 0), (.listed, 0)] {
            var world = World { $0.policy = policy }
            world.push()
            world.wait(until: 400)
            #expect(world.bad(.initialStatus) == bad)
        }
        var listed = World { $0.policy = .listed }
        listed.push()
        listed.check(.accepted, at: 4)
        listed.wait(until: 400)
        #expect(listed.judged(.onTime, .learned) == 1)
        #expect(listed.good(.initialStatus) == 0)
    }

    @Test func rule02IgnoredRepositoriesAndDeletedForksAreNotMeasured() {
        var world = World {
            $0.ignoredRepositories = ["acme/rocket"]
            $0.listedRepositories = ["acme/rocket"]
        }
        world.push()
        world.push("b", at: 1, number: 2, repository: World.repository(2, "acme/other"), fork: nil)
        world.wait(until: 400)
        #expect(world.judgedInAll() == 0)
        #expect(world.missed(.listed) + world.missed(.assumed) == 0)
    }

    @Test func rule02EligibilityIsReadFromAnswersReceivedByThen() {
        var world = World()
        world.push("a", at: 0)
        // The answer to another change that would teach is received only after the deadline, before the verdict.
        world.push("b", at: 1, number: 2)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 3, receivedAt: 60)
        world.wait(until: 400)
        #expect(world.missed(.assumed) == 2)
        #expect(world.judged(.never, .learned) == 1)
    }

    @Test func rule02ALaterAnswerToTheSameChangeTeachesToo() {
        let day = 24 * hour
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 4)
        world.check(.started, at: 20 * day)
        world.push("b", at: 31 * day, number: 2)
        world.wait(until: 31 * day + 400)
        #expect(world.judged(.never, .learned) == 1)
    }

    @Test func rule02WhatIsTooEarlyToAnswerDoesNotTeach() {
        var world = World()
        world.check(.accepted, at: 50)
        world.push("a", at: 100)
        world.wait(until: 1000)
        #expect(world.judged(.never, .assumed) == 1)
    }

    // MARK: Rule 3

    @Test func rule03TheSameChangeInAnotherDeliveryIsOneChange() {
        var world = World()
        world.push(receivedAt: 1)
        world.push(receivedAt: 2)
        world.wait(until: 400)
        #expect(world.judgedInAll() == 1)
    }

    @Test func rule03ReopenedOnTheSameCommitIsAnotherChange() {
        var world = World()
        world.push(at: 0)
        world.check(.accepted, at: 4)
        world.close(at: 100)
        world.push(at: 200, action: .reopened)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 1)
        #expect(world.judged(.never) == 1)
    }

    // MARK: Rule 4

    @Test func rule04AnyCheckOfTheDeploymentAnswers() {
        let neutral = Step.finished(.skipped, .stated)
        var world = World()
        world.push()
        world.check(
            .build.with { $0.name = CheckName(text: "packit-config-validation", subject: .other) }, neutral, at: 4)
        world.wait(until: 400)
        #expect(world.judged(.onTime) == 1)
        #expect(world.initialStatusTimes() == [4])
    }

    @Test func rule04AChecksWithAnEventPartAnswersNothing() {
        var world = World()
        world.push()
        world.check(
            .build.with { $0.name = CheckName(text: "rpm-build:main:x", subject: .build, event: "main") }, .accepted,
            at: 4)
        world.wait(until: 400)
        #expect(world.judged(.never, .assumed) == 1)
    }

    @Test func rule04UpToTwoSecondsEarlyIsAnAnswerAfterNoTimeAndEarlierIsNone() {
        var world = World()
        world.push("a", at: 10)
        world.check(.accepted, at: 8)
        world.push("b", at: 10, number: 2)
        world.check(
            .build.with {
                $0.sha = "b"; $0.externalID = "e2"
            }, .accepted, at: 7)
        world.wait(until: 400)
        #expect(world.initialStatusTimes() == [0])
        #expect(world.judgedInAll() == 2)
        #expect(world.judged(.onTime) == 1)
    }

    // MARK: Rule 5

    @Test func rule05AnEventFirstSeenWhileOnePullRequestHadTheCommitAnswersOnlyThat() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.check(.accepted, at: 4)
        world.push("a", at: 100, number: 2)
        world.check(.started, at: 105)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 1)
        #expect(world.judged(.never) == 1)
    }

    @Test func rule05AnUnboundEventAnswersEveryChangeOfTheCommit() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 2, number: 2)
        world.check(.accepted, at: 6)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 2)
        #expect(world.initialStatusTimes().sorted() == [4, 6])
    }

    @Test func rule05OneEntryInPullRequestsBinds() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 2, number: 2)
        world.check(.build.with { $0.pullRequests = [2] }, .accepted, at: 6)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 1)
        #expect(world.initialStatusTimes() == [4])
    }

    @Test func rule05BindingsAreCorrectedWhenAnOlderDeliveryArrives() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.check(.accepted, at: 6, receivedAt: 7)
        // Until now the event was bound to the first; this push shows that two were open when it was first seen.
        world.push("a", at: 2, receivedAt: 9, number: 2)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 2)
    }

    @Test func rule05ACheckUpToTwoSecondsBeforeItsPullRequestBindsToIt() {
        for (seconds, binds) in [(8.0, true), (7, false)] {
            var world = World()
            world.push("a", at: 10, number: 1)
            world.check(.accepted, at: seconds, receivedAt: 12)
            world.push("a", at: 100, number: 2)
            world.check(.started, at: 105)
            world.wait(until: 1000)
            #expect(world.judged(.onTime) == 1)
            #expect(world.judged(.never) == (binds ? 1 : 0))
            #expect(world.judged(.late) == (binds ? 0 : 1))
        }
    }

    @Test func rule05WhatAnEventShowedWhenItWasFirstSeenBindsIt() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 1, number: 2)
        world.check(.build.with { $0.pullRequests = [2] }, .started, at: 10)
        // Older, and it named none: the event belongs to both.
        world.check(.accepted, at: 6, receivedAt: 12)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 2)
        #expect(world.initialStatusTimes().sorted() == [5, 6])
    }

    @Test func rule05WhatBindsInTheSecondInWhichAnEventWasFirstSeenBindsInAnyOrder() {
        for isNamedFirst in [true, false] {
            var world = World()
            world.push("a", at: 0, number: 1)
            world.push("a", at: 1, number: 2)
            let named = World.Check.build.with { $0.pullRequests = [2] }
            world.check(isNamedFirst ? named : .build, .accepted, at: 6)
            world.check(isNamedFirst ? .build : named, .queued, at: 6)
            world.wait(until: 1000)
            #expect(world.initialStatusTimes() == [5])
            #expect(world.judged(.never) == 1)
        }
    }

    @Test func rule05AReopeningFollowsAClosingInTheSameSecond() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.close(at: 100, number: 1)
        world.push("a", at: 100, receivedAt: 102, number: 1, action: .reopened)
        world.check(.accepted, at: 150)
        world.push("a", at: 200, number: 2)
        world.check(.started, at: 203)
        world.wait(until: 1000)
        #expect(world.changeRecords.filter { $0.number == 2 }.map(\.verdict) == [.never])
    }

    // MARK: Rule 6

    @Test func rule06FifteenSecondsAreOnTimeAndSixteenAreLate() {
        for (seconds, verdict) in [(15.0, Verdict.onTime), (16, .late)] {
            var world = World()
            world.push()
            world.check(.accepted, at: seconds)
            world.wait(until: 1000)
            #expect(world.judged(verdict) == 1)
            #expect(world.initialStatusTimes() == [Int64(seconds)])
        }
    }

    @Test func rule06ClosedOrPushedAgainBeforeTheDeadlineExcludes() {
        for (seconds, verdict) in [(14.0, Verdict.excluded), (15, .never)] {
            var closed = World()
            closed.push()
            closed.close(at: seconds)
            closed.wait(until: 1000)
            #expect(closed.judged(verdict, .assumed) == 1)

            var pushed = World()
            pushed.push()
            pushed.push("b", at: seconds, action: .synchronize)
            pushed.check(.build.with { $0.sha = "b" }, .accepted, at: seconds + 100)
            pushed.wait(until: 1000)
            #expect(pushed.judged(verdict, .learned) == 1)
        }
    }

    @Test func rule06AnAnswerOnTimeGoesBeforeExclusionAndExclusionBeforeLate() {
        var onTime = World()
        onTime.push()
        onTime.check(.accepted, at: 3)
        onTime.close(at: 5)
        onTime.wait(until: 1000)
        #expect(onTime.judged(.onTime) == 1)

        var late = World()
        late.push()
        late.close(at: 5)
        late.check(.accepted, at: 30)
        late.wait(until: 1000)
        #expect(late.judged(.excluded) == 1)
        #expect(late.initialStatusTimes().isEmpty)
        #expect(late.good(.initialStatus) + late.bad(.initialStatus) == 0)
    }

    @Test func rule06ClosedInTheSecondOfItsStartExcludes() {
        var world = World()
        world.push(at: 0)
        world.close(at: 0)
        world.wait(until: 1000)
        #expect(world.judged(.excluded, .assumed) == 1)
    }

    @Test func rule06PushedAgainInTheSameSecondExcludes() {
        var world = World()
        world.push("a", at: 0)
        world.push("b", at: 0, receivedAt: 2, action: .synchronize)
        world.wait(until: 1000)
        #expect(world.judged(.excluded, .assumed) == 1)
        #expect(world.judged(.never, .assumed) == 1)
    }

    @Test func rule06AnOpeningIsNoPushAfterOneOfTheSameSecond() {
        var world = World()
        world.push("b", at: 0, receivedAt: 1, action: .synchronize)
        world.push("a", at: 0, receivedAt: 2, action: .opened)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 4)
        world.wait(until: 1000)
        #expect(world.judged(.onTime) == 1)
        #expect(world.judged(.excluded) == 1)
        #expect(world.unfinished() == 1)
        #expect(world.finished(.superseded) == 0)
    }

    // MARK: Rule 7

    @Test func rule07OnTimeIsJudgedAtTheDeadline() {
        var world = World()
        world.push()
        world.check(.accepted, at: 4)
        world.wait(until: 14.999)
        #expect(world.judgedInAll() == 0)
        world.wait(until: 15)
        #expect(world.judged(.onTime) == 1)
        #expect(world.good(.initialStatus) == 1)
    }

    @Test func rule07OnTimeThatIsReceivedLaterIsJudgedAtItsReceipt() {
        var world = World()
        world.push()
        world.check(.accepted, at: 4, receivedAt: 100)
        #expect(world.judged(.onTime) == 1)
    }

    @Test func rule07TheOthersAreJudgedAfterTheGraceOnTheEarliestTimeKnown() {
        var world = World()
        world.push()
        world.check(.accepted, at: 60)
        world.check(.started, at: 50, receivedAt: 100)
        world.wait(until: 314.999)
        #expect(world.judgedInAll() == 0)
        world.wait(until: 315)
        #expect(world.judged(.late) == 1)
        #expect(world.initialStatusTimes() == [50])
        #expect(world.bad(.initialStatus) == 1)
    }

    @Test func rule07EvidenceAfterTheVerdictIsLateEvidenceOncePerChange() {
        var world = World()
        world.push()
        world.wait(until: 400)
        world.check(.accepted, at: 5, receivedAt: 500)
        world.check(.started, at: 6, receivedAt: 501)
        #expect(world.judged(.never, .assumed) == 1)
        #expect(world.lateEvidence(.onTime) == 1)
        #expect(world.lateEvidence(.late) == 0)
        #expect(world.initialStatusTimes().isEmpty)
    }

    @Test func rule07EvidenceThatWouldNotChangeTheVerdictIsNotLateEvidence() {
        var world = World()
        world.push()
        world.check(.accepted, at: 60)
        world.wait(until: 400)
        world.check(.started, at: 70, receivedAt: 500)
        #expect(world.lateEvidence(.late) + world.lateEvidence(.onTime) == 0)
    }

    // MARK: Rule 8

    @Test func rule08WhatTurnsOutToAnswerAnotherChangeAnsweredNothing() {
        var world = World()
        world.push("a", at: 0, number: 1)
        world.push("a", at: 60, number: 2)
        world.check(.build.with { $0.id = 2 }, .started, at: 66, receivedAt: 90)
        #expect(world.withoutStatus(.learned) == 0)
        // The event was there while only the first had the commit: it is bound to that.
        world.check(.build.with { $0.id = 1 }, .accepted, at: 4, receivedAt: 200)
        #expect(world.withoutStatus(.learned) == 1)
        world.close(at: 210, number: 2)
        #expect(world.withoutStatus(.learned) == 0)
    }

    @Test func rule08TheGaugeHoldsFromTheDeadlineUntilTheAnswer() {
        var world = World()
        world.push()
        world.wait(until: 14.999)
        #expect(world.withoutStatus(.assumed) == 0)
        #expect(world.missed(.assumed) == 0)
        world.wait(until: 15)
        #expect(world.withoutStatus(.assumed) == 1)
        #expect(world.missed(.assumed) == 1)
        world.wait(until: 1000)
        #expect(world.withoutStatus(.assumed) == 1)
        world.check(.accepted, at: 1000)
        #expect(world.withoutStatus(.assumed) == 0)
        #expect(world.missed(.assumed) == 1)
    }

    @Test func rule08ClosingPushingAndTheHorizonEndTheGauge() {
        var closed = World()
        closed.push()
        closed.wait(until: 100)
        closed.close(at: 100)
        #expect(closed.withoutStatus(.assumed) == 0)

        var pushed = World()
        pushed.push()
        pushed.push("b", at: 100, action: .synchronize)
        #expect(pushed.withoutStatus(.assumed) == 0)

        var old = World()
        old.push()
        old.wait(until: 7 * 24 * hour - 1)
        #expect(old.withoutStatus(.assumed) == 1)
        old.wait(until: 7 * 24 * hour)
        #expect(old.withoutStatus(.assumed) == 0)
    }

    @Test func rule08ClosedBeforeTheDeadlineIsNeverMissed() {
        var world = World()
        world.push()
        world.close(at: 5)
        world.wait(until: 1000)
        #expect(world.missed(.assumed) == 0)
        #expect(world.withoutStatus(.assumed) == 0)
    }

    @Test func rule08AnOwnerThatBecomesKnownAfterTheDeadlineIsInTheGaugeButNotMissed() {
        var world = World()
        world.push()
        world.push("b", at: 1, number: 2)
        world.wait(until: 20)
        world.check(
            .build.with {
                $0.sha = "b"; $0.deployment = World.stg
            }, .accepted, at: 21)
        #expect(world.withoutStatus(.learned, World.stg) == 1)
        #expect(Eligibility.allCases.map { world.missed($0, World.stg) }.reduce(0, +) == 0)
        world.wait(until: 1000)
        #expect(world.judged(.never, .learned, World.stg) == 1)
        #expect(world.judged(.late, .learned, World.stg) == 1)
    }
}

extension World {
    mutating func check(_ step: Step, at time: Double, receivedAt: Double? = nil) {
        check(.build, step, at: time, receivedAt: receivedAt)
    }

    /// Within one second the reopening follows the closing.
    @Test func rule06AReopeningIsNotEndedByTheClosingBeforeIt() {
        var world = World { $0.listedRepositories = ["*"] }
        world.push("a", at: 0)
        world.close(at: 1000)
        world.push("a", at: 1000, action: .reopened)
        world.wait(until: 2000)
        #expect(world.judged(.never, .listed) == 2)
        #expect(world.judged(.excluded, .listed) == 0)
        #expect(world.missed(.listed) == 2)
    }
}
