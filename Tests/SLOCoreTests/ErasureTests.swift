import SLOCore
import Testing

/// A repository that must be forgotten leaves the ledger, and what was counted stays (docs/privacy.md).
@Suite struct ErasureTests {
    private static let search = NameSearch(repositories: ["acme/rocket"], refs: [])
    private static let gadget = World.repository(2, "other/gadget")

    private static func erasure(_ ids: Set<RepositoryID> = [1]) -> Erasure {
        Erasure(repositories: ids, search: search)
    }

    /// Open work of two repositories.
    private static func world() -> World {
        var world = World()
        for repository in [World.repository(), gadget] {
            let sha = repository.id == 1 ? "a" : "b"
            let check = World.Check.build.with {
                ($0.sha, $0.repository, $0.externalID) = (sha, repository, "e-\(sha)")
            }
            world.push(sha, repository: repository)
            world.check(check, .accepted, at: 3)
            world.push(sha + "2", at: 50, action: .synchronize, repository: repository)
        }
        world.copr(.started, sentAt: 55)
        world.copr(.started, build: 78, project: "acme-rocket-9", sentAt: 60)
        return world
    }

    private static func text(_ world: World) -> String {
        world.stored.map { String(decoding: $0.key.key + $0.value, as: UTF8.self) }.joined().lowercased()
    }

    @Test func nothingOfItIsLeftInTheStoredState() {
        var world = Self.world()
        #expect(Self.text(world).contains("acme"))
        let erased = world.erase(Self.erasure())
        #expect(erased.repositories == 1)
        #expect(!Self.text(world).contains("acme"))
        #expect(world.stored.allSatisfy { $0.key.repository != 1 })
        #expect(Self.text(world).contains("other/gadget"))
    }

    @Test func openWorkEndsWithoutAVerdictAndGaugesAgreeAfterwards() {
        var world = Self.world()
        let (queued, good, bad) = (world.queued(), world.good(.builds), world.bad(.builds))
        let erased = world.erase(Self.erasure())
        #expect(erased.excluded >= 1)
        #expect(erased.canceled >= 1)
        #expect(world.finished(.canceled) == Int64(erased.canceled))
        #expect(world.queued() == queued)
        #expect(world.good(.builds) == good)
        #expect(world.bad(.builds) == bad)
        #expect(world.queued() - world.finishedInAll() == world.unfinished() + world.settling())
        #expect(world.recountedGauges == world.gauges.filter { $0.value != 0 })
        world.restart()
        #expect(world.recountedGauges == world.gauges.filter { $0.value != 0 })
        // The other repository goes on.
        world.waitForTheEnd()
        #expect(world.queued() == world.finishedInAll())
        #expect(world.seen() == world.judgedInAll())
    }

    /// A server that was stopped for a day has not judged what it missed.
    @Test func aDeadlineThatPassedUnseenCountsForNothing() {
        var world = Self.world()
        let bad = world.bad(.builds)
        _ = world.erase(Self.erasure(), at: 86_400)
        #expect(world.bad(.builds) == bad)
        #expect(world.finished(.canceled) > 0)
    }

    @Test func whatComesLaterIsReceivedAsUsual() {
        var world = Self.world()
        _ = world.erase(Self.erasure())
        world.restart()
        let before = world.queued()
        world.push("c", at: 500, number: 5)
        world.check(World.Check.build.with { ($0.sha, $0.externalID) = ("c", "e-c") }, .accepted, at: 503)
        #expect(world.queued() == before + 1)
        #expect(world.timeline.ledger.isPublic("acme/rocket"))
    }

    @Test func otherRepositoriesKeepAllButTheName() {
        var world = World()
        world.note(World.repository(3, "acme/rocket"), at: 1)
        world.note(World.repository(3, "acme/engine"), at: 2)
        let erasure = Erasure(repositories: [], search: Self.search, renamed: [3: "acme/engine"])
        _ = world.erase(erasure)
        let repositories = world.timeline.ledger.namedRepositories
        #expect(repositories.map(\.fullName) == ["acme/engine"])
        #expect(repositories.flatMap(\.formerNames) == [])
    }

    @Test func observationsOfOtherRepositoriesLoseTheName() {
        let push = ChangePushed(
            repository: Self.gadget, number: 1, action: .opened, headSHA: "a", headRepository: "acme/rocket",
            baseRef: "main", startedAt: World.at(1), addressee: nil)
        let erasure = Self.erasure()
        guard case .replace(.changePushed(let nameless)) = erasure.treatment(of: .changePushed(push)) else {
            Issue.record("it is not replaced")
            return
        }
        // A deleted fork has none, and its changes are not measured.
        #expect(nameless.headRepository == Erasure.substitute)
        #expect(nameless.repository == Self.gadget)
        #expect(erasure.treatment(of: .repositoryNamed(Self.gadget)) == .keep)
        #expect(erasure.treatment(of: .repositoryNamed(World.repository())) == .erase)
    }

    @Test func reportsOnItsBuildsAreErasedByTheirNumbers() {
        func lookedUp(_ build: Int64) -> Observation {
            .buildLookedUp(BuildLookedUp(buildID: build, chroot: World.chroot, step: .started))
        }
        var erasure = Self.erasure()
        let report = BuildReported(
            deployment: World.prod, buildID: 77, chroot: World.chroot, owner: "packit", project: "acme-rocket-1",
            event: .started, sentAt: nil)
        erasure.learn(.buildReported(report))
        #expect(erasure.treatment(of: lookedUp(77)) == .erase)
        #expect(erasure.treatment(of: lookedUp(78)) == .keep)
    }
}
