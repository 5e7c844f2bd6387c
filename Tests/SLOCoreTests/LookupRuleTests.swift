import SLOCore
import Testing

/// What upstream APIs say when they are asked (docs/lookups.md), by docs/counting.md, rules 10 to 21.
@Suite struct LookupRuleTests {
    private static let neverRan = Step.finished(.error, .stated)
    private static let gone = Step.finished(.error, .lost)
    private static let canceled = Step.finished(.canceled, .stated)
    private static let copr = JobLink(job: .copr, id: 900)
    private static let test = JobLink(job: .testingFarm, id: 901)

    /// A check's run that Copr has started.
    private static func building() -> World {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.copr(.started, sentAt: 60)
        return world
    }

    // MARK: - Runs that a check shows

    @Test func rule14WhatACheckShowsIsNotFinishedByCopr() {
        var world = Self.building()
        world.lookedUp(Self.canceled, finished: 300, receivedAt: 4000)
        world.wait(until: 13 * hour)
        #expect(world.finishedInAll() == 0)
        #expect(world.overdue() == 1)
        #expect(world.bad(.builds) == 1)
    }

    @Test(arguments: [
        (canceled, Outcome.canceled), (.finished(.skipped, .stated), .skipped), (neverRan, .error),
        (failure, .failure),
    ])
    func rule15CoprsOwnWordDecidesTheOutcomeThatATitleGaveAway(_ said: Step, _ outcome: Outcome) {
        var world = Self.building()
        world.copr(.failed, sentAt: 300)
        world.check(failure, at: 310)
        world.lookedUp(said, started: 61, finished: 299, receivedAt: 320)
        world.wait(until: 311 + 120)
        #expect(world.finished(outcome) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.durations(outcome) == [308])
        #expect(world.revised == 0)
    }

    @Test func rule15WhatCoprSaidBeforeTheCheckDecidesToo() {
        var world = Self.building()
        world.lookedUp(Self.canceled, finished: 300, receivedAt: 305)
        world.copr(.failed, sentAt: 300, receivedAt: 306)
        world.check(failure, at: 310)
        world.wait(until: 311 + 120)
        #expect(world.finished(.canceled) == 1)
    }

    @Test func rule15AfterwardsItIsARevision() {
        var world = Self.building()
        world.check(failure, at: 310)
        world.wait(until: 500)
        world.lookedUp(Self.canceled, finished: 300, receivedAt: 501)
        #expect(world.finished(.failure) == 1)
        #expect(world.finished(.canceled) == 0)
        #expect(world.revised == 1)
    }

    @Test func rule15AnExplicitSuccessStays() {
        var world = Self.building()
        world.lookedUp(failure, finished: 300, receivedAt: 305)
        world.check(success, at: 310)
        #expect(world.finished(.success) == 1)
    }

    @Test func rule15ASuccessAtCoprCorrectsATitleWhileItSettles() {
        var world = Self.building()
        world.check(failure, at: 310)
        world.lookedUp(success, started: 61, finished: 300, receivedAt: 320)
        #expect(world.finished(.success) == 1)
    }

    @Test func rule15ThatABuildIsGoneCountsLessThanATitle() {
        var world = Self.building()
        world.lookedUp(Self.gone, .inferred, receivedAt: 305)
        world.check(failure, at: 310)
        world.wait(until: 500)
        #expect(world.finished(.failure) == 1)
    }

    @Test func rule15ThatABuildIsGoneCountsMoreThanABareConclusion() {
        var world = Self.building()
        world.lookedUp(Self.gone, .inferred, receivedAt: 305)
        world.check(.finished(.failure, .unclassified), at: 310)
        world.wait(until: 500)
        #expect(world.finished(.error) == 1)
    }

    @Test func rule15ThatABuildIsGoneTakesNothingBackThatItSaid() {
        var world = World()
        world.copr(.started, sentAt: 60)
        world.copr(.failed, sentAt: 300)
        world.lookedUp(Self.gone, .inferred, receivedAt: 310)
        world.wait(until: 500)
        #expect(world.finished(.failure) == 1)
        #expect(world.durations(.error).isEmpty)
    }

    // MARK: - Runs that Copr alone shows

    @Test func rule14WhatOnlyCoprShowsIsFinishedByItsWord() {
        var world = World()
        world.copr(.started, sentAt: 60)
        world.lookedUp(Self.canceled, submitted: 20, started: 60, finished: 300, receivedAt: 4000)
        #expect(world.settling() == 1)
        world.wait(until: 4000 + 120)
        #expect(world.finished(.canceled) == 1)
        #expect(world.durations(.canceled) == [280])
    }

