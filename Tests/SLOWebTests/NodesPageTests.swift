import SLOCore
import SLOJSON
import SLOService
import SLOStore
import Testing

@testable import SLOWeb

/// The page of a cluster's nodes, and the same in the API.
@Suite(.timeLimit(.minutes(1)))
struct NodesPageTests {
    static func cluster() -> ClusterNodes {
        func node(_ name: String, _ version: String, _ digest: String, _ target: String) -> ClusterNodes.Node {
            var life = ReceiverLife(
                stream: StreamID(1_880_000_000_000_000_000), node: name, startedAt: FakePages.now - .hours(2),
                seenAt: FakePages.now)
            life.through = FakePages.now - .seconds(1)
            return ClusterNodes.Node(
                life: life, undecidedCount: 12_345,
                report: NodeReport(
                    node: name, version: version, term: .init(epoch: 3, since: FakePages.now - .minutes(5)),
                    spooledCount: 6,
                    settings: NodeSettings(
                        digest: digest,
                        settings: [
                            NodeSetting(name: "objectives.builds.target", value: target),
                            NodeSetting(name: "api.tokens", value: digest, isSecret: true),
                        ])),
                reportedAt: FakePages.now)
        }
        return ClusterNodes(
            at: FakePages.now, epoch: 3, decider: "<one>",
            nodes: [node("<one>", "0.2.0", "aaaa", "0.95"), node("two", "0.3.0", "bbbb", "0.9")])
    }

    private static func pages() -> FakePages {
        var pages = FakePages()
        pages.cluster = cluster()
        return pages
    }

    @Test func `Says who decides, how far each node is, and in what they differ`() async throws {
        try await TestServer.run(status: ClusterStatusOfTests(), pages: Self.pages()) { server in
            let response = try await server.answer(to: get("/nodes"))
            #expect(response.status == 200)
            let body = response.body.replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
            for told in [
                "&lt;one&gt; decides, since", "5 min ago", "receives and decides", "12 345", "0.2.0 on &lt;one&gt;",
                "0.3.0 on two", "objectives.builds.target", "0.95", "api.tokens", "differs",
                #"<li><a href="/nodes" aria-current="page">Nodes</a></li>"#,
            ] {
                #expect(body.contains(told), "\(told)")
            }
            #expect(!body.contains("<one>"))
        }
    }

    @Test func `Is in the navigation of a cluster only`() async throws {
        try await TestServer.run(status: ClusterStatusOfTests(), pages: Self.pages()) { server in
            let page = try await server.answer(to: get("/conditions")).body
            #expect(page.contains(#"<a href="/nodes">Nodes</a>"#))
        }
        try await TestServer.run(pages: FakePages()) { server in
            let page = try await server.answer(to: get("/conditions")).body
            #expect(!page.contains("/nodes"))
            for path in ["/nodes", "/api/v1/nodes"] {
                let response = try await server.answer(to: get(path))
                #expect(response.status == 404)
            }
        }
    }

    @Test func `Says that nobody decides`() async throws {
        var pages = FakePages()
        pages.cluster = ClusterNodes(at: FakePages.now, epoch: 3, decider: nil, nodes: [])
        try await TestServer.run(pages: pages) { server in
            let body = try await server.answer(to: get("/nodes")).body
            #expect(body.contains("No node decides."))
            #expect(body.contains("numbers stand still"))
        }
    }

    @Test func `Tells no secret in the API`() async throws {
        try await TestServer.run(pages: Self.pages()) { server in
            let response = try await server.answer(to: get("/api/v1/nodes"))
            #expect(response.status == 200)
            for told in [
                #""decider":"<one>""#, #""epoch":3"#, #""undecided":12345"#, #""lag_seconds":1"#,
                #""setting":"api.tokens","is_secret":true,"values":[{"nodes":["<one>"]},{"nodes":["two"]}]"#,
                #"{"value":"0.95","nodes":["<one>"]}"#,
            ] {
                #expect(response.body.filter { !$0.isWhitespace }.contains(told), "\(told) in \(response.body)")
            }
        }
    }
}

private struct ClusterStatusOfTests: ServiceStatus, ClusterStatus {
    var isLive: Bool { true }
    var readiness: [ComponentHealth] { [] }
    func metrics(openMetrics: Bool) -> [UInt8] { [] }
    var cluster: (any ClusterStatus)? { self }
    func clusterMetrics(openMetrics: Bool) async throws -> [UInt8] { [] }
}
