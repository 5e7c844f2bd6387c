import SLOCore
import Testing

/// Rule 37: what a repository is called, and whether it may be named.
@Suite struct RepositoryRuleTests {
    private static func named(
        _ name: String = "acme/rocket", isPrivate: Bool = false, statedAt: Double? = nil
    ) -> Observation {
        .repositoryNamed(
            Repository(id: 1, fullName: name, isPrivate: isPrivate, statedAt: statedAt.map(World.at)))
    }

    @Test func rule37ARenameTellsTheNameInTime() {
        var world = World()
        world.push()
        world.check(.accepted, at: 4)
        world.observe(Self.named("other/gadget"), receivedAt: 20)
        world.copr(.started, project: "other-gadget-1", sentAt: 60)
        world.check(
            World.Check.build.with { $0.repository = World.repository(1, "other/gadget") }, .started, at: 62)
        #expect(world.queued() == 1)
    }

    @Test func rule37WhateverCallsItPrivateHidesItAtOnce() {
        var world = World()
        world.observe(Self.named(statedAt: 100), receivedAt: 101)
        #expect(world.timeline.ledger.isPublic("acme/rocket"))
        // Also what is older than what was known.
        world.observe(Self.named(isPrivate: true, statedAt: 50), receivedAt: 102)
        #expect(!world.timeline.ledger.isPublic("acme/rocket"))
    }

    @Test(arguments: [nil, 49, 50]) func rule37NothingOlderShowsItAgain(statedAt: Double?) {
        var world = World()
        world.observe(Self.named(isPrivate: true, statedAt: 50), receivedAt: 51)
        world.observe(Self.named(statedAt: statedAt), receivedAt: 1000)
        #expect(!world.timeline.ledger.isPublic("acme/rocket"))
        world.restart()
        #expect(!world.timeline.ledger.isPublic("acme/rocket"))
    }

    @Test func rule37ANewerBodyShowsItAgain() {
        var world = World()
        world.observe(Self.named(isPrivate: true, statedAt: 50), receivedAt: 51)
        world.observe(Self.named(isPrivate: true, statedAt: 40), receivedAt: 60)
        world.observe(Self.named(statedAt: 51), receivedAt: 1000)
        #expect(world.timeline.ledger.isPublic("acme/rocket"))
    }

    @Test func rule37WhatHasNoTimeHidesFromItsReceiptOn() {
        var world = World()
        world.observe(Self.named(isPrivate: true), receivedAt: 51)
        world.observe(Self.named(statedAt: 51), receivedAt: 52)
        #expect(!world.timeline.ledger.isPublic("acme/rocket"))
        world.observe(Self.named(statedAt: 52), receivedAt: 53)
        #expect(world.timeline.ledger.isPublic("acme/rocket"))
    }

    @Test func rule37ABodyOfTheFutureShowsNothing() {
        var world = World()
        world.observe(Self.named(isPrivate: true, statedAt: 50), receivedAt: 51)
        world.observe(Self.named(statedAt: 9e9), receivedAt: 52)
        #expect(!world.timeline.ledger.isPublic("acme/rocket"))
    }

    @Test func rule37OneThatIsPrivateFromTheBeginningIsHidden() {
        var world = World()
        world.observe(Self.named(isPrivate: true, statedAt: 50), receivedAt: 51)
        #expect(!world.timeline.ledger.isPublic("acme/rocket"))
        #expect(!world.timeline.ledger.isPublic("acme/unknown"))
    }

    @Test(arguments: [(99.0, "listed/name"), (101.0, "acme/rocket")])
    func rule37ABodyThatIsOlderThanTheRenameRenamesNothing(statedAt: Double, name: String) {
        var world = World { $0.listedRepositories = ["listed/*"] }
        world.observe(Self.named("listed/name", statedAt: 100), receivedAt: 110)
        world.observe(Self.named("acme/rocket", statedAt: statedAt), receivedAt: 200)
        world.restart()
        let repository = Repository(id: 1, fullName: name, statedAt: World.at(300))
        world.push(at: 300, repository: repository)
        world.wait(until: 1000)
        #expect(world.judged(.never, name == "listed/name" ? .listed : .assumed) == 1)
        // The name that it had is known all the same.
        world.check(.build.with { $0.repository = repository }, .accepted, at: 1001)
        world.copr(.started, project: "acme-rocket-1", sentAt: 1060)
        #expect(world.queued() == 1)
    }

    @Test func rule37ARenameConcernsTheBuildsThatWait() {
        var world = World { $0.coprProjects = [CoprProjectRule(projects: "*/nightly", repository: "acme/moved")] }
        world.check(.accepted, at: 0)
        world.copr(.started, project: "nightly", owner: "@acme", sentAt: 60)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.observe(Self.named("acme/moved"), receivedAt: 100)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 1)
    }
}
