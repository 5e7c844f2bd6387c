import SLOMetrics
import Testing

@testable import SLOCore
@testable import SLOQueries
@testable import SLOWeb

/// Lists of events, and the links that lead to them.
@Suite(.timeLimit(.minutes(1)))
struct EventPageTests {
    private static func page(_ path: String, of pages: FakePages = .full) async throws -> RawConnection.Response {
        try await TestServer.run(pages: pages) { try await $0.answer(to: get(path)) }
    }

    @Test func anEventTellsWhatWasJudgedAndWhy() async throws {
        let body = try await Self.page("/events").body
        #expect(body.contains("Build epel-9-x86_64"))
        #expect(body.contains("not ended within 12\u{A0}h; it was running at Copr; ended as success"))
        #expect(body.contains("href=\"/acme/rocket/pull/12\""))
        #expect(body.contains("href=\"https://copr.fedorainfracloud.org/coprs/build/9001\""))
        #expect(body.contains("href=\"/objective?objective=builds&amp;deployment=prod\""))
        #expect(body.contains("private repository"))
    }

    @Test func theFormKeepsWhatIsAskedFor() async throws {
        let body = try await Self.page(
            "/events?objective=builds&verdict=missed&repository=acme%2Frocket&chroot=&branch=f%22x&from=2026-11-17"
                + "&to=2026-11-18T14%3A03&sort=oldest"
        ).body
        #expect(body.contains("<option value=\"builds\" selected>"))
        #expect(body.contains("<option value=\"missed\" selected>"))
        #expect(body.contains("<option value=\"oldest\" selected>"))
        #expect(body.contains("value=\"acme/rocket\""))
        #expect(body.contains("name=\"branch\" value=\"f&quot;x\""))
        #expect(body.contains("value=\"2026-11-17T00:00:00\""))
        #expect(body.contains("value=\"2026-11-18T14:03:00\""))
        #expect(!body.contains("name=\"check_name\""))
        let query = "branch=f%22x&amp;format=csv&amp;from=2026-11-17T00%3A00%3A00Z&amp;limit=200&amp;objective=builds"
        #expect(body.contains("href=\"/api/v1/events?\(query)"))
    }

    @Test func aPageLeadsToTheNextAndBackToTheFirst() async throws {
        var pages = FakePages.full
        pages.nextEvents = JudgementPlace(at: FakePages.now, objective: "builds", entity: 5, deployment: "prod")
        let cursor = CursorForm.write(try #require(pages.nextEvents))
        let first = try await Self.page("/events?verdict=missed", of: pages).body
        #expect(first.contains("href=\"/events?cursor=\(cursor)&amp;verdict=missed\""))
        #expect(!first.contains("First page"))
        let second = try await Self.page("/events?cursor=\(cursor)&verdict=missed", of: pages).body
        #expect(second.contains("href=\"/events?verdict=missed\">First page"))
    }

    @Test(
        arguments: [
            ("verdict=wrong", "verdict must be one of missed, good, bad, doubtful, unknown"),
            ("from=yesterday", "from"),
            ("from=2026-02-30", "from must be a time in UTC"), ("cursor=x", "cursor must be the next_cursor"),
            ("repository=acme", "repository"), ("nonsense=1", "nonsense is unknown"),
            ("sort=newest&sort=oldest", "sort is given twice"), ("objective=%FF", "objective"),
        ])
    func whatCannotBeReadIsRefusedInASentence(query: String, sentence: String) async throws {
        let response = try await Self.page("/events?" + query)
        #expect(response.status == 400)
        #expect(response["content-type"] == "text/html; charset=utf-8")
        #expect(response.body.contains("The parameter \(sentence)"))
    }

    @Test func theNumbersOfAnObjectiveLeadToItsEvents() async throws {
        let day = FakePages.now.startOfDay
        for path in ["/", "/objective?objective=builds"] {
            let body = try await Self.page(path).body
            let objective = "/events?objective=builds&amp;deployment=prod"
            let beginsAt = ObjectiveWindow.beginning(of: .days(28), endingAt: FakePages.now)
            let from = "from=\(PercentEncoding.encoded(beginsAt.rfc3339))"
            #expect(body.contains("<a href=\"\(objective)&amp;\(from)\"><data"))
            #expect(body.contains("href=\"\(objective)&amp;verdict=missed&amp;\(from)\""))
            let hour = PercentEncoding.encoded((FakePages.now - .hours(1)).rfc3339)
            #expect(body.contains("href=\"\(objective)&amp;verdict=missed&amp;from=\(hour)\""))
            let bar =
                "from=\(PercentEncoding.encoded(day.rfc3339))&amp;to="
                + PercentEncoding.encoded((day + .days(1)).rfc3339)
            #expect(body.contains("href=\"\(objective)&amp;verdict=missed&amp;\(bar)\" tabindex=\"-1\""))
        }
        let body = try await Self.page("/objective?objective=builds").body
        #expect(body.contains("verdict=missed&amp;repository=acme%2Frocket&amp;from="))
        #expect(body.contains("verdict=missed&amp;architecture=x86_64&amp;from="))
        #expect(body.contains("verdict=missed&amp;check_name=rpm-build%3Afedora-40-x86_64&amp;from="))
        #expect(body.contains("href=\"/repositories/acme/rocket\">acme/rocket</a>"))
    }

    @Test func aRepositoryHasAPage() async throws {
        let response = try await Self.page("/repositories/acme/rocket")
        #expect(response.status == 200)
        #expect(response.body.contains("<h1>acme/rocket</h1>"))
        #expect(response.body.contains("href=\"https://github.com/acme/rocket\""))
        #expect(response.body.contains("verdict=missed&amp;repository=acme%2Frocket"))
        #expect(response.body.contains("href=\"/acme/rocket/pull/12\""))
        #expect(response.body.contains("href=\"/events?repository=acme%2Frocket\""))
        let unknown = try await Self.page("/repositories/acme/secret")
        #expect(unknown.status == 404)
        #expect(unknown.body.contains("acme/secret is not known"))
    }
}
