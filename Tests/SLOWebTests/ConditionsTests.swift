import SLOConditions
import Testing

@testable import SLOCore
@testable import SLOQueries
@testable import SLOWeb

/// What holds now, on pages and in the API.
@Suite(.timeLimit(.minutes(1)))
struct ConditionsTests {
    private static func page(_ path: String, of pages: FakePages) async throws -> String {
        try await TestServer.run(pages: pages) { server in
            let response = try await server.answer(to: get(path))
            #expect(response.status == 200)
            return response.body.replacing("\u{A0}", with: " ")
        }
    }

    @Test func `What is wrong now is the first block of the first page`() async throws {
        var pages = FakePages()
        pages.holding = .holding(.sample())
        let body = try await Self.page("/", of: pages)
        let block = try #require(body.firstRange(of: "What is wrong"))
        let main = try #require(body.firstRange(of: "<h1>Overview</h1>"))
        // Nothing but the heading is before it.
        #expect(!body[main.upperBound..<block.lowerBound].contains("<section aria"))
        let row = body[block.lowerBound...].prefix(1800)
        for told in [
            "critical", "Test runs of Packit prod: none finishes", "5 h", #"kind=test_run&amp;deployment=prod">7</a>"#,
            "Testing Farm", #"href="/waiting?kind=test_run&amp;deployment=prod">what waits"#,
            #"href="/runbook#packitrunsstalled">PackitRunsStalled</a>"#,
        ] {
            #expect(row.contains(told), "\(told)")
        }
    }

    @Test func `One quiet line says that nothing is wrong`() async throws {
        var pages = FakePages()
        pages.holding = .holding()
        let body = try await Self.page("/", of: pages)
        #expect(body.contains("<p>No alert condition holds.</p>"))
        #expect(!body.contains("What is wrong"))
        #expect(!body.contains("Samples begin"))
    }

    @Test func `It is told what is not known`() async throws {
        var pages = FakePages()
        #expect(try await Self.page("/", of: pages).contains("Not evaluated yet"))
        pages.holding = .holding()
        pages.holding.samplesSince = FakePages.now - .minutes(40)
        #expect(try await Self.page("/", of: pages).contains("Samples begin 40 min ago."))
        pages.holding.at = FakePages.now - .minutes(7)
        #expect(try await Self.page("/", of: pages).contains("Last evaluated 7 min ago."))
    }

    @Test func `What does not alert yet says when it will`() async throws {
        var pages = FakePages()
        pages.holding = .holding(.sample(fired: false))
        #expect(try await Self.page("/", of: pages).contains("critical in 10 min"))
    }

    @Test func `The overview shows a few of many, and the page of conditions all`() async throws {
        var pages = FakePages()
        pages.holding = .holding(.sample())
        pages.holding.holding = (0..<30).flatMap { _ in pages.holding.holding }
        #expect(try await Self.page("/", of: pages).contains(">22 more conditions<"))
        let all = try await Self.page("/conditions", of: pages)
        #expect(all.split(separator: "Test runs of Packit prod: none finishes").count > 60)
    }

    @Test func `The timeline is told to those who cannot see it`() async throws {
        var pages = FakePages()
        pages.incidents = [.sample(), .sample(ended: FakePages.now - .hours(1))]
        let body = try await Self.page("/conditions", of: pages)
        #expect(body.contains(#"class="lane" viewBox="0 0 400 10" role="img" aria-label="Since "#))
        #expect(body.contains("<b>holds</b>"))
        #expect(try await Self.page("/conditions", of: FakePages()).contains("No condition has raised an alert."))
    }

    @Test func `What lasts is counted once, however often it alerts`() {
        let now = FakePages.now
        // Both began five hours ago: one ended after three of them.
        let twice = [Incident.sample(), .sample(ended: now - .hours(2))]
        #expect(ConditionsPage.length(of: twice, from: now - .days(7), through: now) == .hours(5))
        #expect(ConditionsPage.length(of: twice, from: now - .hours(1), through: now) == .hours(1))
        #expect(ConditionsPage.length(of: [twice[1]], from: now - .hours(1), through: now) == .zero)
    }

    @Test func `Summaries stay text`() async throws {
        var pages = FakePages()
        pages.holding = .holding(.sample(summary: "<script>1</script>"))
        pages.incidents = [.sample(summary: "<script>1</script>")]
        for path in ["/", "/conditions"] {
            #expect(try await !Self.page(path, of: pages).contains("<script>1"))
        }
    }

