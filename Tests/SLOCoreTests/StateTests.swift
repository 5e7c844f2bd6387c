import Foundation
import SLOCore
import Testing

/// What the ledger keeps, and how it comes back.
@Suite struct StateTests {
    /// A little of everything: changes, builds, tests, backends, two deployments, a push over open runs.
    private static func story(_ world: inout World, restarting: Bool) {
        func pause() { if restarting { world.restart() } }
        world.push("a", at: 0)
        pause()
        world.check(.accepted, at: 3)
        pause()
        world.check(.test, .waiting, at: 4)
        world.copr(.started, sentAt: 60)
        pause()
        world.testingFarm(.queued, request: "r9", created: 70, sha: "a", receivedAt: 75)
        world.check(
            .build.with {
                $0.deployment = World.stg; $0.externalID = "s1"
            }, .accepted, at: 80)
        pause()
        world.push("b", at: 100, action: .synchronize)
        pause()
        world.copr(.failed, build: 5, project: "other-thing-9", sentAt: 110)
        world.wait(until: 300)
        pause()
        world.check(
            .build.with {
                $0.sha = "b"; $0.externalID = "e2"
            }, .finished(.error, .stated), at: 310)
        pause()
        world.wait(until: 13 * hour)
        pause()
        world.close(at: 13 * hour + 5)
        world.wait(until: 8 * 24 * hour)
    }

    @Test func restartsChangeNothing() {
        var calm = World()
        Self.story(&calm, restarting: false)
        var restarted = World()
        Self.story(&restarted, restarting: true)
        #expect(calm.counters == restarted.counters)
        #expect(calm.observations == restarted.observations)
        #expect(!calm.counters.isEmpty)
    }

    @Test func gaugesEqualARecount() {
        var world = World()
        Self.story(&world, restarting: false)
        #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges)
        world.wait(until: 60 * 24 * hour)
        #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges)
    }

    @Test func closedEntitiesAreRemovedInTheEnd() {
        var world = World()
        Self.story(&world, restarting: false)
        world.wait(until: 60 * 24 * hour)
        for kind in [Tracked.change, .head, .lane, .run, .pullRequest] {
            #expect(world.timeline.ledger.tracked(kind) == 0, "\(kind)")
        }
    }

    /// GitHub ends it after 14 days, a week after it was counted at the horizon.
    @Test func aCheckWithoutAnEndIsTrackedUntilItIsStale() {
        var world = World()
        world.push(at: 0)
        world.check(.build, .accepted, at: 5)
        world.check(.build, .finished(.error, .timeout), state: "stale", at: 14 * 24 * hour)
        world.wait(until: 15 * 24 * hour)
        #expect(world.queued() == 1)
        #expect(world.finished(.error) == 1)
    }

    @Test func endedEntitiesAreRemovedAfterDays() {
        var world = World()
        world.check(.build, .accepted, at: 5)
        world.check(.build, .finished(.success, .stated), at: 65)
        world.wait(until: 11 * 24 * hour)
        #expect(world.timeline.ledger.tracked(.run) == 1)
        world.wait(until: 11 * 24 * hour + 67)
        #expect(world.timeline.ledger.tracked(.run) == 0)
        world.wait(until: 23 * 24 * hour)
        #expect(world.timeline.ledger.tracked(.lane) == 0)
    }

    /// Packit never updates a check run: those that a later one took the place of end at GitHub, after 14 days.
    @Test func checksThatWereLeftBehindOpenNoRunWhenTheyAreStale() {
        var world = World()
        world.check(World.Check.build.with { $0.id = 1 }, .accepted, at: 5)
        world.check(World.Check.build.with { $0.id = 2 }, .started, at: 15)
        world.check(World.Check.build.with { $0.id = 3 }, .finished(.success, .stated), at: 65)
        for id in [1, 2] as [Int64] {
            world.check(
                World.Check.build.with { $0.id = id }, .finished(.error, .timeout), state: "stale", at: 14 * 24 * hour)
        }
        world.check(World.Check.build.with { $0.id = 4 }, .finished(.failure, .stated), at: 14 * 24 * hour)
        world.wait(until: 15 * 24 * hour)
        #expect(world.queued() == 1)
        #expect(world.finishedInAll() == 1)
    }

    @Test func aLaneThatWasClosedOpensAgain() {
        var world = World()
        world.check(.build, .accepted, at: 5)
        world.check(.build, .finished(.success, .stated), at: 65)
        world.check(.build, .accepted, at: 20 * 24 * hour)
        world.check(.build, .finished(.success, .stated), at: 20 * 24 * hour + 30)
        #expect(world.queued() == 2)
        #expect(world.durations(.success) == [60, 30])
    }

