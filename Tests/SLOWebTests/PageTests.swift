import SLOConditions
import SLOConfiguration
import SLOMetrics
import SLOStore
import Testing

@testable import SLOCore
@testable import SLOService
@testable import SLOWeb
@testable import SLOQueries
@testable import SLOHTTP

/// Pages as they come out of the server.
@Suite(.timeLimit(.minutes(1)))
struct PageTests {
    private static let hostile = #"<script>alert("1")</script>&'x'"#

    private static func page(_ path: String, of pages: FakePages = FakePages()) async throws -> RawConnection.Response {
        try await TestServer.run(pages: pages) { try await $0.answer(to: get(path)) }
    }

    @Test(
        "Every page answers with nothing to show, and may run, embed and send nothing of others",
        arguments: [
            "/", "/objective?objective=builds&deployment=prod", "/events", "/waiting", "/history", "/deliveries",
            "/unexplained", "/runbook",
        ])
    func empty(path: String) async throws {
        let response = try await Self.page(path)
        #expect(response.status == 200)
        #expect(response["content-type"] == "text/html; charset=utf-8")
        #expect(response["cache-control"] == "no-store")
        let policy = response["content-security-policy"] ?? ""
        #expect(policy.hasPrefix("default-src 'none'; style-src 'self'; script-src 'self';"))
        #expect(!policy.contains("unsafe"))
        #expect(!response.body.contains(" style="))
        #expect(!response.body.contains("NaN"))
        #expect(response.body.contains("<h1>"))
    }

    @Test("The runbook has a section for each alert, to which alerts link")
    func runbook() async throws {
        let body = try await Self.page("/runbook").body
        for condition in Condition.all(ConditionSettings(Configuration())) {
            #expect(body.contains("<section id=\"\(condition.name.lowercased())\">"), "\(condition.name)")
        }
        #expect(body.contains("<em>critical.</em>") && body.contains("<span><code>initial_status</code></span></td>"))
        #expect(!body.contains("**") && !body.contains("](") && !body.contains("`"))
    }

    @Test("The first page says where deliveries go while there are none")
    func doors() async throws {
        let body = try await Self.page("/").body
        for path in ["/webhooks/github", "/webhooks/copr", "/webhooks/testing-farm", "/metrics", "/readyz"] {
            #expect(body.contains(path))
        }
    }

    @Test(
        "What comes from outside stays text",
        arguments: [
            "/", "/objective", "/events", "/waiting", "/deliveries", "/deliveries/1", "/unexplained", "/history",
        ])
    func escaping(path: String) async throws {
        var pages = FakePages()
        pages.work = OpenWorkSnapshot(
            at: FakePages.now, items: [.run(Self.hostile, in: .known("acme/" + Self.hostile))])
        pages.deliveries = [
            ShownDelivery(
                summary: .init(
                    sequence: 1, receivedAt: FakePages.now, source: .github, event: Self.hostile, result: Self.hostile,
                    bodyByteCount: 1),
                id: Self.hostile, action: Self.hostile, repository: .known("acme/" + Self.hostile),
                facts: [DeliveryFact(kind: .statusReported, sha: Self.hostile, name: Self.hostile, title: Self.hostile)]
            )
        ]
        pages.body = .text(Self.hostile, isCut: false)
        pages.notExplained = UnexplainedSnapshot(
            at: FakePages.now,
            names: [
                .init(
                    rule: NameRule(.template(Self.hostile), subject: .build),
                    example: .init(
                        name: Self.hostile, deployment: Deployment(Self.hostile), repository: "acme/" + Self.hostile,
                        pullRequest: nil, sha: Self.hostile, checkRunID: nil, sequence: 1, receivedAt: FakePages.now),
                    statuses: 3)
            ])
        pages.events = [
            ObjectiveEvent(
                objective: .builds, deployment: Deployment(Self.hostile), kind: .run(.build), verdict: .good,
                judgedAt: FakePages.now, deadline: nil, cause: nil, repository: .known(Self.hostile),
                subject: .init(name: Self.hostile, chroot: Self.hostile, backendID: Self.hostile), since: nil,
                startedAt: nil, endedAt: nil, outcome: nil, reason: nil, changeVerdict: nil, hop: nil)
        ]
        let slice = HistorySnapshot.Slice(name: .known(Self.hostile), numbers: .init(success: 5))
        pages.groups = [
            HistorySnapshot.Group(
                kind: .build, deployment: Deployment("prod"), total: .init(success: 5),
                days: [.init(beginsAt: FakePages.now.startOfDay, numbers: .init(success: 5))],
                slowestChroots: [slice], slowestRepositories: [slice], failingChroots: [slice],
                failingRepositories: [slice])
        ]
        pages.standings = [FakePages.standing(.builds)]
        var builder = ReportBuilder(settings: LedgerSettings(), at: FakePages.now, looksBack: false)
        builder.add(
            StoredJudgement(
                ObjectiveJudgement(
                    objective: .builds, deployment: Deployment("prod"), entity: EntityID(1),
                    subject: .init(repository: "acme/rocket", branch: Self.hostile), verdict: .bad,
                    at: FakePages.now)))
        pages.report = builder.report(basis: .database, blindIntervals: [], openWorkOf: nil)
        let body = try await Self.page(path, of: pages).body
        #expect(!body.contains("<script>"))
        #expect(body.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;x&#39;"))
    }

