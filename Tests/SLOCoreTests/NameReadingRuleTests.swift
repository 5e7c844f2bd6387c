import SLOCore
import Testing

/// docs/counting.md, rule 30: which of two readings of a name holds.
@Suite struct NameReadingRuleTests {
    /// `rpm-build:new-name-rules:alma-kitten+epel-10-x86_64_v2`: a branch and a chroot, or a chroot and an identifier.
    private static func name(isOutweighed: Bool = false) -> CheckName {
        CheckName(
            text: "rpm-build:a-b-c:d-e-f", subject: .build, chroot: "a-b-c", identifier: "d-e-f",
            alternative: .init(.init(event: "a-b-c", chroot: "d-e-f"), isOutweighed: isOutweighed))
    }

    private static func check(_ externalID: String = "e1", isOutweighed: Bool = false) -> World.Check {
        .build.with {
            $0.name = name(isOutweighed: isOutweighed)
            $0.externalID = externalID
        }
    }

    private static let ofPush = World.Check.build.with {
        $0.name = CheckName(
            text: "rpm-build:main:fedora-40-x86_64", subject: .build, event: "main", chroot: "fedora-40-x86_64")
    }

    private func branch(_ name: String, in world: inout World) {
        world.observe(
            .branchPushed(BranchPushed(repository: World.repository(), ref: "refs/heads/\(name)", sha: "f")),
            receivedAt: 0)
    }

    private func isAnswered(_ world: World) -> Bool { world.judged(.onTime) == 1 }

    @Test func rule30APartIsNoEventUnlessABranchOrTagWasReceived() {
        var world = World()
        world.push(at: 1)
        world.check(Self.check(), .accepted, at: 4)
        world.wait(until: 1000)
        #expect(isAnswered(world))
    }

    @Test func rule30APartIsAnEventIfItsBranchWasReceived() {
        var world = World()
        branch("a-b-c", in: &world)
        world.push(at: 1)
        world.check(Self.check(), .accepted, at: 4)
        world.wait(until: 1000)
        #expect(!isAnswered(world))
    }

    @Test func rule30OrItsTagOrABaseBranch() {
        var world = World()
        world.observe(
            .releasePublished(ReleasePublished(repository: World.repository(), tag: "a-b-c", publishedAt: nil)),
            receivedAt: 0)
        world.push(at: 1)
        world.check(Self.check(), .accepted, at: 4)
        world.wait(until: 1000)
        #expect(!isAnswered(world))
        var other = World()
        other.push("z", at: 1, number: 9, base: "a-b-c")
        other.push(at: 1)
        other.check(Self.check(), .accepted, at: 4)
        other.wait(until: 1000)
        #expect(!isAnswered(other))
    }

    @Test func rule30AKnownArchitectureDecidesBeforeBranches() {
        var world = World()
        branch("a-b-c", in: &world)
        world.push(at: 1)
        world.check(Self.check(isOutweighed: true), .accepted, at: 4)
        world.wait(until: 1000)
        #expect(isAnswered(world))
    }

    @Test(arguments: [false, true])
    func rule30AnotherCheckOfTheEventDecidesBeforeAll(comesLater: Bool) {
        var world = World()
        branch("a-b-c", in: &world)
        world.push(at: 1)
        if !comesLater { world.check(.build, .accepted, at: 3) }
        world.check(Self.check(), .accepted, at: 4)
        if comesLater { world.check(.build, .accepted, at: 100) }
        // The check itself answers, at its own time.
        world.wait(until: 1000)
        #expect(isAnswered(world))
        #expect(world.initialStatusTimes() == [comesLater ? 3 : 2])
    }

    @Test(arguments: [false, true])
    func rule30AnotherCheckOfAPushMakesItAPushs(comesLater: Bool) {
        var world = World()
        world.push(at: 1)
        if !comesLater { world.check(Self.ofPush, .accepted, at: 3) }
        world.check(Self.check(), .accepted, at: 4)
        if comesLater { world.check(Self.ofPush, .accepted, at: 5) }
        world.wait(until: 1000)
        #expect(!isAnswered(world))
        // It is built in the branch's project.
        world.copr(.started, chroot: "d-e-f", project: "acme-rocket-a-b-c", sentAt: 1100)
        #expect(world.queued() == 2)
    }

    /// Packit names no event in those of a release, for example.
    @Test func rule30ChecksOfOtherJobsLendNoReading() {
        var world = World()
        branch("a-b-c", in: &world)
        world.push(at: 1)
        let other = CheckName(text: "propose-downstream:f43", subject: .other)
        world.check(
            .build.with {
                $0.name = other; $0.externalID = "e2"
            }, .unclear, at: 500)
        world.check(Self.check("e2"), .accepted, at: 501)
        world.copr(.started, chroot: "d-e-f", project: "acme-rocket-a-b-c", sentAt: 560)
        #expect(world.queued() == 1)
    }

    @Test func rule30OnlyChecksOfTheSameEventLendTheirReading() {
        var world = World()
        world.push(at: 1)
        world.check(Self.ofPush.with { $0.externalID = "e2" }, .accepted, at: 3)
        world.check(Self.ofPush.with { $0.sha = "b" }, .accepted, at: 3)
        world.check(Self.ofPush.with { $0.deployment = World.stg }, .accepted, at: 3)
        world.check(Self.check("e1"), .accepted, at: 4)
        world.wait(until: 1000)
        #expect(isAnswered(world))
    }

    @Test func rule30ABranchIsAskedForOncePerLane() {
        var world = World()
        world.push(at: 1)
        world.check(Self.check(), .accepted, at: 4)
        branch("a-b-c", in: &world)
        world.restart()
        world.check(Self.check(), success, at: 500)
        // Its build is still that of the pull request.
        world.copr(.succeeded, chroot: "a-b-c", project: "acme-rocket-1-d-e-f", sentAt: 400, receivedAt: 502)
        #expect(world.queued() == 1)
    }
}
