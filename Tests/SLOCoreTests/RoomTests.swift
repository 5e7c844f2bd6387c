import LongComputations
import SLOCore
import Testing

/// What is remembered is bounded, open or not: beyond the limit goes what was received longest ago.
@Suite(.computes) struct RoomTests {
    private let ended = [Tracked.pullRequest, .head, .lane, .backendRun]

    @Test func aboveTheLimitTheLeastRecentIsRemoved() {
        var world = World { $0.trackedLimit = 6 }
        for number in 1...3 { endedBuild(number, in: &world) }
        // Of the first it is heard once more.
        world.check(build(1).with { $0.id = 11 }, .finished(.success, .stated), at: 3500)
        endedBuild(4, in: &world)
        #expect(world.counters[.limitReached(.head)] == 1)
        #expect(world.counters[.limitReached(.lane)] == 1)
        for known in [1, 3, 4] { endedBuild(known, late: 10_000, in: &world) }
        #expect(world.counters[.limitReached(.head)] == 1)
        endedBuild(2, late: 20_000, in: &world)
        #expect(world.counters[.limitReached(.head)] == 2)
        #expect(world.queued() == 4)
        #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges)
    }

    @Test func trackedEntitiesAreBounded() {
        var world = World { $0.trackedLimit = 40 }
        for number in 1...200 {
            world.push("sha\(number)", at: Double(number) * 1000 - 10, number: number)
            world.copr(
                .succeeded, build: Int64(number), project: "some-other-\(number)", sentAt: Double(number) * 1000 - 5)
            // What waits for a check that never comes is forgotten, too.
            world.copr(
                .started, build: Int64(-number), project: "custom", owner: "@acme", sentAt: Double(number) * 1000 - 4)
            endedBuild(number, in: &world)
        }
        #expect(remembered(in: world) <= 40)
        #expect(world.queued() == 400)
        #expect(world.finished(.success) == 400)
        #expect(world.judgedInAll() == 200)
        for kind in ended { #expect(world.counters[.limitReached(.total(kind))] ?? 0 > 0, "\(kind)") }
    }

    @Test func openEntitiesAreKept() {
        var world = World { $0.trackedLimit = 4 }
        for number in 1...10 {
            world.push("sha\(number)", at: Double(number), number: number)
            world.check(build(number), .accepted, at: Double(number) + 1)
        }
        #expect(world.counters[.limitReached(.lane)] == nil)
        world.wait(until: 1000)
        for number in 1...10 { world.check(build(number), .finished(.success, .stated), at: 2000 + Double(number)) }
        #expect(world.queued() == 10)
        #expect(world.finished(.success) == 10)
        #expect(world.judged(.onTime) == 10)
    }

    /// GitHub ends a check that Packit left behind after 14 days, with the time at which it began.
    @Test func removedEntitiesAreNotCountedAgain() {
        var world = World { $0.trackedLimit = 4 }
        world.push("sha1", at: 0)
        endedBuild(1, in: &world)
        for number in 2...9 { endedBuild(number, in: &world) }
        #expect(world.counters[.limitReached(.pullRequest)] == 1)
        let (queued, seen) = (world.queued(), world.seen())
        let stale = StatusReported(
            repository: World.repository(), sha: "sha1", deployment: World.prod, carrier: .checkRun(id: 7),
            name: World.Check.build.name, externalID: "e1", pullRequests: [], startedAt: World.at(1000),
            completedAt: World.at(14 * 24 * hour), state: "stale", title: "", job: nil, requestID: nil,
            asBuild: error, asTestRun: error)
        world.observe(.statusReported(stale), receivedAt: 14 * 24 * hour)
        world.push("sha1", at: 0, receivedAt: 14 * 24 * hour)
        world.testingFarm(error, created: 100, finished: 14 * 24 * hour, receivedAt: 14 * 24 * hour)
        world.wait(until: 15 * 24 * hour)
        #expect(world.queued() == queued)
        #expect(world.queued(.testRun) == 0)
        #expect(world.seen() == seen)
        // What begins later counts, in the same lane as well.
        world.check(build(1), .accepted, at: 16 * 24 * hour)
        #expect(world.queued() == queued + 1)
    }

    @Test func removalsAreTheSameAfterARollbackAndARestart() {
        var calm = World { $0.trackedLimit = 12 }
        var disturbed = World { $0.trackedLimit = 12 }
        for number in 1...60 {
            mixture(number, in: &calm)
            disturbed.undo { mixture(number, in: &$0) }
            mixture(number, in: &disturbed)
            if number.isMultiple(of: 7) { disturbed.restart() }
        }
        #expect(calm.counters == disturbed.counters)
        #expect(Set(calm.stored.keys) == Set(disturbed.stored.keys), "other rows")
        #expect(calm.counters[.limitReached(.lane)] ?? 0 > 0)
    }

    @Test func bytesAreBoundedForLongNamesAndManyOpenEntities() {
        var world = World { $0.trackedBytesLimit = 1 << 18 }
        let name = String(repeating: "n", count: 200)
        for number in 1...400 {
            world.push("sha\(number)", at: Double(number), number: number, base: name)
            world.check(
                build(number).with {
                    $0.name = CheckName(text: "\(name)\(number)", subject: .build, chroot: name)
                    $0.externalID = "\(name)\(number)"
                }, .accepted, at: Double(number) + 0.5)
            world.copr(.started, build: Int64(number), project: "\(name)-\(number)", sentAt: Double(number) + 0.6)
        }
        #expect(world.trackedBytes <= (1 << 18) * 9 / 8 + 10_000)
        #expect(world.trackedBytes > 1 << 17)
        for kind in ended + [.run] { #expect(world.counters[.limitReached(.total(kind))] ?? 0 > 0, "\(kind)") }
        #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges)
        let bytes = world.trackedBytes
        world.restart()
        #expect(world.trackedBytes == bytes)
        world.waitForTheEnd()
        #expect(world.queued() == world.finishedInAll())
        #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges)
    }

    @Test func weightsAreRolledBackWithTheBatch() {
        var world = World()
        for number in 1...20 {
            mixture(number, in: &world)
            let bytes = world.trackedBytes
            world.undo { mixture(number + 100, in: &$0) }
            #expect(world.trackedBytes == bytes)
            world.undo { world in
                world.check(build(number).with { $0.id = 9000 }, error, at: 50_000)
            }
            #expect(world.trackedBytes == bytes)
        }
    }

    @Test func unusedRepositoriesAreRemovedAndHiddenOnesStayHidden() {
        var world = World { $0.trackedLimit = 20 }
        world.push("a", at: 0, repository: World.repository(1, "acme/rocket"))
        world.note(Repository(id: 2, fullName: "acme/secret", isPrivate: true), at: 1)
        // It has the private one's former name now.
        world.note(Repository(id: 2, fullName: "acme/moved", isPrivate: true), at: 2)
        world.note(Repository(id: 3, fullName: "acme/secret"), at: 3)
        for number in 10...200 {
            world.note(
                Repository(id: RepositoryID(stored: Int64(number)), fullName: "flood/r\(number)"), at: Double(number))
        }
        #expect(world.timeline.ledger.tracked(.repository) <= 20)
        #expect(world.counters[.limitReached(.repository)] ?? 0 > 150)
        #expect(world.timeline.ledger.isPublic("acme/rocket"))
        for restarting in [false, true] {
            if restarting { world.restart() }
            for name in ["acme/secret", "acme/moved", "flood/r10", "never/heard"] {
                #expect(!world.timeline.ledger.isPublic(name), "\(name)")
            }
            #expect(world.timeline.ledger.isPublic("flood/r200"))
        }
        // One that comes again is known again.
        world.note(Repository(id: 10, fullName: "flood/r10"), at: 300)
        #expect(world.timeline.ledger.isPublic("flood/r10"))
    }

    /// Of three builds one is open, and of what has ended some is received again.
    private func mixture(_ number: Int, in world: inout World) {
        world.push("sha\(number)", at: Double(number) * 1000 - 10, number: number)
        endedBuild(number, in: &world)
        if number.isMultiple(of: 3) { open(number - 2, at: Double(number) * 1000 + 300, in: &world) }
        if number.isMultiple(of: 5) { world.close(at: Double(number) * 1000 + 400, number: number - 1) }
    }

    private func open(_ number: Int, at time: Double, in world: inout World) {
        world.check(build(number).with { $0.id = Int64(number * 10 + 5) }, .accepted, at: time)
    }

    private func endedBuild(_ number: Int, late: Double = 1, in world: inout World) {
        let start = Double(number) * 1000
        for (place, step) in [Step.accepted, .finished(.success, .stated)].enumerated() {
            let time = start + 60 * Double(place)
            world.check(
                build(number).with { $0.id = Int64(number * 10 + place) }, step, at: time,
                receivedAt: time + late)
        }
    }

    private func remembered(in world: World) -> Int {
        ended.reduce(0) { $0 + world.timeline.ledger.tracked($1) }
    }

    private func build(_ number: Int) -> World.Check {
        .build.with {
            $0.sha = "sha\(number)"
            $0.externalID = "e\(number)"
        }
    }
}