    @Test(
        "An objective that can have no event says what is to be set, with and without others that have",
        arguments: [false, true])
    func missingSource(hasOthers: Bool) async throws {
        let objective = Objective(
            try #require(Objective.Name(rawValue: "endpoint")), .appDeliveries, target: 0.999)
        var pages = FakePages()
        pages.standings = [
            Overview.Standing(
                objective: objective, deployment: Deployment("prod"), tally: ObjectiveTally(), doubt: .init(),
                burns: [],
                days: [], missingSource: .appDeliveries)
        ]
        if hasOthers { pages.standings.append(FakePages.standing(.builds)) }
        let body = try await Self.page("/", of: pages).body
        #expect(
            body.contains(hasOthers ? "There is no event unless github.app_keys is set." : "Endpoint: no event unless"))
        #expect(!body.contains("within 0 s"))
    }

    @Test("What somebody looks for is shown again as text")
    func filterIsEscaped() async throws {
        let body = try await Self.page("/waiting?repository=%22%3E%3Cscript%3E&kind=%22&deployment=%3C").body
        #expect(!body.contains("\"><script>"))
        #expect(body.contains("value=\"&quot;&gt;&lt;script&gt;\""))
    }

    @Test("A pull request shows each hop, and which one is pending")
    func pullRequest() async throws {
        let queued = FakePages.now - .hours(14)
        let run = PullRequestStory.Run(
            id: EntityID(1), kind: .build, deployment: Deployment("prod"), name: "rpm-build:\(Self.hostile)",
            chroot: "epel-9-x86_64", phase: .unfinished, isOverdue: true, queuedAt: queued, firstSeenAt: queued,
            startedAt: queued + .minutes(3), backendEndedAt: queued + .minutes(9), hasBackendEnded: true,
            finishedAt: nil, isShownByCheck: true, checkState: "in_progress", checkRunID: 77,
            backendOutcome: .success, job: JobLink(job: .copr, id: 5), build: 9_001, request: nil,
            proof: .proposed)
        var pages = FakePages()
        pages.pullRequest = PullRequestSnapshot(
            at: FakePages.now, repositoryName: "acme/rocket", isPrivate: false, number: 12, isOpen: true, closedAt: nil,
            heads: [
                .init(
                    sha: "0123456789abcdef", moves: [.init(at: queued - .seconds(2), action: .synchronize)],
                    changes: [
                        .init(
                            deployment: Deployment("prod"), startedAt: queued - .seconds(2),
                            answeredAt: queued + .seconds(2), verdict: .onTime, exclusion: nil, eligibility: .learned,
                            isCounted: true)
                    ],
                    runs: [.init(story: run, revisedOutcome: nil, isCounted: true)])
            ], previous: nil, next: nil)
        let body = try await Self.page("/acme/rocket/pull/12", of: pages).body
        #expect(body.contains("Ended at Copr 13\u{A0}h 51\u{A0}min ago; its check does not show that."))
        #expect(body.contains(">4\u{A0}s</time>"))
        #expect(body.contains("<time datetime=\"PT180S\""))
        #expect(body.contains("https://github.com/acme/rocket/runs/77"))
        #expect(body.contains("https://copr.fedorainfracloud.org/coprs/build/9001"))
        // That the build is this check's was not proven.
        #expect(body.contains("Copr build 9001, proposed"))
        #expect(body.contains("https://dashboard.packit.dev/jobs/copr/5"))
        #expect(!body.contains("<script>"))
    }