    /// Asked for by a comment, long after everything about the commit had ended.
    @Test func anOpenPullRequestsHeadCanBeBuiltAgainAfterWeeks() {
        var world = World()
        world.push("a", at: 0)
        world.push("a", at: 0, number: 2)
        world.check(.build, .accepted, at: 5)
        world.check(.build, .finished(.success, .stated), at: 65)
        world.check(World.Check.build.with { $0.externalID = "e2" }, .accepted, at: 30 * 24 * hour)
        world.push("b", at: 30 * 24 * hour + 60, action: .synchronize)
        world.wait(until: 30 * 24 * hour + 200)
        #expect(world.finished(.superseded) == 0)
        world.push("b", at: 30 * 24 * hour + 260, number: 2, action: .synchronize)
        world.wait(until: 30 * 24 * hour + 400)
        #expect(world.finished(.superseded) == 1)
    }

    @Test func aBatchThatIsRolledBackNeverHappened() {
        let moment = { (seconds: Double) in Moment(virtual: World.at(seconds)) }
        let push = { (sha: String, seconds: Double) in
            Observation.changePushed(
                ChangePushed(
                    repository: World.repository(), number: 1, action: .opened, headSHA: sha,
                    headRepository: "x/y", baseRef: "main", startedAt: World.at(seconds), addressee: nil))
        }
        var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: moment(0))
        timeline.observe(push("a", 0), at: moment(1))
        _ = timeline.drain()
        timeline.confirm()
        let gauges = timeline.ledger.gauges
        let armed = timeline.armedDeadlines

        timeline.observe(push("b", 399), at: moment(400))
        #expect(timeline.drain().effects.increments.isEmpty == false)
        timeline.rollback()
        #expect(timeline.ledger.gauges == gauges)
        #expect(timeline.armedDeadlines == armed)

        timeline.observe(push("b", 399), at: moment(400))
        let again = timeline.drain()
        #expect(again.effects.increments[.changesJudged(World.prod, .never, .assumed)] == 1)
        #expect(again.fired.isEmpty == false)
    }

    @Test func storedObservationsComeBackAsTheyWere() throws {
        let status = StatusReported(
            repository: World.repository(), sha: "a", deployment: World.stg, carrier: .commitStatus(id: -5),
            name: CheckName(text: "x:y", subject: .unknown, event: "e", chroot: "c", identifier: "i"),
            externalID: "e", pullRequests: [1, 2], startedAt: World.at(0), completedAt: nil, state: "queued",
            title: "T…", job: JobLink(job: .srpm, id: .max), requestID: "r", asBuild: .queued,
            asTestRun: .finished(.canceled, .unclassified))
        let all: [Observation] = [
            .statusReported(status), .testRunHinted(requestID: "r"),
            .changeClosed(ChangeClosed(repository: World.repository(), number: 3, closedAt: World.at(-1))),
            .changeClosed(
                ChangeClosed(
                    repository: Repository(id: 1, fullName: "a/b", isPrivate: true, statedAt: World.at(4)), number: 3,
                    closedAt: World.at(2),
                    pullRequest: ClosedPullRequest(
                        headSHA: "a", headRepository: nil, baseRef: "main", createdAt: World.at(-5)))),
            .repositoryNamed(Repository(id: 1, fullName: "a/b", statedAt: World.at(4))),
            .repositoryNamed(World.repository()),
            .buildLookedUp(
                BuildLookedUp(
                    buildID: 7, chroot: "c", step: .finished(.error, .lost), ground: .inferred,
                    submittedAt: World.at(1), startedAt: nil, finishedAt: World.at(3))),
            .jobIdentified(
                JobIdentified(
                    deployment: World.stg, repository: 5, sha: "a", job: JobLink(job: .copr, id: 1),
                    backend: .copr(build: 2, chroot: "c"))),
            .jobIdentified(
                JobIdentified(
                    deployment: World.stg, repository: 5, sha: "a", job: JobLink(job: .testingFarm, id: 1),
                    backend: .testingFarm(request: "r"))),
        ]
        #expect(try [Observation](stored: all.stored) == all)
    }

    @Test func closingsOfOlderVersionsAreRead() throws {
        var writer = ByteWriter()
        writer.write(UInt64(2))
        writer.write(World.repository())
        writer.write(3)
        writer.write(World.at(-1))
        let closing = ChangeClosed(repository: World.repository(), number: 3, closedAt: World.at(-1))
        #expect(try Observation(stored: writer.bytes) == .changeClosed(closing))
    }

    @Test func buildsStoredWithoutAVersionStillRead() throws {
        let report = BuildReported(
            deployment: World.prod, buildID: 7, chroot: "c", owner: "packit", project: "p", event: .started,
            sentAt: World.at(0))
        let stored = [Observation.buildReported(report)].stored
        #expect(try [Observation](stored: Array(stored.dropLast())) == [.buildReported(report)])
        let versioned = BuildReported(
            deployment: World.prod, buildID: 7, chroot: "c", owner: "packit", project: "p", event: .started,
            sentAt: World.at(0), version: "1-1")
        #expect(try [Observation](stored: [Observation.buildReported(versioned)].stored) == [.buildReported(versioned)])
    }

    @Test(arguments: [nil, "i"]) func namesKeepASecondReading(identifier: String?) throws {
        let name = CheckName(
            text: "rpm-build:a-b-c:d-e-f", subject: .build, chroot: "a-b-c", identifier: identifier,
            alternative: .init(.init(event: "a-b-c", chroot: "d-e-f"), isOutweighed: false))
        #expect(try CheckName(stored: name.stored) == name)
        let plain = CheckName(text: "x", subject: .build, identifier: identifier)
        var old = ByteWriter()
        old.write("x")
        old.write("build")
        old.write(String?.none)
        old.write(String?.none)
        old.write(identifier)
        #expect(plain.stored == old.bytes)
    }

    @Test func damagedBytesAreAnErrorAndNeverACrash() {
        let good = [Observation.testRunHinted(requestID: "some-request")].stored
        for length in 0..<good.count {
            #expect(throws: ByteCodingError.self) { try [Observation](stored: Array(good[..<length])) }
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let noise = (0..<40).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            _ = try? [Observation](stored: noise)
        }
    }
}

