import Foundation
import SLOCore
import SLOMetrics
import Testing

@testable import SLOService
@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct BadgeTests {
    private static func badge(_ path: String, of pages: FakePages = .full) async throws -> RawConnection.Response {
        try await TestServer.run(pages: pages) { try await $0.answer(to: get("/badges/" + path)) }
    }

    @Test("A badge says how an objective stands, aloud too, and may be kept for a minute")
    func objective() async throws {
        let response = try await Self.badge("builds.svg")
        #expect(response.status == 200)
        #expect(response["content-type"] == "image/svg+xml")
        #expect(response["cache-control"] == "public, max-age=60")
        #expect(response["etag"] != nil)
        #expect(response.body.contains(">96.00\u{A0}%</text>"))
        #expect(response.body.contains(" aria-label=\"prod, builds, last 28\u{A0}d: 96.00\u{A0}% of builds"))
        #expect(response.body.contains("<title>prod, builds"))
        #expect(response.body.contains(": missed</title>"))
        #expect(!response.body.contains("href") && !response.body.contains("url(http"))
    }

    @Test(
        "Where nothing was judged there is no data, and no number",
        arguments: [
            "builds.svg", "status.svg", "acme/rocket.svg", "acme/rocket/builds.svg", "builds.svg?deployment=stg",
        ])
    func empty(path: String) async throws {
        let response = try await Self.badge(path, of: FakePages())
        #expect(response.status == 200)
        #expect(response.body.contains(">no data</text>"))
        #expect(response.body.contains(Badge.Tone.quiet.colour))
        #expect(!response.body.contains("NaN"))
    }

    @Test("What is missed is named")
    func missed() async throws {
        let response = try await Self.badge("acme/rocket.svg")
        #expect(response.body.contains(">builds missed</text>"))
        #expect(response.body.contains(Badge.Tone.bad.colour))
        #expect(try await Self.badge("acme/rocket/test_runs.svg").body.contains(">no data</text>"))
    }

    @Test("A repository not to be told of looks like one that nobody has received")
    func unknown() async throws {
        let secret = try await Self.badge("acme/secret.svg")
        let nothing = try await Self.badge("acme/nothing.svg")
        #expect(secret.status == 200)
        #expect(secret.body.replacing("secret", with: "nothing") == nothing.body)
        #expect(secret.body.contains(">no data</text>"))
    }

    @Test(
        "Other paths are no badges",
        arguments: [
            ("nonsense.svg", 404), ("builds.png", 404), ("builds", 404), ("acme/rocket/nonsense.svg", 404),
            ("ac%3Cme/rocket.svg", 404), ("builds.svg?style=flat", 400), ("builds.svg?deployment=x", 400),
        ])
    func refused(path: String, status: Int) async throws {
        #expect(try await Self.badge(path).status == status)
    }

    @Test("White on its colours can be read", arguments: [Badge.Tone.good, .bad, .quiet])
    func contrast(tone: Badge.Tone) {
        let channels = [1, 3, 5].map { start -> Double in
            let digits = tone.colour.dropFirst(start).prefix(2)
            let value = Double(Int(digits, radix: 16) ?? 0) / 255
            return value <= 0.03928 ? value / 12.92 : Foundation.pow((value + 0.055) / 1.055, 2.4)
        }
        let luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        #expect(1.05 / (luminance + 0.05) >= 4.5)
    }
}