    @Test("A step that another clock puts before the one it follows is told as such")
    func clocksThatDiffer() async throws {
        let now = FakePages.now
        let queued = now - .hours(2)
        let run = PullRequestStory.Run(
            id: EntityID(1), kind: .build, deployment: Deployment("prod"), name: "rpm-build:epel-9-x86_64",
            chroot: "epel-9-x86_64", phase: .unfinished, isOverdue: false, queuedAt: queued, firstSeenAt: queued,
            startedAt: queued - .seconds(3), backendEndedAt: nil, hasBackendEnded: false, finishedAt: nil,
            isShownByCheck: true, checkState: "in_progress", checkRunID: 77, backendOutcome: nil, job: nil,
            build: nil, request: nil, proof: nil)
        var pages = FakePages()
        pages.pullRequest = PullRequestSnapshot(
            at: now, repositoryName: "acme/rocket", isPrivate: false, number: 12, isOpen: true, closedAt: nil,
            heads: [
                .init(
                    sha: "0123456789abcdef", moves: [.init(at: queued, action: .synchronize)],
                    changes: [
                        .init(
                            deployment: Deployment("prod"), startedAt: queued, answeredAt: queued - .seconds(2),
                            verdict: .onTime, exclusion: nil, eligibility: .learned, isCounted: true)
                    ], runs: [.init(story: run, revisedOutcome: nil, isCounted: true)])
            ], previous: nil, next: nil)
        let words = try await Self.page("/acme/rocket/pull/12", of: pages).body
            .replacing(#/<[^>]+>/#, with: "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("3 s before, by another clock"))
        #expect(words.contains("2 s before, by another clock"))
    }

    @Test("What is overdue comes before the objectives; that nothing is comes after them")
    func attentionComesFirst() async throws {
        func places(_ pages: FakePages) async throws -> (attention: String.Index, objectives: String.Index) {
            let body = try await Self.page("/", of: pages).body
            #expect(body.ranges(of: "id=\"attention\"").count == 1)
            return (
                try #require(body.firstRange(of: "id=\"attention\"")).lowerBound,
                try #require(body.firstRange(of: "id=\"deployment-1\"")).lowerBound
            )
        }
        var pages = FakePages.full
        pages.work = OpenWorkSnapshot(at: FakePages.now, items: [.run(since: .hours(20))])
        let overdue = try await places(pages)
        #expect(overdue.attention < overdue.objectives)
        pages.work = OpenWorkSnapshot(at: FakePages.now, items: [])
        let calm = try await places(pages)
        #expect(calm.attention > calm.objectives)
    }

    @Test("What a deployment of lower rank misses is told after that of the first, and not as loud")
    func rank() async throws {
        func standing(_ deployment: String, good: Int64, bad: Int64) -> Overview.Standing {
            let tally = ObjectiveTally(good: good, bad: bad)
            return Overview.Standing(
                objective: Objective.defaults[1], deployment: Deployment(deployment), tally: tally,
                doubt: .init(doubtful: 0, unknown: 0), burns: [],
                days: [.init(beginsAt: FakePages.now.startOfDay, tally: tally)])
        }
        var pages = FakePages()
        pages.standings = [standing("prod", good: 90, bad: 10), standing("stg", good: 10, bad: 90)]
        let both = try await Self.page("/", of: pages).body
        let prod = try #require(both.firstRange(of: "prod: the target of builds is missed"))
        let stg = try #require(both.firstRange(of: "stg: the target of builds is missed"))
        #expect(prod.lowerBound < stg.lowerBound)
        #expect(both.contains("banner tone-bad"))
        pages.standings[0] = standing("prod", good: 100, bad: 0)
        let one = try await Self.page("/", of: pages).body
        #expect(one.contains("stg: the target of builds is missed"))
        #expect(one.contains("href=\"/events?objective=builds&amp;deployment=stg&amp;verdict=missed&amp;from="))
        #expect(one.contains("banner tone-warn"))
    }

    @Test("A time in the future is told, on a run and on a change")
    func future() async throws {
        let now = FakePages.now
        let run = PullRequestStory.Run(
            id: EntityID(1), kind: .build, deployment: Deployment("prod"), name: "rpm-build:epel-9-x86_64",
            chroot: "epel-9-x86_64", phase: .unfinished, isOverdue: false, queuedAt: now + .hours(1), firstSeenAt: now,
            startedAt: nil, backendEndedAt: nil, hasBackendEnded: false, finishedAt: nil, isShownByCheck: true,
            checkState: "queued", checkRunID: 77, backendOutcome: nil, job: nil, build: nil, request: nil, proof: nil)
        func body(startedAt: Timestamp, run: PullRequestStory.Run?) async throws -> String {
            var pages = FakePages()
            pages.pullRequest = PullRequestSnapshot(
                at: now, repositoryName: "acme/rocket", isPrivate: false, number: 12, isOpen: true, closedAt: nil,
                heads: [
                    .init(
                        sha: "0123456789abcdef", moves: [.init(at: startedAt, action: .synchronize)],
                        changes: [
                            .init(
                                deployment: Deployment("prod"), startedAt: startedAt, answeredAt: nil, verdict: nil,
                                exclusion: nil, eligibility: .learned, isCounted: true)
                        ], runs: run.map { [.init(story: $0, revisedOutcome: nil, isCounted: true)] } ?? [])
                ], previous: nil, next: nil)
            return try await Self.page("/acme/rocket/pull/12", of: pages).body
        }
        let sentence = "The provider’s time is in the future: deadlines count from the receipt."
        #expect(try await body(startedAt: now, run: run).contains(sentence))
        #expect(try await body(startedAt: now + .days(1), run: nil).contains(sentence))
        #expect(try await !body(startedAt: now + .minutes(9), run: nil).contains(sentence))
    }

    @Test("A long pull request has pages, and each is reached by what links to it alone")
    func pages() async throws {
        func reading(_ previous: PullRequestSnapshot.Place?, _ next: PullRequestSnapshot.Place?) -> PullRequestSnapshot
        {
            PullRequestSnapshot(
                at: FakePages.now, repositoryName: "acme/rocket", isPrivate: false, number: 12, isOpen: true,
                closedAt: nil, heads: [], previous: previous, next: next)
        }
        var pages = FakePages()
        pages.pullRequest = reading(nil, .remembered(.init(head: 0, unit: 50)))
        pages.otherPage = reading(.start, .history(page: 0))
        let first = try await Self.page("/acme/rocket/pull/12", of: pages)
        #expect(first.body.contains("rel=\"next\" href=\"/acme/rocket/pull/12?page=p1-0-1e\""))
        #expect(!first.body.contains("rel=\"prev\""))
        let second = try await Self.page("/acme/rocket/pull/12?page=p1-0-1e", of: pages)
        #expect(second.body.contains("rel=\"prev\" href=\"/acme/rocket/pull/12\""))
        #expect(second.body.contains("href=\"/acme/rocket/pull/12?page=p2-0-0\""))
        for bad in ["2", "p1", "p1-0", "p1--1-0", "p1-0-zzzzzz", "w1", "p1-0-0-0", "%00", "p1-0-0x%20"] {
            let response = try await Self.page("/acme/rocket/pull/12?page=\(bad)", of: pages)
            #expect(response.status == 400, "\(bad)")
        }
    }

    @Test(
        "What is not known is a page of its own, 404",
        arguments: [
            "/acme/rocket/pull/13", "/acme/rocket/pull/x", "/acme/rocket/pull/0",
            "/acme/rocket/pull/99999999999999999999",
        ])
    func unknown(path: String) async throws {
        let response = try await Self.page(path)
        #expect(response.status == 404)
        #expect(response["content-type"] == "text/html; charset=utf-8")
        #expect(response.body.contains("is not known"))
    }

    @Test(
        "A database that cannot be read is said so, 503",
        arguments: [
            "/", "/objective", "/events", "/waiting", "/history", "/deliveries", "/deliveries/1", "/unexplained",
            "/acme/rocket/pull/1",
        ])
    func broken(path: String) async throws {
        var pages = FakePages()
        pages.isBroken = true
        let response = try await Self.page(path, of: pages)
        #expect(response.status == 503)
        #expect(response["retry-after"] == "10")
        #expect(response.body.contains("cannot be read at the moment"))
    }

    @Test(
        "What has not been read since the start is being read, 503",
        arguments: [
            ("/", .standing), ("/waiting", .standing), ("/history", .runs), ("/objective", .report),
        ] as [(String, HistoryPart)])
    func reading(path: String, part: HistoryPart) async throws {
        var pages = FakePages()
        pages.unread = [part]
        let response = try await Self.page(path, of: pages)
        #expect(response.status == 503)
        #expect(response["retry-after"] == "3")
        #expect(response.body.contains("<h1>Reading history</h1>"))
        pages.unread = []
        #expect(try await Self.page(path, of: pages).status == 200)
    }

    @Test("A hidden repository has no name, no number and no link")
    func hidden() async throws {
        var pages = FakePages()
        pages.work = OpenWorkSnapshot(at: FakePages.now, items: [.run("", in: .hidden, pullRequest: nil)])
        let body = try await Self.page("/waiting", of: pages).body
        #expect(body.contains("private repository"))
        #expect(!body.contains("/pull/"))
    }

    @Test("What waits is filtered, and comes fifty at a time")
    func paging() async throws {
        var pages = FakePages()
        let items = (1...120).map { number in
            OpenWorkSnapshot.Item.run(in: .known("acme/r\(number)"), since: .hours(13 + Int64(number)))
        }
        pages.work = OpenWorkSnapshot(
            at: FakePages.now, items: items + [.run(in: .known("other/x"), kind: .testRun, deployment: "stg")])
        try await TestServer.run(pages: pages) { server in
            let second = try await server.answer(to: get("/waiting?repository=ACME&kind=build&page=2")).body
            #expect(second.contains("120 wait, 120 over the deadline"))
            #expect(second.contains("acme/r51 ") && second.contains("acme/r100 "))
            #expect(!second.contains("acme/r50 ") && !second.contains("acme/r101 "))
            #expect(second.contains("href=\"/waiting?repository=ACME&amp;kind=build\""))
            #expect(second.contains("href=\"/waiting?repository=ACME&amp;kind=build&amp;page=3\""))
            let staging = try await server.answer(to: get("/waiting?deployment=stg")).body
            #expect(staging.contains("1 waits, 1 over the deadline"))
            let beyond = try await server.answer(to: get("/waiting?page=99999")).body
            #expect(beyond.contains("Page 3 of 3"))
        }
    }

    @Test(
        "What people have at hand finds a pull request",
        arguments: [
            "acme/rocket#12", " https://github.com/acme/rocket/pull/12/files ",
            "github.com/acme/rocket/pull/12#discussion",
            "acme/rocket/12",
        ])
    func found(text: String) throws {
        let name = try #require(PullRequestName(text))
        #expect(name.repository == "acme/rocket")
        #expect(name.number == 12)
    }

    @Test(
        "What is no pull request leads nowhere",
        arguments: [
            "", "acme", "acme/rocket", "acme/rocket#0", "acme/rocket#-1", "//evil.example/x",
            "https://evil.example/a/b/c/1",
        ])
    func notFound(text: String) { #expect(PullRequestName(text) == nil) }

    @Test("A search answers with the way to its page, on this server")
    func search() async throws {
        let found = try await Self.page("/pull?find=acme%2Frocket%2312")
        #expect(found.status == 303)
        #expect(found["location"] == "/acme/rocket/pull/12")
        #expect(try await Self.page("/pull?find=nonsense").status == 400)
    }

    @Test("Style and script may be kept, under the address that changes with them")
    func assets() async throws {
        let version = StaticFile.version
        #expect(try await Self.page("/style.css?\(version)")["cache-control"] == "public, max-age=31536000, immutable")
        #expect(try await Self.page("/style.css")["cache-control"] == "no-cache")
        #expect(try await Self.page("/fresh.js?\(version)")["content-type"] == "text/javascript; charset=utf-8")
        #expect(try await Self.page("/").body.contains("href=\"/style.css?\(version)\""))
    }
}

extension HistorySnapshot.Numbers {
    fileprivate init(success count: Int64) {
        self.init()
        for _ in 0..<count { add(.success, after: .minutes(7)) }
    }
}
