import SLOCore
import Testing

/// docs/counting.md, rule 51: commands in comments, their answers and verdicts.
@Suite struct CommandRuleTests {
    /// A pull request that was answered long ago, so that the deployment is known there.
    private func world(_ change: (inout LedgerSettings) -> Void = { _ in }) -> World {
        var world = World(change)
        world.push(at: 0)
        world.check(.accepted, at: 5)
        world.check(success, at: 50)
        world.wait(until: 1000)
        return world
    }

    private static let again = World.Check.build.with { $0.externalID = "e2" }

    // MARK: Answers

    @Test func rule51AnswerIsACommentOfTheApp() {
        var world = world()
        world.command(at: 1000)
        world.appComment(at: 1020)
        world.wait(toBefore: 1060)
        #expect(world.commandsInAll() == 0)
        world.wait(until: 1060)
        #expect(world.commands(.onTime) == 1)
        #expect(world.answerTimes() == [20])
    }

    @Test func rule51AnswerIsTheFirstStatusOfANewRun() {
        var world = world()
        world.command(at: 1000)
        world.check(Self.again, .accepted, at: 1030)
        world.check(Self.again, .started, at: 1040)
        world.wait(until: 1060)
        #expect(world.commands(.onTime) == 1)
        #expect(world.answerTimes() == [30])
    }

    @Test func rule51AnswerMayBeANewRunOfTheSameLane() {
        var world = world()
        world.command(at: 1000)
        world.check(.accepted, at: 1007)
        world.wait(until: 1060)
        #expect(world.answerTimes() == [7])
    }

    @Test func rule51ProgressOfAnOlderRunIsNoAnswer() {
        var world = world()
        world.check(Self.again, .accepted, at: 1001)
        world.command(at: 1002)
        world.check(Self.again, .started, at: 1010)
        world.check(Self.again, success, at: 1020)
        world.wait(until: 2000)
        #expect(world.commands(.never) == 1)
        #expect(world.answerTimes().isEmpty)
    }

    @Test func rule51ARunThatDoesNotCountIsAnAnswer() {
        var world = world()
        world.command(at: 1000)
        world.check(Self.again, .finished(.skipped, .stated), at: 1003)
        world.wait(until: 1060)
        #expect(world.queued() == 1)
        #expect(world.answerTimes() == [3])
    }

    @Test func rule51ACheckOfUnknownKindIsAnAnswer() {
        var world = world()
        world.command(at: 1000)
        let name = CheckName(text: "The build", subject: .unknown)
        world.check(Self.again.with { $0.name = name }, .accepted, at: 1004)
        world.check(Self.again.with { $0.name = name }, .started, at: 1005)
        world.wait(until: 1060)
        #expect(world.answerTimes() == [4])
    }

    @Test func rule51WhatIsNoAnswer() {
        var world = world()
        world.command(at: 1000)
        // Before the command, of another deployment, of another pull request, of another commit, of a branch.
        world.appComment(at: 999)
        world.appComment(at: 1002, deployment: World.stg)
        world.appComment(at: 1002, number: 2)
        world.check(Self.again, .accepted, at: 999)
        world.check(Self.again.with { $0.deployment = World.stg }, .accepted, at: 1003)
        world.check(Self.again.with { $0.sha = "b" }, .accepted, at: 1003)
        let name = CheckName(text: "rpm-build:main:x", subject: .build, event: "main", chroot: "x")
        world.check(Self.again.with { $0.name = name }, .accepted, at: 1003)
        world.wait(until: 2000)
        #expect(world.commands(.never) == 1)
    }

    @Test func rule51AnAnswerInTheSecondOfTheCommandCounts() {
        var world = world()
        world.command(at: 1000)
        world.appComment(at: 1000)
        world.wait(until: 1060)
        #expect(world.answerTimes() == [0])
    }

    @Test func rule51TheFirstAnswerCountsInWhateverOrderTheyArrive() {
        var world = world()
        world.appComment(at: 1050, receivedAt: 1051)
        world.check(Self.again, .accepted, at: 1040, receivedAt: 1052)
        world.command(at: 1000, receivedAt: 1053)
        world.appComment(at: 1030, receivedAt: 1054)
        world.wait(until: 1060)
        #expect(world.commands(.onTime) == 1)
        #expect(world.answerTimes() == [30])
    }

    @Test func rule51AnAnswerThatTurnsOutToBeNoneIsTakenBack() {
        var world = world()
        world.command(at: 1000)
        let check = Self.again.with { $0.id = 5000 }
        world.check(check, .started, at: 1020)
        world.appComment(at: 1045)
        // An earlier state of that lane: the run is older than the command.
        world.check(Self.again.with { $0.id = 4000 }, .accepted, at: 990, receivedAt: 1050)
        world.wait(until: 1060)
        #expect(world.answerTimes() == [45])
    }

