import SLOCore
import Testing

/// docs/counting.md, rule 29: what kind of run a check shows whose name no rule knows.
@Suite struct KindRuleTests {
    private static let templated = World.Check.build.with { $0.name = named("ci / functional") }
    private static let failedBuild = Step.finished(.failure, .stated)
    private static let skippedByBuild = Step.finished(.skipped, .build)

    private static func named(_ text: String) -> CheckName { CheckName(text: text, subject: .unknown) }
    private static func copr(_ id: Int64) -> JobLink { JobLink(job: .copr, id: id) }
    private static func tests(_ id: Int64) -> JobLink { JobLink(job: .testingFarm, id: id) }

    private static func running(_ check: World.Check, in world: inout World, at: Double) {
        world.check(check, .started, asTest: .waiting, at: at)
    }

    @Test func rule29ATestThatMirrorsItsBuildIsNoBuild() {
        let check = Self.templated
        var world = World()
        world.check(check, .accepted, at: 4)
        Self.running(check.with { $0.job = Self.copr(77) }, in: &world, at: 100)
        #expect(world.gauge(.unclassifiedChecks) == 1)
        world.check(check.with { $0.job = Self.copr(77) }, .queued, asTest: .waiting, state: "queued", at: 300)
        world.check(check.with { $0.job = Self.tests(9) }, .unclear, asTest: .queued, at: 305)
        world.check(check.with { $0.job = Self.tests(9) }, .unclear, asTest: .started, at: 360)
        world.check(check.with { $0.job = Self.tests(9) }, .unclear, asTest: success, state: "success", at: 900)
        world.wait(until: 13 * hour)
        #expect(world.queued() == 0)
        #expect(world.queued(.testRun) == 1)
        #expect(world.durations(.success, .testRun) == [595])
        #expect(world.gauge(.unclassifiedChecks) == 0)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 0)
    }