    @Test func rule14OneThatIsGoneEndsAtTheReceiptOfThatAndHasNoDuration() {
        var world = World()
        world.copr(.started, sentAt: 60)
        world.lookedUp(Self.gone, .inferred, receivedAt: 4000)
        world.wait(until: 5000)
        #expect(world.finished(.error) == 1)
        #expect(world.durations(.error).isEmpty)
        #expect(world.runRecords.last?.reason == .lost)
        #expect(world.runRecords.last?.finishedAt == World.at(4000))
        #expect(world.bad(.builds) == 1)
    }

    @Test func rule18NothingThatIsLearnedAfterHour12TakesTheBudgetBack() {
        var world = World()
        world.copr(.started, sentAt: 0)
        world.wait(until: 13 * hour)
        #expect(world.bad(.builds) == 1)
        world.lookedUp(success, submitted: 0, started: 0, finished: 600, receivedAt: 13 * hour + 1)
        #expect(world.finished(.success) == 1)
        #expect(world.bad(.builds) == 1)
        #expect(world.good(.builds) == 0)
    }

    // MARK: - Steps

    @Test func rule11TheSubmissionIsEvidenceForTheQueueTime() {
        var world = World()
        world.copr(.started, sentAt: 60)
        world.lookedUp(.started, submitted: 20, started: 58, receivedAt: 4000)
        world.copr(.succeeded, sentAt: 5000)
        #expect(world.durations(.success) == [4980])
    }

