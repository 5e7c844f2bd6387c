import SLOCore
import Testing

/// docs/counting.md, rule 32: Copr projects that Packit did not name.
@Suite struct CoprProjectRuleTests {
    private static let job = JobLink(job: .copr, id: 11)

    private func mapped(_ projects: String = "@acme/*") -> World {
        World { $0.coprProjects = [CoprProjectRule(projects: projects, repository: "acme/rocket")] }
    }

    /// Pull request 1, its check from its acceptance to its success, and Copr's messages from a project of their own.
    private func tell(_ world: inout World) {
        world.push()
        world.check(.accepted, at: 4)
        world.check(.build.with { $0.job = Self.job }, .queued, at: 50)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        world.check(.build.with { $0.job = Self.job }, .started, at: 62)
        world.copr(.succeeded, project: "nightly", owner: "@acme", sentAt: 300)
        world.check(.build.with { $0.job = Self.job }, success, at: 303)
    }

    @Test func rule32ABuildInAProjectOfTheirOwnIsNeverCountedByItself() {
        var world = World()
        tell(&world)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.good(.builds) == 1)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.wait(until: 8 * 24 * hour)
        #expect(world.queued() == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    @Test func rule32ItIsInTheHistoryAsUnattributed() {
        var world = World()
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        #expect(world.runRecords.isEmpty)
        world.copr(.succeeded, project: "nightly", owner: "@acme", sentAt: 300)
        #expect(world.runRecords.count == 1)
        #expect(world.runRecords.first?.reason == .unattributed)
        #expect(world.runRecords.first?.name == "@acme/nightly")
        #expect(world.runRecords.first?.isCounted == false)
    }

    @Test func rule32AMapSaysWhoseBuildsAProjectHolds() {
        var world = mapped()
        tell(&world)
        #expect(world.queued() == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.runRecords.last?.backendID == "77")
        #expect(world.runRecords.last?.startedAt == World.at(60))
    }

    @Test(arguments: ["@other/*", "@acme/daily", "acme/nightly"])
    func rule32AMapOfOtherProjectsSaysNothing(projects: String) {
        var world = mapped(projects)
        tell(&world)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    @Test func rule32AMappedBuildWaitsForItsCheckAndIsNotCountedAlone() {
        var world = mapped()
        world.push()
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        world.wait(until: hour)
        #expect(world.queued() == 0)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.check(.accepted, at: 4, receivedAt: hour + 1)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    @Test func rule32WhatIsJoinedLaterLeavesTheHistoryOfTheUnattributed() {
        var world = World()
        world.push()
        world.check(.build.with { $0.job = Self.job }, .accepted, at: 4)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        world.copr(.succeeded, project: "nightly", owner: "@acme", sentAt: 300)
        let record = world.runRecords.last
        world.identifiedBuild(job: 11, sha: "a", build: 77, receivedAt: 310)
        #expect(world.withdrawnRuns == [record?.run])
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 1)
    }

    @Test func rule32AProvenJoinTeachesAProject() {
        var world = World()
        world.push("a")
        world.check(.build.with { $0.job = Self.job }, .accepted, at: 4)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        world.identifiedBuild(job: 11, sha: "a", build: 77, receivedAt: 70)
        world.restart()
        // Another pull request builds there, too.
        world.push("b", at: 100, number: 2)
        world.check(
            .build.with {
                $0.sha = "b"; $0.externalID = "e2"
            }, .accepted, at: 104)
        world.copr(.started, build: 78, project: "nightly", owner: "@acme", sentAt: 160)
        #expect(world.started() == 2)
        #expect(world.gauge(.unjoinedRuns) == 0)
        // What no check shows is counted by nothing all the same.
        world.copr(.started, build: 79, project: "nightly", owner: "@acme", sentAt: 170)
        world.wait(until: 2 * hour)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    /// What it teaches is news for all builds that wait in that project.
    @Test func rule32ALessonIsNewsForTheOtherChrootsOfTheProject() {
        let other = "fedora-40-x86_64"
        var world = World()
        world.push("aaaaaaa1")
        for chroot in [World.chroot, other] {
            let name = CheckName(text: "rpm-build:\(chroot)", subject: .build, chroot: chroot)
            world.check(
                .build.with {
                    $0.sha = "aaaaaaa1"; $0.name = name
                }, .accepted, at: 4)
        }
        world.copr(.started, build: 77, chroot: other, project: "nightly", owner: "@acme", sentAt: 60)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.copr(
            .started, build: 77, project: "nightly", owner: "@acme", sentAt: 61,
            version: "1.0-1.20261005120002.pr1.3.gaaaaaaa")
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 2)
    }

    @Test func rule32ALessonHoldsForTheLearnedWindow() {
        for (days, joined) in [(29.0, true), (31, false)] {
            var world = World { $0.learnedWindow = .days(30) }
            world.push("a")
            world.check(.build.with { $0.job = Self.job }, .accepted, at: 4)
            world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
            world.identifiedBuild(job: 11, sha: "a", build: 77, receivedAt: 70)
            let later = days * 24 * hour
            world.push("b", at: later, number: 2)
            world.check(
                .build.with {
                    $0.sha = "b"; $0.externalID = "e2"
                }, .accepted, at: later + 4)
            world.copr(.started, build: 78, project: "nightly", owner: "@acme", sentAt: later + 60)
            #expect((world.gauge(.unjoinedRuns) == 0) == joined, "\(days) days")
        }
    }

    @Test func rule32AVersionFindsTheCheckOfAProjectThatNobodyKnows() {
        var world = World()
        world.push("aaaaaaa1")
        world.check(.build.with { $0.sha = "aaaaaaa1" }, .accepted, at: 4)
        world.copr(
            .started, project: "nightly", owner: "@acme", sentAt: 60, version: "1.0-1.20261005120002.pr1.3.gaaaaaaa")
        #expect(world.started() == 1)
        #expect(world.counters[.joins(.proven)] == 1)
    }

    /// Of Packit's own accounts, but no name that it generates; and generated, but of another's account.
    @Test(arguments: [("packit", "nightly"), ("packit", "my-builds"), ("someone", "acme-other-3")])
    func rule32OnlyGeneratedProjectsOfPackitsAccountsCountAlone(owner: String, project: String) {
        var world = World()
        world.copr(.succeeded, project: project, owner: owner, sentAt: 60)
        #expect(world.queued() == 0)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    @Test func rule32OneOfARepositoryThatGitHubNeverShowedCountsAlone() {
        var world = World()
        world.copr(.succeeded, project: "acme-other-3", sentAt: 60)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
    }

    /// The first proof teaches the project, in which the second build began before the third.
    @Test func rule31WhatWaitsIsTakenInTheOrderOfItsStarts() {
        var world = World()
        let name = CheckName(text: "packages", subject: .unknown, chroot: World.chroot)
        let first = World.Check.build.with {
            $0.name = name; $0.sha = "c3585fe0"
        }
        let second = first.with {
            $0.sha = "67e29500"; $0.externalID = "e2"
        }
        let build = { (event: BuildReported.Event, id: Int64, at: Double, version: String?, world: inout World) in
            world.copr(event, build: id, project: "nightly", owner: "@acme", sentAt: at, version: version)
        }
        world.check(first, .accepted, at: 0)
        build(.started, 1, 100, "1.2-1.20261101.pr2.4.gc3585fe", &world)
        world.check(second, .accepted, at: 150)
        build(.started, 2, 200, nil, &world)
        build(.succeeded, 3, 400, "1.2-1.20261101.pr2.4.g67e2950", &world)
        world.check(first.with { $0.job = Self.job }, success, asTest: .finished(.skipped, .build), at: 500)
        #expect(world.queued() == 2)
        #expect(world.started() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    // MARK: Asking in time

    @Test func rule32PackitIsAskedWhatChecksAreWhoseBuildMayWait() {
        var world = World()
        world.push()
        world.check(.build.with { $0.job = Self.job }, .accepted, at: 4)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        #expect(world.urgentJobs == [Self.job])
    }

    @Test func rule32AndWhenACheckShowsItsNumberLater() {
        var world = World()
        world.push()
        world.check(.accepted, at: 4)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        #expect(world.urgentJobs.isEmpty)
        world.check(.build.with { $0.job = Self.job }, .started, at: 62)
        world.check(.build.with { $0.job = Self.job }, .started, at: 63)
        #expect(world.urgentJobs == [Self.job])
    }

    @Test func rule32AndWhereSeveralFit() {
        var world = World()
        world.push()
        world.check(.build.with { $0.job = Self.job }, .accepted, at: 4)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 5)
        world.copr(.started, sentAt: 60)
        #expect(world.urgentJobs == [Self.job])
    }

    @Test func rule32ARunThatIsPlacedWithoutProofIsAskedAboutToo() throws {
        var world = World()
        world.push()
        world.check(
            .build.with {
                $0.externalID = "e1"; $0.job = Self.job
            }, .accepted, at: 4)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 5)
        world.copr(.started, sentAt: 60)
        world.check(
            .build.with {
                $0.externalID = "e2"; $0.job = JobLink(job: .copr, id: 12)
            }, .started, at: 62)
        #expect(world.counters[.joins(.proposed)] == 1)
        let asked = try world.openLookupRequests.compactMap { lookupRequest -> Int64? in
            if case .job(let job) = lookupRequest.subject { job.link.id } else { nil }
        }
        #expect(Set(asked) == [11, 12])
    }

    /// A build waits among two runs that were superseded, of which one is old enough to be forgotten.
    @Test func rule31WhatABuildMayBelongToIsNotForgottenWhileItWaits() {
        var world = mapped()
        let day = 24 * hour
        world.push()
        world.check(.accepted, at: 2)
        world.check(.build.with { $0.externalID = "e2" }, .accepted, at: 5)
        world.check(.accepted, at: 10)
        world.check(failure, at: 100)
        world.push("b", at: 200, action: .synchronize)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 9 * day)
        #expect(world.gauge(.unjoinedRuns) == 1)
        let later = World.Check.build.with {
            $0.sha = "b"; $0.externalID = "e3"
        }
        world.check(later, .accepted, at: 12 * day)
        #expect(world.gauge(.unjoinedRuns) == 1)
        #expect(world.counters[.joins(.proven)] == nil)
        world.wait(until: 23 * day)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.timeline.ledger.tracked(.run) == 1)
    }
}

extension World {
    /// The jobs that Packit is to be asked about at once, in order.
    var urgentJobs: [JobLink] {
        lookupRequests.compactMap { lookupRequest in
            if case .job(let job) = lookupRequest.subject { job.link } else { nil }
        }
    }
}
