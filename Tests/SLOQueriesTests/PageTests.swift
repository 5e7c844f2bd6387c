import SLOCore
import SLOMetrics
import SLOSources
import Synchronization
import Testing

@testable import SLOQueries
import SLOService
@testable import SLOStore
import RunningService

/// What the service tells pages: hop by hop, and without what is private.
@Suite struct PageTests {
    private static let start = Timestamp(seconds: 1_795_348_800)
    private static let sha = String(repeating: "a", count: 40)

    /// Time as the test has it.
    private final class Clock: Sendable {
        let now = Mutex(Moment(wall: PageTests.start, clock: 1_000_000))

        var service: ServiceClock { ServiceClock { self.now.withLock { $0 } } }

        func move(by span: TimeSpan) {
            now.withLock { $0 = Moment(wall: $0.wall + span, clock: $0.clock + span.milliseconds) }
        }
    }

    private static func withService(
        showsPrivate: Bool = false, _ body: (ObserverService, QueryService, Clock) async throws -> Void
    ) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let settings = try RunningService.settings(place.path("observer"))
        let clock = Clock()
        try await RunningService.run(
            settings, credentials: { Credentials(secrets: [.github: $0, .copr: $0]) }, clock: clock.service
        ) { service in
            let queries = QueryService(
                readers: settings.readers, settings: settings.ledger, showsPrivate: showsPrivate,
                clock: clock.service, statistics: { SourceStatistics(of: $0, in: service.access.registry) },
                identify: { DeliveryIdentity($0, $1) },
                isKnown: { [rules = settings.rules] in rules.name($0).subject != .unknown })
            try await body(service, queries, clock)
        }
    }

    private static func send(
        _ body: String, event: String, delivery: String, from source: Source = .github, to service: ObserverService
    ) async throws {
        let answer = try await RunningService.send(body, event: event, delivery: delivery, from: source, to: service)
        #expect(answer == .stored)
    }

    private static func repository(_ name: String, isPrivate: Bool) -> String {
        "\"repository\":{\"id\":\(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) } & 0xffff),\"full_name\":\"\(name)\","
            + "\"private\":\(isPrivate)}"
    }

    private static func push(
        _ name: String, isPrivate: Bool = false, at time: Timestamp, to service: ObserverService
    ) async throws {
        try await send(
            """
            {"action":"opened","number":12,"pull_request":{"number":12,"created_at":"\(time.rfc3339)",
            "updated_at":"\(time.rfc3339)","head":{"sha":"\(sha)","repo":{"full_name":"fork/x"}},
            "base":{"ref":"main"}},\(repository(name, isPrivate: isPrivate))}
            """, event: "pull_request", delivery: "push-\(name.replacing("/", with: "-"))", to: service)
    }

    private static func check(
        _ name: String, _ id: Int, _ state: String, _ title: String, job: Int = 31, isPrivate: Bool = false,
        at time: Timestamp, to service: ObserverService
    ) async throws {
        let isOver = state != "queued" && state != "in_progress"
        try await send(
            """
            {"action":"created","check_run":{"id":\(id),"name":"rpm-build:epel-9-x86_64","head_sha":"\(sha)",
            "external_id":"5","status":"\(isOver ? "completed" : state)",
            "conclusion":\(isOver ? "\"\(state)\"" : "null"),
            "started_at":"\(time.rfc3339)","completed_at":\(isOver ? "\"\(time.rfc3339)\"" : "null"),
            "details_url":"https://dashboard.packit.dev/jobs/copr/\(job)","output":{"title":"\(title)","summary":""},
            "pull_requests":[{"number":12}],"app":{"slug":"packit-as-a-service"}},
            \(repository(name, isPrivate: isPrivate))}
            """, event: "check_run", delivery: "check-\(name.replacing("/", with: "-"))-\(id)", to: service)
    }

    private static func hangingBuild(
        _ name: String, isPrivate: Bool = false, _ service: ObserverService, _ clock: Clock
    ) async throws {
        try await push(name, isPrivate: isPrivate, at: start, to: service)
        try await check(
            name, 1, "queued", "The task was accepted.", isPrivate: isPrivate, at: start + .seconds(3), to: service)
        try await check(
            name, 2, "in_progress", "RPM build is in progress...", isPrivate: isPrivate, at: start + .seconds(90),
            to: service)
        clock.move(by: .minutes(10))
    }

    @Test func aPullRequestIsShownHopByHop() async throws {
        try await Self.withService { service, queries, clock in
            try await Self.hangingBuild("acme/rocket", service, clock)
            let reading = try #require(await queries.pullRequest(12, in: "ACME/rocket", from: .start))
            #expect(reading.repositoryName == "acme/rocket")
            #expect(reading.isOpen == true)
            let head = try #require(reading.heads.first)
            #expect(head.sha == Self.sha)
            #expect(head.moves.map(\.action) == [.opened])
            #expect(head.changes.map(\.answeredAt) == [Self.start + .seconds(3)])
            let run = try #require(head.runs.first?.story)
            #expect(run.phase == .unfinished)
            #expect(run.queuedAt == Self.start + .seconds(3))
            #expect(run.startedAt == Self.start + .seconds(90))
            #expect(run.job == JobLink(job: .copr, id: 31))
            #expect(run.checkRunID == 2)
            #expect(!run.hasBackendEnded)

            try await Self.check(
                "acme/rocket", 3, "success", "RPMs were built successfully.", at: Self.start + .seconds(300),
                to: service)
            let after = try #require(await queries.pullRequest(12, in: "acme/rocket", from: .start))
            let ended = try #require(after.heads.first?.runs.first)
            #expect(ended.story.phase == .finished(.success, .stated))
            #expect(ended.story.finishedAt == Self.start + .seconds(300))
            #expect(ended.isCounted)
            #expect(after.heads.first?.runs.count == 1)
        }
    }

    @Test func anAnswerAfterTheVerdictIsShown() async throws {
        try await Self.withService { service, queries, clock in
            try await Self.push("acme/rocket", at: Self.start, to: service)
            clock.move(by: .hours(1))
            // A moved clock wakes nobody: what comes next does.
            try await Self.push("acme/next", at: Self.start + .hours(1), to: service)
            try await Self.check(
                "acme/rocket", 1, "queued", "The task was accepted.", at: Self.start + .minutes(50), to: service)
            let reading = try #require(await queries.pullRequest(12, in: "acme/rocket", from: .start))
            let change = try #require(reading.heads.first?.changes.first)
            #expect(change.verdict == .never)
            #expect(change.answeredAt == Self.start + .minutes(50))
        }
    }

    @Test func unknownPullRequestsAreNotFound() async throws {
        try await Self.withService { service, queries, clock in
            try await Self.hangingBuild("acme/rocket", service, clock)
            #expect(try await queries.pullRequest(13, in: "acme/rocket", from: .start) == nil)
            #expect(try await queries.pullRequest(12, in: "acme/other", from: .start) == nil)
        }
    }

    @Test func openWorkNamesTheCurrentHop() async throws {
        try await Self.withService { service, queries, clock in
            try await Self.hangingBuild("acme/rocket", service, clock)
            try await Self.push("acme/silent", at: Self.start + .minutes(9), to: service)
            clock.move(by: .minutes(1))
            // A moved clock wakes nobody: what comes next does.
            try await Self.push("acme/next", at: Self.start + .minutes(11), to: service)
            let work = try await queries.openWork()
            let change = try #require(work.items.first { $0.hop == .status })
            #expect(change.repository == .known("acme/silent"))
            #expect(change.pullRequest == 12)
            let run = try #require(work.items.first { $0.hop == .started })
            #expect(run.repository == .known("acme/rocket"))
            #expect(run.startedAt == Self.start + .seconds(90))
            #expect(!run.isOverdue)
            let overview = try await queries.overview()
            #expect(overview.activity.first { $0.kind == .build && $0.deployment.label == "prod" }?.unfinished == 1)
            #expect(overview.standings.count == 6)
        }
    }

    @Test(arguments: [false, true])
    func privateRepositoriesAreNamedOnlyWhereThatIsConfigured(shows: Bool) async throws {
        try await Self.withService(showsPrivate: shows) { service, queries, clock in
            try await Self.hangingBuild("acme/secret", isPrivate: true, service, clock)
            try await Self.check(
                "acme/secret", 3, "failure", "RPMs failed to be built.", isPrivate: true,
                at: Self.start + .seconds(300), to: service)
            clock.move(by: .minutes(3))
            try await Self.push("acme/next", at: Self.start + .minutes(13), to: service)
            try await Self.check(
                "acme/secret", 4, "queued", "The task was accepted.", job: 32, isPrivate: true,
                at: Self.start + .minutes(13), to: service)
            #expect(try await (queries.pullRequest(12, in: "acme/secret", from: .start) != nil) == shows)
            let item = try #require(await queries.openWork().items.first { $0.kind == .run(.build) })
            #expect(item.repository == (shows ? .known("acme/secret") : .hidden))
            #expect((item.name != nil) == shows)
            #expect((item.pullRequest != nil) == shows)
            let runs = try await queries.endedRuns(RunQuery()).runs
            #expect(runs.map(\.record.outcome) == [.failure])
            #expect(runs.map(\.isHidden) == [!shows])
            var query = RunQuery()
            query.repository = "ACME/secret"
            #expect(try await queries.endedRuns(query).runs.count == (shows ? 1 : 0))
            query.repository = nil
            query.chroot = "epel-9-x86_64"
            #expect(try await queries.endedRuns(query).runs.count == (shows ? 1 : 0))
            try await Self.expectSearch(for: "acme/secret", finds: shows, in: queries)
            try await Self.expectEvents(of: "acme/secret", areNamed: shows, in: queries)
            #expect(try await (queries.report(of: "acme/secret") != nil) == shows)
            let names = try #require(await queries.report(of: nil)).parts(by: .repository).map(\.name)
            #expect(names.contains(.known("acme/secret")) == shows)
            let group = try #require(
                await queries.history().groups.first { $0.kind == .build && $0.deployment.label == "prod" })
            #expect(group.total.count(.failure) == 1)
            #expect(try await queries.pullRequest(99, in: "acme/secret", from: .history(page: 0)) == nil)
        }
    }

    /// The change and the build, each with its name or without anything that tells it, by no filter.
    private static func expectEvents(
        of repository: String, areNamed shows: Bool, in queries: QueryService
    ) async throws {
        let events = try await queries.events(EventQuery()).events
        #expect(events.map(\.objective).sorted() == [.builds, .initialStatus])
        #expect(events.allSatisfy { $0.verdict == .good && $0.judgedAt >= start })
        #expect(events.allSatisfy { $0.repository == (shows ? .known(repository) : .hidden) })
        #expect(events.allSatisfy { ($0.subject != ObjectiveEvent.Subject()) == shows })
        let filters: [WritableKeyPath<JudgementFilter, String?>] = [
            \.repository, \.chroot, \.architecture, \.branch, \.name,
        ]
        for (filter, value) in zip(filters, [repository, "epel-9-x86_64", "x86_64", "main", "rpm-build:epel-9-x86_64"])
        {
            var query = EventQuery()
            query.filter[keyPath: filter] = value
            let found = try await queries.events(query)
            #expect(found.events.isEmpty != shows)
            #expect(found.next == nil)
        }
    }

    /// By each way to look for it.
    private static func expectSearch(for repository: String, finds: Bool, in queries: QueryService) async throws {
        let changes: [(inout SearchTerm) -> Void] = [
            { $0.repository = "ACME/secret" },
            { $0.name = "SECRET" },
            { ($0.repository, $0.number) = (repository, 12) },
            { $0.number = 12 },
            { $0.sha = "AAAAA" },
        ]
        for change in changes {
            var term = SearchTerm()
            change(&term)
            let found = try await queries.search(term)
            let names = found.repositories + found.pullRequests.map(\.repository)
            #expect(names.contains(repository) == finds)
            #expect(found.runs.contains { $0.repository == .known(repository) } == (finds && term.sha != nil))
            #expect(!found.runs.contains { $0.repository == .hidden })
        }
    }

    @Test func anEventIsToldWithItsChangeOrRun() async throws {
        try await Self.withService { service, queries, clock in
            try await Self.hangingBuild("acme/rocket", service, clock)
            clock.move(by: .hours(13))
            try await Self.push("acme/next", at: Self.start + .hours(13), to: service)
            var query = EventQuery()
            query.order = .oldest
            let events = try await queries.events(query).events
            #expect(events.map(\.objective) == [.initialStatus, .builds])
            #expect(events.map(\.verdict) == [.good, .bad])
            #expect(events.map(\.cause) == [nil, .unfinished])
            let change = try #require(events.first)
            #expect(change.kind == .change && change.changeVerdict == .onTime)
            #expect(change.subject.pullRequest == 12 && change.subject.sha == Self.sha)
            #expect(change.since == Self.start && change.duration == .seconds(3))

            try await Self.check(
                "acme/rocket", 3, "failure", "RPMs failed to be built.", at: Self.start + .hours(13) + .minutes(5),
                to: service)
            clock.move(by: .minutes(13))
            try await Self.push("acme/last", at: Self.start + .hours(13) + .minutes(13), to: service)
            query.filter.verdicts = [.bad, .doubtful]
            query.filter.architecture = "x86_64"
            let missed = try await queries.events(query).events
            let build = try #require(missed.first)
            #expect(missed.count == 1)
            #expect(build.kind == .run(.build) && build.repository == .known("acme/rocket"))
            #expect(build.subject.chroot == "epel-9-x86_64" && build.subject.branch == "main")
            #expect(build.startedAt == Self.start + .seconds(90) && build.hop == .started)
            #expect(build.outcome == .failure && build.deadline == .hours(12))
        }
    }

    @Test(arguments: [false, true])
    func chrootsOfPrivateRepositoriesAreHiddenInTheHistory(shows: Bool) async throws {
        let directory = try RepositoryDirectory(from: NoState())
        for (name, isKnown) in [("acme/secret" as String?, shows), (nil, true)] {
            var builder = HistorySnapshotBuilder(
                from: Self.start - .days(1), through: Self.start, deployments: [Deployment("prod")],
                directory: directory, showsPrivate: shows)
            for number in 0..<5 {
                builder.add(
                    EndedRun(
                        kind: .build, deployment: Deployment("prod"), repositoryName: name, chroot: "secret-x86_64",
                        outcome: .failure, countedAt: Self.start - .hours(1), duration: .seconds(Int64(number) + 60)))
            }
            let group = try #require(builder.snapshot.groups.first { $0.kind == .build })
            #expect(group.failingChroots.map(\.name) == [isKnown ? .known("secret-x86_64") : .hidden])
        }
    }

    private struct NoState: StateSource {
        func forEachEntry(
            ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
        ) throws {}
        func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] { [] }
    }

    @Test func aRepositoryAddedAfterTheReportIsKnown() async throws {
        try await Self.withService { service, queries, _ in
            try await Self.push("acme/rocket", at: Self.start, to: service)
            #expect(try await queries.report(of: nil) != nil)
            try await Self.push("acme/next", at: Self.start, to: service)
            let report = try #require(await queries.report(of: "acme/next"))
            #expect(report.standings.allSatisfy { $0.counts == JudgementCounts() })
            #expect(try await queries.report(of: "acme/nobody") == nil)
        }
    }

    @Test func sourcesAndDeliveriesAreShown() async throws {
        try await Self.withService { service, queries, clock in
            try await Self.hangingBuild("acme/rocket", service, clock)
            let sources = try await queries.sources()
            let github = try #require(sources.first { $0.source == .github })
            #expect(github.lastDelivery == Self.start)
            #expect(github.outcomes.first { $0.outcome == .accepted }?.count == 3)
            #expect(sources.first { $0.source == .copr }?.lastDelivery == nil)
            let deliveries = try await queries.deliveries(.atMost(2))
            #expect(deliveries.deliveries.map(\.summary.event) == ["check_run", "check_run"])
            let earlier = try await queries.deliveries(.atMost(2, before: deliveries.next))
            #expect(earlier.deliveries.map(\.summary.event) == ["pull_request"])
        }
    }
}