    @Test func rule29ASuccessWithABuildsLinkMakesABuildThatCountsAtItsOwnTimes() {
        let check = Self.templated
        var world = World()
        world.check(check, .accepted, at: 0)
        Self.running(check.with { $0.job = Self.copr(5) }, in: &world, at: 100)
        #expect(world.queued() == 0)
        world.check(check.with { $0.job = Self.copr(5) }, success, asTest: Self.skippedByBuild, at: 300)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.durations(.success) == [300])
    }

    /// The build's own check has a name that is known: what ends with it beside that is a test.
    @Test(arguments: [true, false])
    func rule29AFailureThatAKnownBuildShowsTooIsATests(isKnownFirst: Bool) {
        var world = World()
        let build = World.Check.build.with { $0.job = Self.copr(77) }
        let test = Self.templated.with { $0.job = Self.copr(77) }
        world.check(.build, .accepted, at: 0)
        world.check(Self.templated, .accepted, at: 1)
        for isKnown in isKnownFirst ? [true, false] : [false, true] {
            if isKnown {
                world.check(build, Self.failedBuild, at: 100, receivedAt: 101)
            } else {
                world.check(test, Self.failedBuild, asTest: Self.skippedByBuild, at: 100, receivedAt: 101)
            }
        }
        world.wait(until: hour)
        #expect(world.queued() == 1)
        #expect(world.durations(.failure) == [100])
        #expect(world.queued(.testRun) == 0)
        #expect(world.gauge(.unclassifiedChecks) == 0)
    }

    /// Of several that end with one job the one with the lowest id is the build, whichever is received first.
    @Test(arguments: [true, false])
    func rule29OfSeveralThatEndWithOneJobTheLowestIsTheBuild(isInOrder: Bool) {
        var world = World()
        let build = World.Check.build.with {
            $0.name = Self.named("compile"); $0.job = Self.copr(77)
        }
        let test = Self.templated.with { $0.job = Self.copr(77) }
        let ends = [build.with { $0.id = 10 }, test.with { $0.id = 11 }]
        for (place, check) in (isInOrder ? ends : ends.reversed()).enumerated() {
            world.check(
                check, Self.failedBuild, asTest: Self.skippedByBuild, at: 100, receivedAt: 101 + Double(place))
        }
        world.wait(until: hour)
        #expect(world.queued() == 1)
        #expect(world.finished(.failure) == 1)
        #expect(world.runRecords.filter(\.isCounted).map(\.name) == ["compile"])
    }

    @Test func rule29WhatIsOverdueWithABuildsLinkIsABuild() {
        var world = World()
        world.check(Self.templated, .accepted, at: 0)
        Self.running(Self.templated.with { $0.job = Self.copr(77) }, in: &world, at: 100)
        world.wait(until: 12 * hour)
        #expect(world.queued() == 0)
        world.wait(until: 12 * hour + 0.001)
        #expect(world.queued() == 1)
        #expect(world.overdue() == 1)
        world.wait(until: 12 * hour + 120)
        #expect(world.bad(.builds) == 1)
    }

    /// A name once classified keeps its kind: a failure before there is anything to link counts as what it is.
    @Test func rule29ANameKeepsItsKindForTheLearnedWindow() {
        var world = World()
        let test = Self.templated
        world.check(test.with { $0.job = Self.tests(9) }, .unclear, asTest: success, state: "success", at: 0)
        let sourceFailure = Step.finished(.failure, .srpm)
        let day = 24 * hour
        world.check(test.with { $0.sha = "b" }, .accepted, at: day)
        world.check(test.with { $0.sha = "b" }, sourceFailure, asTest: Self.skippedByBuild, at: day + 60)
        world.wait(until: day + hour)
        #expect(world.queued() == 0)
        #expect(world.queued(.testRun) == 1)
        world.check(test.with { $0.sha = "c" }, sourceFailure, asTest: Self.skippedByBuild, at: 31 * day)
        world.wait(until: 32 * day)
        #expect(world.queued() == 1)
        // In another repository nothing is known of it.
        world.check(
            test.with { $0.repository = World.repository(2, "acme/other") }, sourceFailure,
            asTest: Self.skippedByBuild, at: 32 * day)
        world.wait(until: 33 * day)
        #expect(world.queued() == 2)
    }

    /// What waits for its kind need not wait for its own horizon once another check of that name tells.
    @Test func rule29WhatWaitsTakesTheKindOfItsNameAsSoonAsThatIsKnown() {
        var world = World()
        let first = Self.templated.with { $0.job = Self.copr(3) }
        Self.running(first, in: &world, at: 0)
        world.check(Self.templated.with { $0.sha = "b" }, .accepted, at: 1534)
        // Neither in another repository nor for another deployment.
        world.check(Self.templated.with { $0.repository = World.repository(2, "acme/other") }, .accepted, at: 1600)
        world.check(Self.templated.with { $0.deployment = World.stg }, .accepted, at: 1600)
        world.wait(until: 12 * hour)
        #expect(world.gauge(.unclassifiedChecks) == 4)
        world.wait(until: 12 * hour + 0.001)
        #expect(world.queued() == 2)
        #expect(world.overdue() == 1)
        #expect(world.gauge(.unclassifiedChecks) == 2)
        world.wait(until: 12 * hour + 1534.001)
        #expect(world.overdue() == 2)
    }

    /// It keeps it from when it was last shown, not from when the first check of that lane was.
    @Test func rule29ANameKeepsItsKindFromTheCheckThatShowsIt() {
        var world = World { $0.learnedWindow = .hours(1) }
        world.check(Self.templated, .accepted, at: 0)
        world.check(Self.templated.with { $0.job = Self.tests(9) }, .unclear, asTest: .queued, at: 5 * hour)
        world.check(Self.templated.with { $0.sha = "b" }, .accepted, at: 5.5 * hour)
        #expect(world.gauge(.unclassifiedChecks) == 0)
        world.check(Self.templated.with { $0.sha = "c" }, .accepted, at: 6.5 * hour)
        #expect(world.gauge(.unclassifiedChecks) == 1)
    }

    /// A test shows one build after the other.
    @Test func rule29WhatShowedABuildOfAnotherIsNoBuild() {
        var world = World()
        world.check(.build.with { $0.job = Self.copr(21) }, .started, at: 0)
        Self.running(Self.templated.with { $0.job = Self.copr(21) }, in: &world, at: 0)
        Self.running(Self.templated.with { $0.job = Self.copr(26) }, in: &world, at: 300)
        world.wait(until: 13 * hour)
        #expect(world.queued() == 1)
    }

    /// The build's check is forgotten sooner than the one that mirrored it is looked at for the last time.
    @Test func rule29WhatMirrorsABuildIsNoneWhenThatIsForgotten() {
        var world = World()
        world.check(.build.with { $0.job = Self.copr(129) }, failure, at: 0)
        world.check(
            Self.templated.with { $0.job = Self.copr(129) }, success, asTest: Self.skippedByBuild, at: 120)
        world.wait(until: 40 * 24 * hour)
        #expect(world.queued() == 1)
    }

    /// Whatever ends it, but GitHub.
    @Test func rule29WhatEndsWithABuildsLinkIsABuild() {
        var world = World()
        world.check(Self.templated, .accepted, at: 0)
        Self.running(Self.templated.with { $0.job = Self.copr(7) }, in: &world, at: 100)
        world.check(Self.templated, .finished(.skipped, .stated), state: "neutral", at: 500)
        world.wait(until: hour)
        #expect(world.durations(.skipped) == [500])
    }

    /// A build that took so long that it was overdue under its test's check, too.
    @Test(arguments: [true, false])
    func rule29WhatWasOverdueAsABuildIsATestOnceThatShows(isSubmitted: Bool) {
        var world = World()
        Self.running(Self.templated.with { $0.job = Self.copr(26) }, in: &world, at: 0)
        world.wait(until: 13 * hour)
        #expect(world.bad(.builds) == 1)
        if isSubmitted {
            world.check(Self.templated.with { $0.job = Self.tests(9) }, .unclear, asTest: .queued, at: 16 * hour)
        } else {
            world.check(
                Self.templated.with { $0.job = Self.copr(26) }, .queued, asTest: .waiting, state: "queued",
                at: 16 * hour)
        }
        #expect(world.finished(.superseded) == 1)
        #expect(world.unfinished() == 0)
        #expect(world.queued(.testRun) == (isSubmitted ? 1 : 0))
        world.wait(until: 9 * 24 * hour)
        #expect(world.finishedInAll() == 1)
    }

    /// It had been taken for the build, as its id is the lowest, and the build for its mirror.
    @Test func rule29WhereTheBuildTurnsOutATestItsMirrorIsTheBuild() {
        var world = World()
        let test = Self.templated.with {
            $0.id = 135; $0.job = Self.copr(2)
        }
        Self.running(test, in: &world, at: 0)
        let build = Self.templated.with {
            $0.name = Self.named("packages"); $0.id = 201; $0.job = Self.copr(2)
        }
        Self.running(build, in: &world, at: 1)
        world.wait(until: 13 * hour)
        #expect(world.unfinished() == 1)
        let shown = Self.templated.with {
            $0.id = 605; $0.job = Self.tests(9)
        }
        world.check(shown, .unclear, asTest: .queued, at: 28 * hour)
        world.wait(until: 28 * hour + 2)
        #expect(world.finished(.superseded) == 1)
        #expect(world.queued() == 2)
        #expect(world.unfinished() == 1)
        #expect(world.gauge(.unclassifiedChecks) == 0)
    }

    @Test func rule29WhatSucceededAsABuildStaysOneThoughItIsQueuedAgain() {
        var world = World()
        world.check(Self.templated.with { $0.job = Self.copr(5) }, success, asTest: Self.skippedByBuild, at: 0)
        world.check(
            Self.templated.with { $0.job = Self.copr(6) }, .queued, asTest: .waiting, state: "queued", at: 100)
        #expect(world.queued() == 2)
        #expect(world.unfinished() == 1)
    }

    @Test func rule29WhatWaitsTakesNoKindThatItsNameHadLongAgo() {
        var world = World { $0.learnedWindow = .hours(1) }
        world.check(Self.templated.with { $0.sha = "b" }, .accepted, at: 2 * hour)
        let late = Self.templated.with { $0.job = Self.tests(9) }
        world.check(late, .unclear, asTest: .started, at: 0.5 * hour, receivedAt: 2.5 * hour)
        #expect(world.queued(.testRun) == 1)
        #expect(world.gauge(.unclassifiedChecks) == 1)
    }

    /// However many wait: no delivery takes all of them.
    @Test(arguments: [false, true])
    func rule29ManyThatWaitTakeTheKindOfTheirNameInPortions(isRestarted: Bool) {
        var world = World()
        for number in 0..<100 {
            world.check(Self.templated.with { $0.sha = "s\(number)" }, .accepted, at: Double(number))
        }
        let shown = Self.templated.with {
            $0.sha = "b"; $0.job = Self.copr(5)
        }
        world.check(shown, success, asTest: Self.skippedByBuild, at: 200, receivedAt: 201)
        #expect(world.queued() == 17)
        world.wait(until: 201.02)
        #expect(world.queued() == 34)
        if isRestarted { world.restart() }
        world.wait(until: 202)
        #expect(world.queued() == 101)
        #expect(world.gauge(.unclassifiedChecks) == 0)
        #expect(world.recountedGauges[.unclassifiedChecks] == nil)
    }

    /// The one whose turn is next may be gone by then.
    @Test func rule29WhatIsForgottenHoldsUpNoneOfTheOthers() {
        var world = World { $0.trackedLimit = 46 }
        for number in 0..<20 {
            world.check(Self.templated.with { $0.sha = "s\(number)" }, .accepted, at: Double(number))
        }
        let shown = Self.templated.with {
            $0.sha = "b"; $0.job = Self.copr(5)
        }
        world.check(shown, success, asTest: Self.skippedByBuild, at: 200, receivedAt: 201)
        #expect(world.queued() == 17)
        for number in 0..<16 {
            world.check(.build.with { $0.sha = "o\(number)" }, success, at: 201, receivedAt: 201)
        }
        world.wait(until: 202)
        #expect(world.gauge(.unclassifiedChecks) == 0)
    }

    /// GitHub's end is no end of a build: what it left behind may be a test that waited.
    @Test func rule29WhatGitHubEndsTellsNothing() {
        var world = World()
        let check = Self.templated.with {
            $0.id = 5; $0.job = Self.copr(77)
        }
        Self.running(check, in: &world, at: 0)
        let canceled = Step.finished(.canceled, .stated)
        world.check(check, canceled, asTest: Self.skippedByBuild, state: "cancelled", at: 500)
        world.wait(until: 13 * hour)
        #expect(world.queued() + world.queued(.testRun) == 0)
        #expect(world.gauge(.unclassifiedChecks) == 1)
    }

    @Test func rule29AReplayDoesNotEndBeforeAKindIsTold() {
        var world = World()
        world.check(Self.templated, error, asTest: Self.skippedByBuild, at: 60)
        world.waitForTheEnd()
        #expect(world.finished(.error) == 1)
    }

    /// A check that never tells what it is has bounds, too.
    @Test func rule29WhatIsUnclassifiedKeepsItsLatestFacts() {
        var world = World()
        for number in 0..<2000 { world.check(Self.templated, .accepted, at: Double(number)) }
        let row = world.stored.values.map(\.count).max() ?? 0
        #expect(row < 20_000)
    }

    @Test func rule29ANameThatNothingClassifiedCountsAsABuildWhenItEndsSo() {
        var world = World()
        world.check(Self.templated, .accepted, at: 0)
        world.check(Self.templated, error, asTest: Self.skippedByBuild, at: 60)
        #expect(world.queued() == 0)
        world.wait(until: hour)
        #expect(world.queued() == 1)
        #expect(world.durations(.error) == [60])
        #expect(world.bad(.builds) == 1)
    }

    /// What a refusal ends was never anything.
    @Test func rule29ARefusalClassifiesNothing() {
        var world = World()
        world.check(Self.templated, .finished(.skipped, .stated), state: "neutral", at: 0)
        world.wait(until: hour)
        #expect(world.queued() + world.queued(.testRun) == 0)
    }

    @Test func rule29ALessonIsKeptAcrossARestart() {
        var world = World()
        world.check(
            Self.templated.with { $0.job = Self.copr(5) }, success, asTest: Self.skippedByBuild, at: 0)
        world.restart()
        world.check(Self.templated.with { $0.sha = "b" }, .accepted, at: 100)
        #expect(world.queued() == 2)
        #expect(world.unfinished() == 1)
    }

    /// It was thought a build's for as long as nothing else was known.
    @Test func rule29ATestIsOneWhateverItLinkedBefore() {
        var world = World()
        world.check(Self.templated.with { $0.job = Self.copr(5) }, success, asTest: Self.skippedByBuild, at: 0)
        let check = Self.templated.with { $0.sha = "b" }
        world.check(check, .accepted, at: 100)
        world.check(check.with { $0.job = Self.tests(9) }, .unclear, asTest: .started, at: 200)
        world.wait(until: hour)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finished(.superseded) == 1)
        #expect(world.unfinished() == 0)
        #expect(world.good(.builds) == 1)
        #expect(world.bad(.builds) == 0)
    }

    /// What ended with a build of another's is a test, whatever came after that end.
    @Test func rule29WhatEndedAsAKnownBuildDidIsATestThoughItWentOn() {
        var world = World()
        let test = Self.templated.with { $0.job = Self.copr(15) }
        world.check(.build.with { $0.job = Self.copr(15) }, Self.failedBuild, at: 0)
        world.check(test, Self.failedBuild, asTest: Self.skippedByBuild, at: 1)
        world.check(Self.templated, .accepted, at: 4)
        world.wait(until: hour)
        #expect(world.queued() == 1)
        #expect(world.gauge(.testRunsWaiting(World.prod)) == 1)
        #expect(world.gauge(.unclassifiedChecks) == 0)
    }

    /// What was shown last counts, and not what was heard last.
    @Test func rule29OfWhatANameWasShownToBeTheLatestCounts() {
        var world = World()
        let build = Self.templated.with {
            $0.sha = "b"; $0.job = Self.copr(5)
        }
        world.check(build, success, asTest: Self.skippedByBuild, at: 200)
        let test = Self.templated.with {
            $0.sha = "c"; $0.job = Self.tests(9)
        }
        world.check(test, .unclear, asTest: .queued, at: 100, receivedAt: 300)
        world.check(Self.templated, .accepted, at: 400)
        #expect(world.queued() == 2)
        #expect(world.queued(.testRun) == 1)
    }

    /// Of a name that a test once had; the other check of its build was taken for the build's.
    @Test func rule29WhereTheBuildTurnsOutATestAnotherOfTheNameOfATestIsTheBuild() {
        var world = World()
        let name = Self.templated.with { $0.name = Self.named("packages") }
        world.check(
            name.with {
                $0.sha = "b"; $0.job = Self.tests(7)
            }, .unclear, asTest: .queued, at: 0)
        world.check(
            Self.templated.with {
                $0.sha = "b"; $0.job = Self.copr(1)
            }, success, asTest: Self.skippedByBuild, at: 1)
        let test = Self.templated.with { $0.job = Self.copr(2) }
        Self.running(test, in: &world, at: 100)
        world.check(name.with { $0.job = Self.copr(2) }, success, asTest: Self.skippedByBuild, at: 200)
        #expect(world.finished(.success) == 1)
        world.check(test, .queued, asTest: .waiting, state: "queued", at: 201)
        #expect(world.finished(.success) == 2)
        #expect(world.finished(.superseded) == 1)
    }

    /// Commit statuses have ids that rise as well.
    @Test func rule29OfSeveralStatusesThatAreOverdueTheFirstIsTheBuild() {
        var world = World()
        let build = Self.templated.with {
            $0.name = Self.named("packages")
            $0.isCommitStatus = true
            $0.job = Self.copr(2)
        }
        let test = Self.templated.with {
            $0.isCommitStatus = true; $0.job = Self.copr(2)
        }
        Self.running(test.with { $0.id = 12 }, in: &world, at: 0)
        Self.running(build.with { $0.id = 11 }, in: &world, at: 0)
        world.wait(until: 13 * hour)
        #expect(world.queued() == 1)
        #expect(world.gauge(.unclassifiedChecks) == 1)
        world.waitForTheEnd()
        #expect(world.runRecords.filter(\.isCounted).map(\.name) == ["packages"])
    }

    /// It had been looked at before, and would have been remembered for longer had it not ended.
    @Test func rule29WhatEndsWithoutItsKindIsForgottenAsAnyEnd() {
        var world = World()
        let forgotten = 11 * 24 * hour
        world.check(.build.with { $0.job = Self.copr(7) }, .started, at: 0)
        Self.running(Self.templated.with { $0.job = Self.copr(7) }, in: &world, at: 0)
        world.wait(until: 13 * hour)
        world.check(Self.templated, .finished(.skipped, .build), state: "cancelled", at: 20 * hour - 1)
        world.wait(toBefore: 20 * hour + forgotten)
        #expect(world.gauge(.unclassifiedChecks) == 1)
        world.wait(until: 20 * hour + forgotten)
        #expect(world.gauge(.unclassifiedChecks) == 0)
    }
}
