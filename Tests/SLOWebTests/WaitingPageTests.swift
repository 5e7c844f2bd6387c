import Foundation
import SLOCore
import Testing

@testable import SLOQueries
@testable import SLOWeb

/// What waits: groups first, and each item where it is asked for.
@Suite(.timeLimit(.minutes(1)))
struct WaitingPageTests {
    private static func page(_ path: String, _ items: [OpenWorkSnapshot.Item]) async throws -> String {
        var pages = FakePages()
        pages.work = OpenWorkSnapshot(at: FakePages.now, items: items)
        return try await TestServer.run(pages: pages) { try await $0.answer(to: get(path)) }.body
    }

    private static let states: [OpenWorkSnapshot.Item] = [
        .run(in: .known("acme/late"), since: .hours(13)), .run(in: .known("acme/new"), since: .hours(1)),
        .run(in: .known("acme/soon"), since: .hours(11), hop: .started),
    ]

    @Test func groupsTellWhatItemsWaitFor() async throws {
        let body = try await Self.page("/waiting?kind=build", Self.states)
        #expect(body.contains("href=\"/waiting?kind=build&amp;hop=queued\">waiting to be started</a>"))
        #expect(body.contains("data-label=\"Now\">2<"))
        #expect(body.contains("href=\"/waiting?kind=build&amp;hop=started\">running</a>"))
        #expect(!body.contains("ended and not reported</a>"))
        // Of what is overdue no deadline is left.
        #expect(body.contains("title=\"11\u{A0}h = 39\u{202F}600 seconds\""))
        let running = try await Self.page("/waiting?hop=started", Self.states)
        #expect(running.contains("acme/soon") && !running.contains("acme/late"))
        // The other groups are still there to go to.
        #expect(running.contains("href=\"/waiting?hop=queued\""))
        let sorted = try await Self.page("/waiting?sort=time_left", Self.states)
        let places = ["acme/late", "acme/soon", "acme/new"].compactMap { sorted.firstRange(of: $0)?.lowerBound }
        #expect(places.count == 3 && places == places.sorted())
    }

    private static let chroots: [OpenWorkSnapshot.Item] = [
        .run(in: .known("acme/a"), since: .hours(11), chroot: "epel-9-x86_64"),
        .run(in: .known("acme/ab"), since: .hours(13), chroot: "fedora-42-s390x"),
        .run(in: .known("acme/ab"), since: .hours(14), chroot: "epel-9-s390x"),
        .run(in: .hidden, pullRequest: nil, since: .hours(1)), .run(in: .unknown, since: .hours(2)),
    ]

    private static func groups(_ grouping: WaitingGrouping, byTimeLeft: Bool = false) -> [WaitingGroup] {
        var filter = WaitingFilter()
        (filter.grouping, filter.isByTimeLeft) = (grouping, byTimeLeft)
        return filter.groups(of: OpenWorkSnapshot(at: FakePages.now, items: chroots))
    }

    @Test func groupsAreByChrootArchitectureAndRepository() {
        #expect(
            Self.groups(.chroot).map(\.title) == [
                "epel-9-s390x", "fedora-42-s390x", "epel-9-x86_64", "private repositories", "without a chroot",
            ])
        let architectures = Self.groups(.architecture)
        #expect(
            architectures.map(\.title) == ["s390x", "private repositories", "without an architecture", "x86_64"])
        #expect(architectures.map(\.count) == [2, 1, 1, 1])
        #expect(architectures.first?.overdue == 2)
        #expect(architectures.first?.longest == .hours(14))
        #expect(architectures.first?.timeLeft == nil)
        #expect(
            Self.groups(.repository).map(\.title) == [
                "acme/ab", "acme/a", "private repositories", "unknown repository",
            ])
        #expect(
            Self.groups(.architecture, byTimeLeft: true).map(\.title) == [
                "x86_64", "without an architecture", "private repositories", "s390x",
            ])
    }

    @Test func aGroupLeadsToWhatIsInIt() async throws {
        let body = try await Self.page("/waiting?by=architecture&kind=build", Self.chroots)
        #expect(body.contains("href=\"/waiting?kind=build&amp;architecture=s390x\">s390x</a>"))
        // Without a name there is nothing to go to.
        #expect(body.contains(">private repositories</th>") && body.contains(">without an architecture</th>"))
        let inside = try await Self.page("/waiting?architecture=s390x", Self.chroots)
        #expect(inside.contains("2 wait, 2 over the deadline"))
        // The whole name of a repository is no part of another's.
        #expect(try await Self.page("/waiting?repository=ACME%2Fa", Self.chroots).contains("1 waits"))
        #expect(try await Self.page("/waiting?repository=acme%2F", Self.chroots).contains("3 wait"))
    }

    @Test func manyItemsAreListedWhereTheyAreAskedFor() async throws {
        let items = (1...60).map { OpenWorkSnapshot.Item.run(in: .known("acme/r\($0)"), chroot: "epel-9-x86_64") }
        let all = try await Self.page("/waiting?by=repository", items)
        #expect(all.contains("60 wait"))
        #expect(all.contains("10 more are not shown"))
        #expect(all.contains("href=\"/waiting?by=repository&amp;rows=true\">Show each</a>"))
        #expect(!all.contains("/acme/r1/pull/12"))
        for path in ["/waiting?rows=true", "/waiting?chroot=epel-9-x86_64"] {
            let listed = try await Self.page(path, items)
            #expect(listed.contains("/acme/r1/pull/12") && listed.contains("Page 1 of 2"))
        }
    }

    @Test func groupsAreInTheAPI() async throws {
        let text = try await Self.page("/api/v1/waiting/groups?by=architecture&sort=time_left&limit=2", Self.chroots)
        let page = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let items = try #require(page["items"] as? [[String: Any]])
        #expect(items.map { $0["name"] as? String } == ["x86_64", nil])
        #expect(items.map { $0["next_deadline_seconds"] as? Double } == [3600, 36_000])
        #expect(page["next_cursor"] as? String == "g2")
    }
}
