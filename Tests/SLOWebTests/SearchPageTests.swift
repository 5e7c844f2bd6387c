import Testing

@testable import SLOCore
@testable import SLOQueries
@testable import SLOWeb

/// What people have at hand, and where it leads.
@Suite(.timeLimit(.minutes(1)))
struct SearchPageTests {
    private static func term(_ change: (inout SearchTerm) -> Void) -> SearchTerm {
        var term = SearchTerm()
        change(&term)
        return term
    }

    @Test(
        arguments: [
            ("acme/rocket", term { $0.repository = "acme/rocket" }),
            (" https://github.com/acme/rocket ", term { $0.repository = "acme/rocket" }),
            ("#12", term { $0.number = 12 }),
            (
                "12",
                term {
                    $0.number = 12
                    $0.id = "12"
                }
            ),
            (
                "9130022",
                term {
                    $0.number = 9_130_022
                    $0.sha = "9130022"
                    $0.id = "9130022"
                }
            ),
            (
                "https://copr.fedorainfracloud.org/coprs/build/91",
                term {
                    $0.number = 91
                    $0.id = "91"
                }
            ),
            (
                " Copr build\u{A0}91 ",
                term {
                    $0.number = 91
                    $0.id = "91"
                }
            ),
            ("acme / rocket", term { $0.repository = "acme/rocket" }),
            (
                "rocket",
                term {
                    $0.name = "rocket"
                    $0.id = "rocket"
                }
            ),
            (
                "ABC12",
                term {
                    $0.name = "ABC12"
                    $0.sha = "ABC12"
                    $0.id = "ABC12"
                }
            ),
            (
                "https://github.com/acme/rocket/commit/abc12",
                term {
                    $0.name = "abc12"
                    $0.sha = "abc12"
                    $0.id = "abc12"
                }
            ),
            (
                "abc",
                term {
                    $0.name = "abc"
                    $0.id = "abc"
                }
            ),
            (
                "2d2fbf28-c8d8-11f0-8de9-0242ac120002",
                term {
                    $0.name = "2d2fbf28-c8d8-11f0-8de9-0242ac120002"
                    $0.id = "2d2fbf28-c8d8-11f0-8de9-0242ac120002"
                }
            ),
            (
                "99999999999999999999",
                term {
                    $0.name = "99999999999999999999"
                    $0.sha = "99999999999999999999"
                    $0.id = "99999999999999999999"
                }
            ),
            ("", SearchTerm()), (String(repeating: "x", count: 129), SearchTerm()),
        ])
    func aTextIsWhatItLooksLike(text: String, term: SearchTerm) {
        #expect(SearchTerm(text) == term)
    }

    @Test(
        arguments: [
            ("delivery 41", "/deliveries/41" as String?), ("Delivery\u{A0}41 ", "/deliveries/41"),
            ("https://slo.example/deliveries/41", "/deliveries/41"), ("41", nil), ("delivery", nil),
            ("delivery x", nil), ("delivery 0", nil), ("delivery/41/7", nil),
        ])
    func aDeliveryIsFoundByItsNumber(text: String, path: String?) {
        #expect(DeliveryNumber(text)?.path == path)
    }

    private static func page(_ query: String, _ found: SearchSnapshot) async throws -> RawConnection.Response {
        var pages = FakePages()
        pages.found = found
        let told = pages
        return try await TestServer.run(pages: told) { try await $0.answer(to: get("/search?q=" + query)) }
    }

    private static func run(pullRequest: Int?) -> SearchSnapshot.Run {
        .init(
            kind: .build, deployment: Deployment("prod"), repository: .known("acme/rocket"), pullRequest: pullRequest,
            name: "rpm-build:<b>", chroot: nil, sha: nil, backendID: "9001", outcome: nil, at: FakePages.now)
    }

    @Test func theOnlyPageThatIsFoundIsShownAtOnce() async throws {
        var found = SearchSnapshot(at: FakePages.now)
        found.runs = [Self.run(pullRequest: 12), Self.run(pullRequest: 12)]
        #expect(try await Self.page("9001", found)["location"] == "/acme/rocket/pull/12")
        found.runs = [Self.run(pullRequest: nil)]
        #expect(try await Self.page("9001", found)["location"] == "/repositories/acme/rocket")
        #expect(try await Self.page("a%2Fb%2312", found)["location"] == "/a/b/pull/12")
    }

    @Test func severalAreListed() async throws {
        var found = SearchSnapshot(at: FakePages.now)
        found.pullRequests = [.init(repository: "acme/other", number: 12)]
        found.runs = [Self.run(pullRequest: 12)]
        found.deliveries = [
            .init(
                receivedAt: FakePages.now,
                entry: DeliverySummary(
                    sequence: 41, receivedAt: FakePages.now, source: .github, event: "push", result: "accepted",
                    bodyByteCount: 1)), .init(receivedAt: FakePages.now, entry: nil),
        ]
        let response = try await Self.page("%3Cscript%3E", found)
        #expect(response.status == 200)
        for link in ["/acme/other/pull/12", "/acme/rocket/pull/12", "/deliveries/41"] {
            #expect(response.body.contains("href=\"\(link)\""))
        }
        #expect(response.body.contains("the journal does not have it any more"))
        #expect(response.body.contains("“&lt;script&gt;”"))
        #expect(!response.body.contains("<b>"))
    }

    @Test func nothingIsSaidSo() async throws {
        let response = try await Self.page("nonsense", SearchSnapshot(at: FakePages.now))
        #expect(response.status == 200)
        #expect(response.body.contains("Nothing is known of “nonsense”."))
    }
}