extension DeliveryQuery {
    fileprivate static func atMost(_ limit: Int, before: Int64? = nil) -> DeliveryQuery {
        var query = DeliveryQuery()
        (query.limit, query.before) = (limit, before)
        return query
    }
}

/// What ended, added up.
@Suite struct HistoryBuilderTests {
    @Test func manyRepositoriesWithFewRunsEachAreShown() {
        let now = Timestamp(seconds: 1_795_348_800)
        var builder = HistorySnapshotBuilder(
            from: now - .days(28), through: now, deployments: [Deployment("prod")], directory: RepositoryDirectory(),
            showsPrivate: true)
        for repository in 0..<2000 {
            for _ in 0..<(repository == 7 ? 2 : 25) {
                builder.add(
                    EndedRun(
                        kind: .build, deployment: Deployment("prod"), repositoryName: "acme/r\(repository)",
                        chroot: "epel-9-x86_64", outcome: repository == 8 ? .error : .success, countedAt: now,
                        duration: repository == 7 ? .hours(5) : repository == 9 ? .hours(2) : .minutes(5)))
            }
        }
        let group = builder.snapshot.groups.first { $0.kind == .build }
        // Two runs say little, however long they took.
        #expect(group?.slowestRepositories.first?.name == .known("acme/r9"))
        #expect(group?.failingRepositories.map(\.name) == [.known("acme/r8")])
    }
}

/// Durations of any number of runs in little room.
@Suite struct DurationSketchTests {
    @Test(arguments: [0, 1, 15, 59, 600, 3601, 43_200, 604_800])
    func aDurationComesBackToWithinATwelfth(seconds: Int64) {
        var sketch = DurationSketch()
        sketch.add(.seconds(seconds))
        let told = Double(sketch.value(atQuantile: 0.5)?.wholeSeconds ?? -1)
        #expect(abs(told - Double(seconds)) <= max(1, Double(seconds) / 12))
    }

    @Test func quantilesCoverEverythingAdded() {
        var sketch = DurationSketch()
        #expect(sketch.value(atQuantile: 0.5) == nil)
        for _ in 0..<90 { sketch.add(.minutes(1)) }
        for _ in 0..<10 { sketch.add(.hours(5)) }
        sketch.add(.seconds(-5))
        sketch.add(TimeSpan(milliseconds: .max))
        let seconds = { (quantile: Double) in sketch.value(atQuantile: quantile)?.wholeSeconds ?? 0 }
        #expect((55...66).contains(seconds(0.5)))
        #expect((16_500...19_500).contains(seconds(0.95)))
    }
}
