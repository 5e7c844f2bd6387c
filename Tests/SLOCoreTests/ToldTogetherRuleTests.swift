import SLOCore
import Testing

/// What comes about at once is looked at together, so that none of it is taken for the only one (docs/counting.md,
/// rules 20, 29 and 31).
@Suite struct ToldTogetherRuleTests {
    private static let templated = World.Check.build.with {
        $0.name = CheckName(text: "compile for \(World.chroot)", subject: .unknown, chroot: World.chroot)
    }

    private static func copr(_ id: Int64) -> JobLink { JobLink(job: .copr, id: id) }

    /// Two commits of one pull request wait for the kind of their name; Copr's build may be either's.
    @Test func rule29WhatTakesTheKindOfItsNameAtOnceClaimsNothingThatSeveralFit() {
        var world = World()
        world.check(Self.templated.with { $0.sha = "b" }, .accepted, at: 10)
        world.check(Self.templated.with { $0.sha = "c" }, .accepted, at: 20)
        world.copr(.started, sentAt: 60)
        #expect(world.queued() == 1)
        // The name is known by another commit's check.
        world.check(
            Self.templated.with {
                $0.sha = "d"; $0.job = Self.copr(5)
            }, success, asTest: .finished(.skipped, .build),
            at: 100)
        #expect(world.queued() == 4)
        #expect(world.gauge(.unjoinedRuns) == 1)
        #expect(world.counters[.joins(.proven)] == nil)
    }

    @Test func rule29TheOnlyOneThatFitsClaimsIt() {
        var world = World()
        world.check(Self.templated.with { $0.sha = "b" }, .accepted, at: 10)
        world.check(Self.templated.with { $0.sha = "c" }, .accepted, at: 80)
        world.copr(.started, sentAt: 60)
        world.check(
            Self.templated.with {
                $0.sha = "d"; $0.job = Self.copr(5)
            }, success, asTest: .finished(.skipped, .build),
            at: 100)
        #expect(world.queued() == 3)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    /// A check that was taken for a build turns out to be a test. So a test of the same build is looked at again, which
    /// would be the only one that the request fits by now.
    @Test func rule20ALaneOfWhichNothingIsNewClaimsNothing() {
        var world = World()
        func check(_ word: String, _ event: String, sha: String = "a", job: JobLink? = nil) -> World.Check {
            .build.with {
                $0.name = CheckName(text: "\(word) for \(World.chroot)", subject: .unknown, chroot: World.chroot)
                $0.externalID = event
                $0.sha = sha
                $0.job = job
            }
        }
        let buildEnded = Step.finished(.skipped, .build)
        world.check(check("verify", "e1", job: Self.copr(8)), .queued, asTest: .waiting, state: "in_progress", at: 0)
        world.check(check("verify", "e2"), .accepted, at: 1)
        world.testingFarm(success, created: 100, finished: 200, sha: "a", receivedAt: 210)
        world.check(check("compile", "e3", job: Self.copr(8)), .started, asTest: .waiting, at: 300)
        world.check(check("compile", "e4", sha: "b", job: Self.copr(9)), success, asTest: buildEnded, at: 310)
        world.check(check("verify", "e5", sha: "b"), .queued, asTest: .queued, at: 320)
        world.check(check("verify", "e2"), failure, asTest: buildEnded, at: 330)
        #expect(world.queued(.testRun) == 2)
        let farm = JobLink(job: .testingFarm, id: 1)
        world.check(check("compile", "e3", job: farm), .unclear, asTest: failure, state: "failure", at: 340)
        #expect(world.queued(.testRun) == 3)
        #expect(world.counters[.joins(.proven)] == nil)
    }

    /// Two names of one commit are overdue in the same millisecond.
    @Test func rule31WhatWaitsChoosesAmongAllThatComesAboutAtOneMoment() {
        var world = World { $0.coprProjects = [CoprProjectRule(projects: "@acme/*", repository: "acme/rocket")] }
        for (place, identifier) in ["one", "two"].enumerated() {
            let check = Self.templated.with {
                $0.name = CheckName(text: "compile (\(identifier))", subject: .unknown, chroot: World.chroot)
                $0.job = Self.copr(Int64(place))
            }
            world.check(check, .started, asTest: .waiting, at: 0, receivedAt: 1)
        }
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        world.wait(until: 13 * hour)
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 1)
        #expect(world.counters[.joins(.proven)] == nil)
    }

    /// One of two that wait finds its run: the other need not wait any more.
    @Test func rule31WhatOneOfThemIsOthersAreNot() {
        var world = World()
        world.push()
        let check = World.Check.build
        world.check(check.with { $0.externalID = "e1" }, .accepted, at: 0)
        world.check(check.with { $0.externalID = "e2" }, .accepted, at: 1)
        world.copr(.started, build: 1, sentAt: 60)
        world.copr(.started, build: 2, sentAt: 90)
        world.copr(.succeeded, build: 1, sentAt: 100)
        #expect(world.gauge(.unjoinedRuns) == 2)
        world.check(check.with { $0.externalID = "e2" }, failure, at: 120)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.counters[.joins(.proposed)] == 2)
    }

    /// Builds of other packages of the pull request do not use up what a check looks at.
    @Test func rule20ACheckClaimsItsBuildAmongManyOfOtherPackages() {
        var world = World()
        world.push()
        for build in 1...9 { world.copr(.started, build: Int64(build), project: "acme-rocket-1-other", sentAt: 60) }
        world.copr(.started, build: 10, project: "acme-rocket-1-one", sentAt: 70)
        #expect(world.gauge(.unjoinedRuns) == 10)
        let name = CheckName(
            text: "rpm-build:\(World.chroot):one", subject: .build, chroot: World.chroot, identifier: "one")
        world.check(.build.with { $0.name = name }, .accepted, at: 10, receivedAt: 80)
        #expect(world.queued() == 10)
        #expect(world.gauge(.unjoinedRuns) == 9)
    }
}
