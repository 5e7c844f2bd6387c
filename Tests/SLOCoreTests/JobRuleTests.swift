import SLOCore
import Testing

/// docs/counting.md, rule 49.
@Suite struct JobRuleTests {
    private static let koji = RunGroup.job(JobKind("koji-build"))

    @Test func rule49TheRunsOfAJobAreCountedUnderItsKind() {
        var world = World()
        world.check(.job, .accepted, at: 0)
        #expect(world.queued(Self.koji) == 1 && world.started(Self.koji) == 0)
        #expect(world.unfinished(Self.koji) == 1)
        world.check(.job, .started, at: 60)
        #expect(world.started(Self.koji) == 1)
        world.check(.job, success, at: 900)
        #expect(world.finished(.success, Self.koji) == 1 && world.unfinished(Self.koji) == 0)
        #expect(world.durations(.success, Self.koji) == [900])
        #expect(world.queued() + world.queued(.testRun) == 0)
        #expect(world.runRecords.map(\.kind) == [.job] && world.runRecords.map(\.name) == ["koji-build:f42"])
    }

    @Test func rule49EachKindIsCountedByItself() {
        var world = World()
        let scan = CheckName(text: "osh-diff-scan:x-y-z", subject: .job, jobKind: JobKind("osh-diff-scan"))
        world.check(.job, .queued, at: 0)
        world.check(.job.with { $0.name = scan }, .queued, at: 0)
        world.check(.job.with { $0.name = CheckName(text: "Images", subject: .job) }, .queued, at: 0)
        for kind in [JobKind("koji-build"), JobKind("osh-diff-scan"), .other] {
            #expect(world.queued(.job(kind)) == 1 && world.unfinished(.job(kind)) == 1)
        }
    }

    @Test func rule49AnEndAloneIsARunAndARefusalIsNone() {
        var world = World()
        world.check(.job, failure, at: 0)
        world.check(.job.with { $0.sha = "b" }, .finished(.skipped, .stated), at: 0)
        world.wait(until: 200)
        #expect(world.queued(Self.koji) == 1 && world.finished(.failure, Self.koji) == 1)
        #expect(world.runRecords.filter { !$0.isCounted }.map(\.outcome) == [.skipped])
    }

    @Test func rule49AnEndThatIsNoSuccessSettles() {
        var world = World()
        world.check(.job, .accepted, at: 0)
        world.check(.job, failure, at: 100)
        #expect(world.settling(.job) == 1 && world.finishedInAll(Self.koji) == 0)
        world.check(.job, success, at: 150)
        #expect(world.settling(.job) == 0 && world.finished(.success, Self.koji) == 1)
    }

    @Test func rule49AnotherAcceptanceOpensAnotherRunWhichSupersedes() {
        var world = World()
        world.check(.job, .accepted, at: 0)
        world.check(.job, .accepted, at: 500)
        #expect(world.queued(Self.koji) == 2)
        world.check(.job, success, at: 900)
        world.wait(until: 1100)
        #expect(world.finished(.success, Self.koji) == 1 && world.finished(.superseded, Self.koji) == 1)
    }

    @Test func rule49APushSupersedesThem() {
        var world = World()
        world.push("a")
        world.check(.job, .accepted, at: 5)
        world.push("b", at: 100, action: .synchronize)
        world.wait(until: 300)
        #expect(world.finished(.superseded, Self.koji) == 1)
    }

    /// Not all links to other jobs are unique for a run.
    @Test func rule49NoLinkGivesARunANumber() {
        var world = World()
        world.check(.job.with { $0.job = JobLink(job: .other, id: 5) }, .started, at: 0)
        world.check(.job.with { $0.job = JobLink(job: .other, id: 6) }, .started, at: 50)
        world.check(.job.with { $0.job = JobLink(job: .copr, id: 7) }, .started, at: 60)
        world.check(.job.with { $0.job = JobLink(job: .testingFarm, id: 8) }, success, at: 70)
        world.check(.job, .queued, at: 80)
        #expect(world.queued(Self.koji) == 2 && world.finished(.success, Self.koji) == 1)
    }