    @Test func rule13AnAnswerMovesNoStepTwice() {
        var world = Self.building()
        world.lookedUp(.started, submitted: 3, started: 58, receivedAt: 4000)
        world.lookedUp(.started, submitted: 3, started: 58, receivedAt: 8000)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    @Test func rule13WhatWasCanceledInTheQueueNeverStarted() {
        var world = World()
        world.push()
        world.check(.build.linking(Self.copr), .accepted, at: 2)
        world.identified(Self.copr, as: .copr(build: 77, chroot: World.chroot), receivedAt: 300)
        world.lookedUp(Self.canceled, submitted: 5, finished: 100, receivedAt: 301)
        world.check(failure, at: 310)
        world.wait(until: 500)
        #expect(world.finished(.canceled) == 1)
        #expect(world.started() == 0)
    }

    @Test func rule10AnAnswerAboutABuildThatNobodyKnowsMakesNoRun() {
        var world = World()
        world.lookedUp(.started, submitted: 20, started: 58, receivedAt: 4000)
        #expect(world.queued() == 0)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    // MARK: - Joins

    @Test func rule20PackitsWordJoinsWhatNoNameTells() {
        var world = World()
        world.push()
        world.check(.build.linking(Self.copr), .queued, at: 2)
        world.identified(Self.copr, as: .copr(build: 77, chroot: World.chroot), receivedAt: 30)
        world.copr(.started, project: "a-project-of-their-own", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.copr(.failed, project: "a-project-of-their-own", sentAt: 300)
        #expect(world.finishedInAll() == 0)
        world.check(.build.linking(Self.copr), failure, at: 310)
        world.lookedUp(Self.canceled, finished: 299, receivedAt: 320)
        world.wait(until: 500)
        #expect(world.finished(.canceled) == 1)
    }

    @Test func rule20PackitsWordJoinsARequest() {
        var world = World()
        world.check(.test.linking(Self.test), .queued, at: 2)
        world.identified(Self.test, as: .testingFarm(request: "r1"), receivedAt: 30)
        world.testingFarm(.finished(.error, .stated), created: 3, started: 10, finished: 200, receivedAt: 250)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finishedInAll(.testRun) == 0)
        world.check(.test.linking(Self.test), failure, at: 210, receivedAt: 251)
        world.wait(until: 500)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(world.durations(.error, .testRun) == [208])
    }

    @Test func rule20PackitsWordEndsAWaitForAChoice() {
        var world = World()
        world.push()
        world.check(.build.linking(Self.copr), .accepted, at: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 3)
        world.copr(.started, sentAt: 60, receivedAt: 61)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.identified(Self.copr, as: .copr(build: 77, chroot: World.chroot), receivedAt: 70)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 1)
        world.wait(until: 2000)
        #expect(world.queued() == 2)
    }

    /// Counted steps stay counted, but what Packit says is part of a check's run goes on as nothing of its own.
    @Test func rule31APackitsWordMovesWhatWasCountedAlone() {
        var world = World()
        world.push()
        world.check(.build.linking(Self.copr), .accepted, at: 2)
        world.copr(.started, project: "acme-other-7", sentAt: 60)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.identified(Self.copr, as: .copr(build: 77, chroot: World.chroot), receivedAt: 70)
        #expect(world.queued() == 2)
        #expect(world.started() == 2)
        #expect(world.finished(.superseded) == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.check(.build.linking(Self.copr), success, at: 400)
        #expect(world.finished(.success) == 1)
        #expect(world.good(.builds) == 1)
        #expect(world.bad(.builds) == 0)
    }

    @Test func rule20PackitsWordOnSomethingElseJoinsNothing() {
        var world = World()
        world.push()
        world.check(.build.linking(Self.copr), .accepted, at: 2)
        world.check(
            .test.with {
                $0.requestID = "r1"; $0.job = Self.test
            }, .queued, at: 3)
        world.identified(JobLink(job: .copr, id: 1), as: .copr(build: 77, chroot: World.chroot), receivedAt: 70)
        world.identified(Self.copr, as: .testingFarm(request: "r9"), receivedAt: 71)
        world.identified(Self.copr, as: .copr(build: 77, chroot: World.chroot), sha: "b", receivedAt: 72)
        world.identified(
            Self.copr, as: .copr(build: 77, chroot: World.chroot), deployment: World.stg, receivedAt: 73)
        world.identified(Self.test, as: .testingFarm(request: "r2"), receivedAt: 74)
        world.lookedUp(Self.canceled, finished: 80, receivedAt: 90)
        world.wait(until: 2000)
        #expect(world.queued() == 1)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finishedInAll() + world.finishedInAll(.testRun) == 0)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    // MARK: - What is to be asked

    @Test func rule21AHintChangesNothingAndIsPassedOn() {
        var world = World()
        world.observe(.testRunHinted(requestID: "r1"), receivedAt: 5)
        #expect(world.queued(.testRun) == 0)
        #expect(world.lookupRequests.map(\.subject) == [.request(id: "r1")])
        #expect(world.lookupRequests.first?.isUrgent == true)
    }

    @Test func rule15WhatSettlesOnVagueEvidenceIsAskedForAtOnce() throws {
        var world = Self.building()
        #expect(world.lookupRequests.isEmpty)
        world.check(failure, at: 310)
        #expect(world.lookupRequests.map(\.subject) == [.build(id: 77, chroot: World.chroot)])
        #expect(try world.openLookupRequests.map(\.isUrgent) == [true])
        world.lookedUp(failure, started: 60, finished: 300, receivedAt: 320)
        #expect(world.lookupRequests.count == 1)
        #expect(try world.openLookupRequests.isEmpty)
    }

    @Test func rule15ASuccessIsNotAskedFor() throws {
        var world = Self.building()
        world.copr(.succeeded, sentAt: 300)
        #expect(world.lookupRequests.isEmpty)
        #expect(try world.openLookupRequests.isEmpty)
    }

    @Test func lookupsDependOnWhatIsKnown() throws {
        var world = Self.building()
        world.check(.test.with { $0.requestID = "r1" }, .queued, at: 100)
        world.check(
            .build.with {
                $0.sha = "b"; $0.job = Self.copr
            }, .queued, at: 200)
        world.check(.build.with { $0.sha = "c" }, .accepted, at: 300)
        world.check(
            .build.with {
                $0.sha = "d"; $0.job = Self.copr; $0.deployment = World.stg
            }, .accepted, at: 400)
        let open = try world.openLookupRequests.sorted { $0.queuedAt < $1.queuedAt }
        let job = LookupRequest.Job(
            deployment: World.prod, repository: 1, sha: "b", link: Self.copr, chroot: World.chroot)
        #expect(open.map(\.subject) == [.build(id: 77, chroot: World.chroot), .request(id: "r1"), .job(job)])
        #expect(open.map(\.queuedAt) == [World.at(2), World.at(100), World.at(200)])
        #expect(open.first?.deadlineAt == World.at(2 + 12 * hour))
        #expect(Set(open.map(\.owner)) == ["acme-rocket"])
        #expect(open.allSatisfy { !$0.isUrgent })
    }

    @Test func unjoinedCoprBuildsBelongToTheRepositoryInTheirProject() throws {
        var world = World()
        world.push()
        world.copr(.started, build: 1, project: "acme-rocket-99", sentAt: 60)
        world.copr(.started, build: 2, project: "custom", sentAt: 61)
        // Of what nothing counts nothing is asked.
        let open = try world.openLookupRequests.sorted { $0.queuedAt < $1.queuedAt }
        #expect(open.map(\.owner) == ["acme-rocket"])
    }
}