/// Times as the providers print them.
@Suite struct TimestampTests {
    @Test func timesAreReadAsFoundationReadsThem() {
        let formatter = ISO8601DateFormatter()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -2_000_000_000...4_000_000_000, using: &generator)
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds), "\(text)")
            #expect(Timestamp(seconds: seconds).rfc3339 == text)
        }
    }

    @Test(arguments: [
        ("2026-11-22T10:00:00Z", Int64(1_795_341_600_000)), ("2026-11-22T12:00:00+02:00", 1_795_341_600_000),
        ("2026-11-22T05:00:00-0500", 1_795_341_600_000), ("2026-11-22T10:00:00.123456", 1_795_341_600_123),
        ("2026-11-22 10:00:00.5Z", 1_795_341_600_500),
    ])
    func offsetsAndFractions(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00ZZ", "2026-11-22T10:00:00+2", "x026-11-22T10:00:00Z",
        "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+00:01",
    ])
    func whatIsNoTimeIsNone(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func globsMatchAsPeopleExpect() {
        #expect(Glob("packit/*").matches("Packit/hello"))
        #expect(!Glob("packit/*").matches("packit-x/hello"))
        #expect(Glob("*/r?cket").matches("acme/rocket"))
        #expect(!Glob("a*b*c").matches("acb"))
    }

    /// A push ends the wait of all that the same commit was opened with before.
    @Test func rule07ChangesOfACommitThatWasReopenedAreForgottenWhenItIsSuperseded() {
        var world = World()
        let old = 8 * 24 * hour
        world.push("a", at: 0)
        world.close(at: 10)
        world.push("a", at: 20, action: .reopened)
        world.wait(until: old)
        #expect(world.timeline.ledger.tracked(.change) == 2)
        world.push("b", at: old, action: .synchronize)
        #expect(world.timeline.ledger.tracked(.change) == 1)
    }

    @Test func rule07ChangesOfACommitThatCameBackAreForgottenWhenItIsSuperseded() {
        var world = World()
        let old = 8 * 24 * hour
        world.push("a", at: 0)
        world.push("b", at: 10, action: .synchronize)
        world.push("a", at: 20, action: .synchronize, fork: nil)
        world.wait(until: old)
        #expect(world.timeline.ledger.tracked(.change) == 1)
        world.push("c", at: old, action: .synchronize, fork: nil)
        #expect(world.timeline.ledger.tracked(.change) == 0)
    }

    @Test func rule07ChangesOfACommitThatWasReopenedAreForgottenWhenItIsClosed() {
        var world = World()
        let old = 8 * 24 * hour
        world.push("a", at: 0)
        world.close(at: 10)
        world.push("a", at: 20, action: .reopened)
        world.wait(until: old)
        #expect(world.timeline.ledger.tracked(.change) == 2)
        world.close(at: old)
        #expect(world.timeline.ledger.tracked(.change) == 0)
    }
}