    @Test func rule49NoBackendRunIsJoined() {
        var world = World()
        let name = CheckName(
            text: "vm-image-build:\(World.chroot)", subject: .job, chroot: World.chroot,
            jobKind: JobKind("vm-image-build"))
        let image = World.Check.job.with {
            $0.name = name
            $0.requestID = "r1"
        }
        world.push()
        world.check(image, .accepted, at: 5)
        world.copr(.started, sentAt: 20)
        world.testingFarm(.started, created: 20, started: 30, sha: "a", receivedAt: 40)
        world.check(image, success, at: 400)
        #expect(world.queued() == 1 && world.queued(.testRun) == 1)
        #expect(world.counters[.joins(.proven)] == nil && world.counters[.joins(.proposed)] == nil)
        #expect(world.lookupRequests.isEmpty)
    }

    @Test func rule49TheyAreOverdueAfterTheDeadlineOfTheObjectiveOfTheirName() throws {
        var world = World()
        world.check(.job, .accepted, at: 0)
        world.wait(until: 43_200)
        #expect(world.overdue(Self.koji) == 0)
        world.wait(until: 43_201)
        #expect(world.overdue(Self.koji) == 1)
        #expect(world.judgements.isEmpty)

        var sooner = World { $0.objectives.append(Objective(.jobs, .jobs, target: 0.9, deadline: .hours(1))) }
        sooner.check(.job, .accepted, at: 0)
        sooner.wait(until: 3601)
        #expect(sooner.overdue(Self.koji) == 1)
        sooner.wait(until: 4000)
        #expect(sooner.bad(.jobs) == 1)

        // Of that name, but of something else.
        var other = World { $0.objectives.append(Objective(.jobs, .builds, target: 0.9, deadline: .hours(1))) }
        other.check(.job, .accepted, at: 0)
        other.wait(until: 40_000)
        #expect(other.overdue(Self.koji) == 0 && other.bad(.jobs) == 0)
    }

    @Test func rule49AnObjectiveJudgesThemLikeBuilds() throws {
        let name = try #require(Objective.Name(rawValue: "scans"))
        var world = World {
            $0.objectives.append(
                Objective(
                    name, .jobs, target: 0.9, deadline: .hours(1), selection: .init(names: ["koji-build:*"])))
        }
        func check(_ sha: String) -> World.Check { .job.with { $0.sha = sha } }
        for (sha, step) in [("a", success), ("b", failure), ("c", .finished(.error, .stated))] {
            world.check(check(sha), .accepted, at: 0)
            world.check(check(sha), step, at: 100)
        }
        world.check(check("d"), .accepted, at: 0)
        world.check(check("d"), .finished(.error, .config), at: 100)
        world.check(
            .job.with { $0.name = CheckName(text: "vm-image-build:x", subject: .job) }, .accepted, at: 0)
        world.wait(until: 5000)
        #expect(world.good(name) == 2 && world.bad(name) == 1)
        #expect(world.good(.builds) == 0 && world.bad(.builds) == 0)
    }

    @Test func rule49TheHorizonEndsThem() {
        var world = World()
        world.check(.job, .accepted, at: 0)
        world.wait(until: 7 * 86_400 + 1)
        #expect(world.finished(.error, Self.koji) == 1)
        #expect(world.startDurations(.job) == [])
    }

    @Test func rule49ItsKindAndStepsAreStored() {
        var world = World()
        world.check(.job, .accepted, at: 0)
        world.restart()
        #expect(world.recountedGauges[.runsUnfinished(Self.koji, World.prod)] == 1)
        world.check(.job, .accepted, at: 0.4, receivedAt: 2)
        world.check(.job, success, at: 90)
        #expect(world.queued(Self.koji) == 1 && world.durations(.success, Self.koji) == [90])
    }

    /// As when a journal is decided again that an older version began.
    @Test func rule49ANameIsReadAsTheRulesReadItWhenItWasReceived() {
        var world = World()
        let before = CheckName(text: World.Check.job.name.text, subject: .other)
        world.check(.job.with { $0.name = before }, .unclear, at: 0)
        world.check(.job.with { $0.sha = "b" }, .accepted, at: 100)
        #expect(world.queued(Self.koji) == 1)
    }
}
