import SLOCore
import Testing

@testable import SLOQueries
@testable import SLOWeb

/// The pages of deliveries, and of what nothing explains.
@Suite(.timeLimit(.minutes(1)))
struct DeliveryPageTests {
    private static func page(_ path: String, of pages: FakePages = .full) async throws -> RawConnection.Response {
        try await TestServer.run(pages: pages) { try await $0.answer(to: get(path)) }
    }

    @Test func theListTellsWhatWasMadeOfEachDelivery() async throws {
        let body = try await Self.page("/deliveries?repository=acme%2Frocket&commit=a1b2c&until=2026-11-22T10:00").body
        for text in [
            "href=\"/deliveries/1\"", "check_run created", "href=\"/acme/rocket/pull/12\"",
            "rpm-build:epel-9-x86_64: in_progress, RPM build has started...", "private repository",
            "value=\"acme/rocket\"", "value=\"2026-11-22T10:00:00\"",
        ] {
            #expect(body.contains(text), "\(text)")
        }
    }

    @Test func aDeliveryHasAPageOfItsOwn() async throws {
        let body = try await Self.page("/deliveries/1").body
        for text in [
            "2d2fbf28-c8d8-11f0-8de9-0242ac120002", "Stored and decoded.", "in the future", "a1b2c3d4e5",
            "Only the beginning is shown", "&quot;action&quot;: &quot;&lt;b&gt;&quot;",
        ] {
            #expect(body.contains(text), "\(text)")
        }
        for path in ["/deliveries/3", "/deliveries/0", "/deliveries/-1", "/deliveries/x"] {
            #expect(try await Self.page(path).status == 404)
        }
    }

    @Test(
        arguments: [
            (DeliverySnapshot.Body.notKept, "is not kept"), (.hidden, "private repository, or may be"),
            (.tooLarge, "too large"), (.unreadable, "is no JSON"),
        ])
    func aPageSaysWhyThereIsNoBody(_ body: DeliverySnapshot.Body, _ reason: String) async throws {
        var pages = FakePages.full
        pages.body = body
        let page = try await Self.page("/deliveries/1", of: pages).body
        #expect(page.contains(reason))
        #expect(!page.contains("<pre"))
    }

    @Test func unknownNamesComeWithTheirRules() async throws {
        let body = try await Self.page("/unexplained").body
        for text in [
            "Image for epel-9-x86_64", "- {template: &quot;Image for {chroot}&quot;, subject: build}",
            "https://github.com/acme/rocket/runs/77", "href=\"/deliveries/1\"",
            "names in private repositories not shown.", "Proposed joins in conflict: 5", "4 more.",
            "Times from the future: 1",
        ] {
            #expect(body.contains(text), "\(text)")
        }
        #expect(try await Self.page("/unexplained", of: FakePages()).body.contains("Every name is known."))
    }

    @Test func aPullRequestLeadsToItsDeliveries() async throws {
        let body = try await Self.page("/acme/rocket/pull/12").body
        #expect(body.contains("href=\"/deliveries?repository=acme%2Frocket&amp;pull_request=12#journal\""))
        #expect(body.contains("href=\"/deliveries?repository=acme%2Frocket&amp;commit=0123456789abcdef#journal\""))
    }
}
