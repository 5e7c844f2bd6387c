import NIOCore
import NIOHTTP1
import SLOCore
import SLOMetrics
import SLOSources
import TestServer
import Testing

@testable import SLOUpstream

/// The client against an upstream that is well, down, slow, wrong or busy.
@Suite struct ClientTests {
    private let metrics = MetricsRegistry(settings: LedgerSettings(), version: "1", upstreams: [.packit])
    private let manual = ManualSurroundings()

    private func asking<Success>(
        _ url: String, _ change: (inout UpstreamSettings) -> Void = { _ in },
        _ body: (UpstreamClient) async throws -> Success
    ) async throws -> Success {
        var settings = UpstreamSettings(.packit, url: url, requestsPerMinute: 6000, version: "1")
        change(&settings)
        let client = UpstreamClient(settings, metrics: metrics, surroundings: manual.surroundings)
        let result: Result<Success, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    private func answering<Success>(
        _ reply: @escaping @Sendable (Int) -> StandInServer.Reply,
        _ change: (inout UpstreamSettings) -> Void = { _ in },
        _ body: (UpstreamClient, StandInServer) async throws -> Success
    ) async throws -> Success {
        let server = try await StandInServer.start(reply)
        let result: Result<Success, any Error>
        do { result = .success(try await asking(server.url, change) { try await body($0, server) }) } catch {
            result = .failure(error)
        }
        try await server.stop()
        return try result.get()
    }

    /// What a request fails with.
    private func problem(_ work: () async throws -> some Any) async -> UpstreamError.Problem? {
        do {
            _ = try await work()
            return nil
        } catch { return (error as? UpstreamError)?.problem }
    }

    private func count(_ result: UpstreamResult) -> Int64 {
        metrics.value(of: .upstreamRequests(.packit, result))
    }

    @Test func anAnswerIsReadAndCounted() async throws {
        let state = try await answering({ _ in .json(#"{"state":"running"}"#) }) { client, server in
            let state = try await client.get("/api/run?id=7", headers: [("Authorization", "Bearer s")]) { answer in
                try answer.object { try $0.string("state") }
            }
            let head = try #require(server.received.first?.head)
            #expect(head.uri == "/api/run?id=7")
            #expect(head.headers.first(name: "authorization") == "Bearer s")
            #expect(head.headers.first(name: "accept") == "application/json")
            #expect(head.headers.first(name: "user-agent") == "packit-slo/1")
            return state
        }
        #expect(state == "running")
        #expect(count(.ok) == 1)
    }

    @Test func aRefusalIsAnAnswer() async throws {
        try await answering({ _ in .answer(404, headers: ["Content-Type": "text/html"], body: "no") }) { client, _ in
            let answer = try await client.get("/nowhere")
            #expect(answer.status == 404)
        }
        #expect(count(.refused) == 1)
    }

    @Test func aFailedRequestIsRepeatedAndThenGivenUp() async throws {
        let answer = try await answering({ $0 < 2 ? .json("{}", status: 502) : .json("{}") }) { client, _ in
            try await client.get("/flaky")
        }
        #expect(answer.status == 200)
        #expect(count(.failed) == 2)
        #expect(manual.slept == [.milliseconds(500), .seconds(1)])
        try await answering({ _ in .hangsUp }) { client, server in
            guard case .unreachable = await problem({ try await client.get("/down") }) else {
                Issue.record("a connection that breaks is no answer")
                return
            }
            #expect(server.received.count == 3)
        }
    }

    @Test func aPostIsNotRepeated() async throws {
        try await answering({ _ in .json("{}", status: 502) }) { client, server in
            let failure = await problem { try await client.post("/attempts") }
            #expect(failure == .failed(status: 502))
            #expect(server.received.count == 1)
        }
    }

    @Test func aFailingUpstreamIsPausedUntilAProbeSucceeds() async throws {
        try await answering({ $0 < 5 ? .json("{}", status: 500) : .json("{}") }) { client, server in
            _ = await problem { try await client.get("/") }
            _ = await problem { try await client.get("/") }
            guard case .resting(let until) = await problem({ try await client.get("/") }) else {
                Issue.record("the breaker is closed")
                return
            }
            #expect(server.received.count == 5)
            #expect(metrics.value(of: .upstreamBreakerOpen(.packit)) == 1)
            #expect(count(.notSent) == 2)
            manual.advance(by: until - manual.now.wall)
            let answer = try await client.get("/")
            #expect(answer.status == 200)
            #expect(metrics.value(of: .upstreamBreakerOpen(.packit)) == 0)
        }
    }

    @Test(arguments: [StandInServer.Reply.silence, .stalls])
    func aSlowAnswerIsGivenUp(_ reply: StandInServer.Reply) async throws {
        try await answering({ _ in reply }, { $0.requestTimeout = .milliseconds(100) }) { client, _ in
            let problem = await problem { try await client.post("/slow") }
            #expect(problem == .timedOut(after: .milliseconds(100)))
        }
        #expect(count(.timedOut) == 1)
    }

    /// An outage that was known when the process ended.
    @Test(arguments: [500, 200]) func oneRequestTestsAfterARestartWhetherTheOutageIsOver(status: Int) async throws {
        metrics.set(.upstreamBreakerOpen(.packit), to: 1)
        try await answering({ _ in .json("{}", status: status) }) { client, server in
            #expect(metrics.value(of: .upstreamBreakerOpen(.packit)) == 1)
            _ = await problem { try await client.post("/") }
            #expect(server.received.count == 1)
            #expect(metrics.value(of: .upstreamBreakerOpen(.packit)) == (status == 200 ? 0 : 1))
            guard status == 500 else { return }
            guard case .resting = await problem({ try await client.get("/") }) else {
                Issue.record("the upstream is not paused")
                return
            }
            #expect(server.received.count == 1)
        }
    }

    @Test func anEndlessBodyIsRefused() async throws {
        try await answering({ _ in .endless }, { $0.maxBodyBytes = 1 << 20 }) { client, _ in
            let failure = await problem { try await client.get("/endless") }
            #expect(failure == .tooLarge(limitBytes: 1 << 20))
        }
        #expect(count(.tooLarge) == 1)
    }

    @Test(arguments: [
        StandInServer.Reply.answer(302, headers: ["Location": "http://127.0.0.1:1/elsewhere"], body: ""),
        .answer(200, headers: ["Content-Type": "text/html"], body: "<html>"),
        .answer(200, headers: [:], body: "{}"),
        .json(#"{"state":"#), .json("[]"), .json(#"{"state":7}"#), .json(#"{}"#), .json(""),
    ])
    func aLieIsCalledOne(_ reply: StandInServer.Reply) async throws {
        try await answering({ _ in reply }) { client, server in
            let problem = await problem {
                try await client.get("/lie") { answer in try answer.object { try $0.string("state") } }
            }
            guard case .invalidResponse = problem else {
                Issue.record("\(String(describing: problem)) is not what this is")
                return
            }
            #expect(server.received.count == 1)
        }
        #expect(count(.invalidResponse) == 1)
    }

    @Test func aShortRateLimitIsWaitedForAndALongOneReported() async throws {
        let first = try await answering({ $0 == 0 ? .json("{}", status: 429, ["Retry-After": "20"]) : .json("{}") }) {
            client, _ in try await client.post("/busy").status
        }
        #expect(first == 200)
        #expect(manual.slept == [.milliseconds(500), .milliseconds(19_500)])
        let until = manual.now.wall.flooredToSecond + .minutes(10)
        let used: [String: String] = ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(until.seconds)"]
        try await answering({ _ in .json("{}", status: 403, .init(used.map { ($0, $1) })) }) { client, server in
            let refusal = await problem { try await client.get("/busy") }
            #expect(refusal == .rateLimited(until: until))
            let reminder = await problem { try await client.get("/busy") }
            #expect(reminder == .rateLimited(until: until))
            #expect(server.received.count == 1)
            manual.advance(by: .minutes(10))
            let other = await problem { try await client.get("/busy") }
            #expect(other != nil)
            #expect(server.received.count > 1)
        }
    }

    @Test func requestsKeepToTheirShare() async throws {
        try await answering({ _ in .json("{}") }, { $0.requestsPerMinute = 12 }) { client, _ in
            for _ in 0..<4 { _ = try await client.get("/") }
        }
        #expect(manual.slept == [.seconds(5), .seconds(5)])
    }

    @Test func cancelingEndsACallOnItsWay() async throws {
        try await answering({ _ in .silence }) { client, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.get("/slow") }
                while server.received.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
        #expect(count(.canceled) == 1)
    }

    @Test func anErrorHoldsNoToken() async throws {
        try await asking("http://127.0.0.1:1") { client in
            let error = await #expect(throws: UpstreamError.self) {
                try await client.get("/requests?api_key=geheim", headers: [("Authorization", "Bearer geheim")])
            }
            let text = try #require(error).description
            #expect(!text.contains("geheim"))
            #expect(text.hasPrefix("packit /requests: cannot be reached"))
        }
        #expect(count(.unreachable) == 3)
    }
}