    @Test func `The API says the same, page by page`() async throws {
        var pages = FakePages()
        pages.holding = .holding(.sample())
        pages.incidents = [.sample(), .sample(ended: FakePages.now - .hours(1))]
        let body = try await Self.page("/api/v1/conditions?limit=1", of: pages)
        for told in [
            #""condition": "PackitRunsStalled""#, #""party": "testing-farm""#, #""is_firing": true"#, #""waiting": 7"#,
            #""next_cursor": "i"#, #""objective": "test_runs""#,
        ] {
            #expect(body.contains(told), "\(told)")
        }
    }

    @Test func `The card tells when the budget is spent`() async throws {
        var pages = FakePages.full
        let tally = ObjectiveTally(good: 995, bad: 5)
        pages.standings = [
            Overview.Standing(
                objective: Objective.defaults[0], deployment: Deployment("prod"), tally: tally, doubt: .init(),
                burns: [
                    .init(over: .hours(1), tally: ObjectiveTally()),
                    .init(over: .hours(6), tally: ObjectiveTally(good: 90, bad: 10)),
                ], days: [.init(beginsAt: FakePages.now.startOfDay, tally: tally)])
        ]
        // Half of the budget of 28 days is left, and it burns ten times as fast as it lasts.
        let body = try await Self.page("/", of: pages)
        #expect(body.contains("At the burn rate of the last 6 h, the budget is spent in 1 d 9 h."))
        #expect(body.contains("Next: prod, initial status: the error budget is spent in 1 d 9 h"))
    }

    /// - Parameter bad: of a thousand test runs.
    private static func stalled(bad: Int64, waiting: Int64, overdue: Int64 = 0) throws -> FakePages {
        var pages = FakePages()
        pages.holding = .holding(.sample())
        let objective = try #require(Objective.defaults.first { $0.indicator == .testRuns })
        pages.standings = [
            Overview.Standing(
                objective: objective, deployment: Deployment("prod"),
                tally: ObjectiveTally(good: 1000 - bad, bad: bad), doubt: .init(), burns: [], days: [])
        ]
        var activity = Overview.Activity(kind: .testRun, deployment: Deployment("prod"))
        (activity.unfinished, activity.overdue) = (waiting + overdue, overdue)
        pages.activity = [activity]
        pages.work = OpenWorkSnapshot(
            at: FakePages.now, items: [.run(kind: .testRun, since: .hours(7)), .run(kind: .testRun, since: .hours(20))])
        return pages
    }

    @Test func `What becomes of the objective if nothing that waits ends is told`() async throws {
        let kept = try await Self.page("/", of: Self.stalled(bad: 20, waiting: 20, overdue: 5))
        #expect(
            kept.contains(
                "prod, test runs: 20 unfinished. If none of them ends in time, compliance is 96.07 %, and the target of "
                    + "95 % is still met; the first deadline is in 5 h."))
        let missed = try await Self.page("/", of: Self.stalled(bad: 20, waiting: 40))
        #expect(missed.contains("compliance is 94.23 %, and the target of 95 % is missed;"))
        var calm = try Self.stalled(bad: 20, waiting: 40)
        calm.holding = .holding()
        #expect(try await !Self.page("/", of: calm).contains("If none of them ends"))
    }

    @Test func `Nothing is said to be well while a condition holds`() async throws {
        var pages = try Self.stalled(bad: 20, waiting: 20)
        pages.work = OpenWorkSnapshot(at: FakePages.now, items: [])
        let met = "All objectives are met until now, and nothing is overdue."
        let body = try await Self.page("/", of: pages)
        #expect(body.contains(met))
        #expect(!body.contains("banner tone-good"))
        pages.holding = .holding()
        #expect(try await Self.page("/", of: pages).contains("banner tone-good\" role=\"status\">\n<p>\(met)"))
    }

    @Test func `The timeline reaches as far back as is asked for`() async throws {
        for (query, title) in [("", "The last 7 d"), ("?range=quarter", "The last 90 d"), ("?range=x", "The last 7 d")]
        {
            let body = try await Self.page("/conditions\(query)", of: FakePages())
            #expect(body.contains(">\(title)<"))
            #expect(body.contains(#"<a href="/conditions?range=month#timeline">Month</a>"#))
        }
    }
}