    @Test func rule51EachDeploymentIsAskedByItself() {
        var world = world { $0.listedRepositories = ["acme/*"] }
        world.command(at: 1000)
        world.command(at: 1000, deployment: World.stg)
        world.appComment(at: 1010)
        world.wait(until: 2000)
        #expect(world.commands(.onTime, .listed) == 1)
        #expect(world.commands(.never, .listed, World.stg) == 1)
    }

    @Test func rule51ACommentCountsOnce() {
        var world = world()
        world.command(at: 1000)
        world.command(at: 1030)
        world.wait(until: 2000)
        world.command(at: 1040, receivedAt: 2001)
        world.command(2, at: 2000, receivedAt: 2001)
        world.wait(until: 4000)
        #expect(world.commandsInAll() == 2)
    }

    // MARK: The head

    @Test func rule51TheHeadIsTheCommitOfThatTime() {
        var world = world()
        world.push("b", at: 1000, action: .synchronize)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 1003)
        world.command(at: 1500)
        world.push("c", at: 1600, action: .synchronize)
        world.check(.build.with { $0.sha = "c" }, .accepted, at: 1601)
        world.check(Self.again.with { $0.sha = "b" }, .accepted, at: 1590, receivedAt: 1700)
        world.wait(until: 3000)
        #expect(world.commands(.late) == 1)
        #expect(world.answerTimes() == [90])
    }

    @Test func rule51TheHeadMayBecomeKnownLater() {
        var world = World()
        world.command(at: 10)
        world.check(.accepted, at: 12)
        world.push(at: 0, receivedAt: 14)
        world.wait(until: 70)
        #expect(world.commands(.onTime) == 1)
        #expect(world.answerTimes() == [2])
    }

    @Test func rule51AnUnknownHeadExcludesUnlessTheAppCommented() {
        var world = World()
        world.command(1, at: 10)
        world.command(2, at: 20, number: 2)
        world.appComment(at: 30, number: 2)
        world.wait(until: 1000)
        #expect(world.commands(.excluded, .assumed) == 1)
        #expect(world.commands(.onTime) == 1)
    }

    // MARK: Verdicts

    @Test func rule51AnAnswerUpToTheDeadlineIsOnTime() {
        for (time, verdict) in [(1060.0, Verdict.onTime), (1061, .late)] {
            var world = world()
            world.command(at: 1000)
            world.appComment(at: time)
            world.wait(until: 2000)
            #expect(world.commands(verdict) == 1)
            #expect(world.answerTimes() == [Int64(time) - 1000])
        }
    }

    @Test func rule51OtherVerdictsWaitAGrace() {
        var world = world()
        world.command(at: 1000)
        world.wait(toBefore: 1360)
        #expect(world.commandsInAll() == 0)
        world.wait(until: 1360)
        #expect(world.commands(.never) == 1)
        world.appComment(at: 1010, receivedAt: 1361)
        world.wait(until: 3000)
        #expect(world.commandsInAll() == 1)
        #expect(world.answerTimes().isEmpty)
    }

    @Test func rule51AClosingExcludes() {
        // Closed before the command, as the delivery shows or as is known; before the deadline; at the deadline.
        var shown = world()
        shown.command(at: 1000, isClosed: true)
        var known = world()
        known.close(at: 990)
        known.command(at: 1000)
        var before = world()
        before.command(at: 1000)
        before.close(at: 1059)
        for closed in [shown, known, before] {
            var closed = closed
            closed.wait(until: 2000)
            #expect(closed.commands(.excluded) == 1)
        }
        var after = world()
        after.command(at: 1000)
        after.close(at: 1060)
        after.wait(until: 2000)
        #expect(after.commands(.never) == 1)
    }

    /// It was reopened in between, nobody knows when: that may have been after the command.
    @Test func rule51AnEarlierClosingExcludesThoughALaterOneIsKnown() {
        var world = World()
        world.close(at: 100, head: "a")
        world.command(at: 130)
        world.close(at: 1100, head: "a")
        world.wait(until: 2000)
        #expect(world.commands(.excluded, .assumed) == 1)
    }

    @Test func rule51AnotherChangeExcludes() {
        var world = world()
        world.command(at: 1000)
        world.push("b", at: 1059, action: .synchronize)
        world.check(.build.with { $0.sha = "b" }, .accepted, at: 1060)
        world.command(2, at: 1100)
        world.push("c", at: 1160, action: .synchronize)
        world.check(.build.with { $0.sha = "c" }, .accepted, at: 1161)
        world.wait(until: 3000)
        #expect(world.commands(.excluded) == 1)
        #expect(world.commands(.never) == 1)
    }

    @Test func rule51ABlindIntervalExcludes() {
        var world = world {
            $0.objectives.append(Objective(.commandAnswer, .commandAnswer, target: 0.9, deadline: .minutes(1)))
        }
        world.command(at: 1000)
        world.wasBlind(from: 1060, to: 1070, excludes: true)
        world.wait(until: 2000)
        #expect(world.commands(.excluded) == 1)
        #expect(world.verdicts(.commandAnswer) == [.unknown])
    }

    @Test func rule51ACommandReceivedLateWaitsFromItsReceipt() {
        var world = world()
        world.command(at: 1000, receivedAt: 5000)
        world.command(2, at: 2000, receivedAt: 5000)
        world.appComment(at: 2010, receivedAt: 5001)
        #expect(world.commands(.onTime) == 1)
        world.wait(toBefore: 5300)
        #expect(world.commandsInAll() == 1)
        world.wait(until: 5300)
        #expect(world.commands(.late) == 1)
        #expect(world.answerTimes() == [10, 1010])
    }

    @Test func rule51AfterAStartOverdueVerdictsWaitAGrace() {
        var world = world()
        world.command(at: 1000)
        world.restart()
        world.restartService(at: 3000)
        world.appComment(at: 1010, receivedAt: 3010)
        world.wait(until: 4000)
        #expect(world.commands(.onTime) == 1)
    }

    // MARK: Eligibility

    @Test func rule51EligibilityIsThatOfRule2() {
        var unknown = World()
        unknown.push(at: 0)
        unknown.command(at: 10)
        unknown.wait(until: 1000)
        #expect(unknown.commands(.never, .assumed) == 1)
        // An answer to it is enough.
        unknown.command(2, at: 1000)
        unknown.appComment(at: 1001)
        unknown.wait(until: 2000)
        #expect(unknown.commands(.onTime, .learned) == 1)
    }

    @Test func rule51AnAnswerTeaches() {
        var world = World()
        world.push(at: 0)
        world.command(at: 100)
        world.appComment(at: 110)
        world.push("b", at: 5000, number: 2)
        world.push("c", at: 5000, number: 3, base: "stable")
        world.wait(until: 6000)
        #expect(world.judged(.never, .learned) == 2)
        #expect(world.judged(.never, .assumed) == 1)
    }

    @Test func rule51AnAnswerTeachesOnceItsBaseBranchIsKnown() {
        var world = World()
        world.command(at: 0)
        world.appComment(at: 5)
        world.push("b", at: 20)
        world.wait(until: 2000)
        #expect(world.judged(.never, .learned) == 1)
    }

    @Test(arguments: [nil, 5.0])
    func rule51ACommentShowsNoCommitOfItsPullRequest(commentedAt time: Double?) {
        var world = World()
        if let time { world.command(at: time) }
        world.check(.accepted, at: 10)
        world.copr(.started, sentAt: 20)
        #expect(world.queued() == 1)
    }

    /// Rule 34.
    @Test func rule51TheHeadOfAClosedPullRequestIsThatOfItsClosing() {
        var world = World()
        world.close(at: 100, head: "a")
        world.command(at: 200)
        world.check(.accepted, at: 210)
        world.wait(until: 1000)
        #expect(world.commands(.onTime) == 1)
    }

    /// A reopening and a push between them were not received.
    @Test func rule51TheHeadOfAClosedPullRequestIsThatOfTheClosingBefore() {
        var world = World()
        world.close(at: 100, head: "a")
        world.command(at: 200)
        world.check(.accepted, at: 210)
        world.close(at: 220, head: "b")
        world.wait(until: 1000)
        #expect(world.commands(.onTime) == 1)
    }

    /// Rule 39.
    @Test func rule51ACommandInTheFutureIsAnsweredFromItsReceiptOn() {
        var world = world()
        world.command(at: 9000, receivedAt: 1001)
        world.appComment(at: 1020)
        world.wait(until: 2000)
        #expect(world.answerTimes() == [0])
    }

    @Test func rule51IgnoredRepositoriesAreNotMeasured() {
        var world = world { $0.ignoredRepositories = ["acme/*"] }
        world.command(at: 1000)
        world.wait(until: 2000)
        #expect(world.commandsInAll() == 0)
    }

    // MARK: Objectives

    @Test func rule51TheObjectiveOfItsNameSetsTheDeadlineOfTheSeries() {
        var world = world {
            $0.objectives.append(
                Objective(.commandAnswer, .commandAnswer, target: 0.9, deadline: .seconds(10), grace: .zero))
        }
        world.command(at: 1000)
        world.wait(until: 1010)
        #expect(world.commands(.never) == 1)
        #expect(world.bad(.commandAnswer) == 1)
    }

    @Test func rule51OtherObjectivesJudgeByTheirOwnDeadlineAndChangeNoSeries() {
        let quick = Objective.Name(rawValue: "quick")!
        let slow = Objective.Name(rawValue: "slow")!
        var world = world {
            $0.objectives.append(Objective(quick, .commandAnswer, target: 0.9, deadline: .seconds(10)))
            $0.objectives.append(Objective(slow, .commandAnswer, target: 0.9, deadline: .minutes(30)))
        }
        world.command(at: 1000)
        world.appComment(at: 1100)
        world.wait(until: 2000)
        #expect(world.commands(.late) == 1)
        #expect(world.verdicts(quick) == [.bad])
        #expect(world.verdicts(slow).isEmpty)
        world.wait(until: 1000 + 1800)
        #expect(world.verdicts(slow) == [.good])
        #expect(world.commandsInAll() == 1)
    }

    @Test func rule51AnObjectiveSelectsByRepositoryAndBase() {
        let main = Objective.Name(rawValue: "main")!
        let other = Objective.Name(rawValue: "other")!
        var world = world {
            $0.objectives.append(
                Objective(
                    main, .commandAnswer, target: 0.9, deadline: .minutes(1),
                    selection: ObjectiveSelection(repositories: ["acme/*"], branches: ["main"])))
            $0.objectives.append(
                Objective(
                    other, .commandAnswer, target: 0.9, deadline: .minutes(1),
                    selection: ObjectiveSelection(branches: ["stable"])))
        }
        world.command(at: 1000)
        world.wait(until: 2000)
        #expect(world.verdicts(main) == [.bad])
        #expect(world.verdicts(other).isEmpty)
    }

    @Test func rule51AnAddedObjectiveJudgesWhatIsNotDueByIt() {
        let slow = Objective.Name(rawValue: "slow")!
        var world = world()
        world.restartService(at: 1000)
        world.command(at: 1001)
        world.wait(until: 1500)
        #expect(world.commands(.never) == 1)
        world.restart(with: { $0.objectives.append(Objective(slow, .commandAnswer, target: 0.9, deadline: .hours(1))) })
        world.restartService(at: 1501)
        world.appComment(at: 1600)
        world.wait(until: 9000)
        #expect(world.verdicts(slow) == [.good])
        #expect(world.commandsInAll() == 1)
    }

    // MARK: Limits and memory

    @Test func theOldestOpenCommandIsExcludedAboveTheLimit() {
        var world = world { $0.openCommandsLimit = 2 }
        for number in 1...3 { world.command(Int64(number), at: 1000 + Double(number)) }
        #expect(world.commands(.excluded) == 1)
        #expect(world.counters[.limitReached(.command)] == 1)
        world.wait(until: 3000)
        #expect(world.commands(.never) == 2)
    }

    @Test func aPullRequestAndACommitKeepSoManyCommands() {
        var world = world { $0.bounds.commandsOfPullRequest = 2 }
        for number in 1...3 { world.command(Int64(number), at: 1000 + Double(number)) }
        #expect(world.commands(.excluded) == 1)
        #expect(world.counters[.limitReached(.commandOfPullRequest)] == 1)
        var shared = self.world { $0.bounds.commandsOfCommit = 2 }
        for number in 1...3 {
            if number > 1 { shared.push("a", at: 1000, number: number) }
            shared.command(Int64(number), at: 1100, number: number)
        }
        #expect(shared.commands(.excluded) == 1)
        #expect(shared.counters[.limitReached(.commandOfCommit)] == 1)
    }

    @Test func aCommandIsForgottenAfterTheHorizon() {
        var world = world()
        world.command(at: 1000)
        #expect(world.gauge(.tracked(.command)) == 1)
        world.wait(until: 1000 + 8 * 24 * hour)
        #expect(world.gauge(.tracked(.command)) == 0)
        #expect(world.recountedGauges[.tracked(.command)] == nil)
    }

    @Test func whatIsStoredIsTakenUpAgain() {
        var world = world()
        world.command(at: 1000)
        world.restart()
        world.check(Self.again, .accepted, at: 1030)
        world.restart()
        world.wait(until: 1060)
        #expect(world.commands(.onTime) == 1)
        world.restart()
        world.command(at: 1000, receivedAt: 1100)
        world.appComment(at: 1200)
        world.restart()
        world.command(2, at: 1190, receivedAt: 1210)
        world.wait(until: 3000)
        #expect(world.commands(.onTime) == 2)
        #expect(world.answerTimes() == [30, 10])
    }

    @Test func anUndoneBatchLeavesNothing() {
        var world = world()
        world.undo { $0.command(at: 1000) }
        world.appComment(at: 1010)
        world.wait(until: 2000)
        #expect(world.commandsInAll() == 0)
    }
}
