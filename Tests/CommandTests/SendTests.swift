import Foundation
import NIOHTTP1
import SLOConfiguration
import SLOCore
import SLORecordings
import SLOSources
import TestServer
import Testing

@testable import packit_slo

@Suite final class `Sending a recording` {
    private let recording = FileManager.default.temporaryDirectory
        .appending(path: "packit-slo-send-\(UUID().uuidString).jsonl")

    deinit {
        try? FileManager.default.removeItem(at: recording)
    }

    private func feed(
        _ deliveries: [RecordedDelivery], secrets: String = "s3cret,old", shiftsToNow: Bool = false
    ) throws -> DeliveryFeed {
        try Data(deliveries.flatMap(\.line)).write(to: recording)
        let environment = ["PACKIT_SLO_GITHUB_WEBHOOK_SECRETS": secrets]
        let configuration = try Configuration.load(file: nil, environment: environment).configuration
        return DeliveryFeed(
            reader: try RecordingReader(paths: [recording.path]), signer: Signer(configuration: configuration),
            pace: .unlimited, shiftsToNow: shiftsToNow)
    }

    private func delivery(_ number: Int, headers: [(String, String)] = [], body: String? = nil) -> RecordedDelivery {
        RecordedDelivery(
            receivedAt: Timestamp(seconds: 1_764_000_000 + Int64(number)), source: .github,
            headers: RecordedHeaders(headers.map { .init(name: $0.0, value: $0.1) }),
            body: Array((body ?? "{\"number\":\(number)}").utf8))
    }

    private func send(
        _ feed: DeliveryFeed, to server: StandInServer, connections: Int = 1
    ) async throws -> SendTally {
        let target = try #require(SendTarget("http://127.0.0.1:\(server.port)/base"))
        return try await send(feed, to: target, connections: connections)
    }

    private func send(_ feed: DeliveryFeed, to target: SendTarget, connections: Int = 1) async throws -> SendTally {
        let (tally, failure) = await Sender(target: target, feed: feed, connections: connections).send()
        if let failure { throw failure }
        return tally
    }

    @Test func `Deliveries go out in order, signed with the first secret, with their own headers`() async throws {
        let server = try await StandInServer.start { _ in .answer(202) }
        let recorded = (0..<20).map { number in
            delivery(
                number,
                headers: [
                    ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "\(number)"),
                    ("x-hub-signature-256", "sha256=00"), ("Host", "elsewhere"), ("Content-Length", "7"),
                ])
        }
        let tally = try await send(try feed(recorded), to: server)
        #expect(tally.byStatus == [202: 20])
        #expect(server.received.map(\.body) == recorded.map(\.body))
        for request in server.received {
            #expect(request.head.uri == "/base/webhooks/github")
            #expect(request.head.method == .POST)
            #expect(request.head.headers["x-github-event"] == ["push"])
            #expect(request.head.headers["host"] == ["127.0.0.1:\(server.port)"])
            #expect(request.head.headers["content-type"] == ["application/json"])
            #expect(request.head.headers["content-length"] == [String(request.body.count)])
            let signatures = request.head.headers["x-hub-signature-256"]
            #expect(signatures.count == 1)
            let secrets = try SecretSet(["s3cret"])
            let check = request.body.withUnsafeBytes { secrets.check(signature: signatures.first, body: $0) }
            #expect(check == .valid)
        }
        try await server.stop()
    }

    @Test func `Several connections send everything once`() async throws {
        let server = try await StandInServer.start { _ in .answer(202) }
        let tally = try await send(try feed((0..<100).map { delivery($0) }), to: server, connections: 4)
        #expect(tally.byStatus == [202: 100])
        #expect(Set(server.received.map(\.body)).count == 100)
        try await server.stop()
    }

    @Test func `A full server is asked again after the time it names`() async throws {
        let server = try await StandInServer.start { number in
            number < 2 ? .answer(503, headers: ["Retry-After": "0"]) : .answer(202)
        }
        let tally = try await send(try feed([delivery(0), delivery(1)]), to: server)
        #expect(tally.byStatus == [202: 2])
        #expect(server.received.map { String(decoding: $0.body, as: UTF8.self) }.last == "{\"number\":1}")
        #expect(server.received.count == 4)
        try await server.stop()
    }

    @Test func `A server that stays full refuses in the end`() async throws {
        let server = try await StandInServer.start { _ in
            .answer(503, headers: ["Retry-After": "0"], body: "full")
        }
        let tally = try await send(try feed([delivery(0)]), to: server)
        #expect(tally.byStatus == [503: 1])
        #expect(tally.firstRefusal == "503 full")
        #expect(server.received.count == 11)
        try await server.stop()
    }

    @Test func `Refusals are counted and do not hold up the others`() async throws {
        let server = try await StandInServer.start { number in
            number == 1 ? .answer(401, body: "wrong") : .answer(number == 2 ? 200 : 202)
        }
        let tally = try await send(try feed((0..<3).map { delivery($0) }), to: server)
        #expect(tally.byStatus == [202: 1, 401: 1, 200: 1])
        #expect(tally.refused == 1)
        try await server.stop()
    }

    @Test func `What is lost with a connection is sent again on the next`() async throws {
        let server = try await StandInServer.start { number in
            switch number {
            case 1: .hangsUp
            case 3: .answer(202, headers: ["Connection": "close"])
            default: .answer(202)
            }
        }
        let tally = try await send(try feed((0..<4).map { delivery($0) }), to: server)
        #expect(tally.byStatus == [202: 4])
        let numbers = server.received.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(numbers == [0, 1, 1, 2, 3].map { "{\"number\":\($0)}" })
        try await server.stop()
    }

    @Test func `An answer without an end is refused`() async throws {
        let server = try await StandInServer.start { _ in .endless }
        let feed = try feed([delivery(0)])
        await #expect {
            try await send(feed, to: server)
        } throws: { error in
            CommandFailure(explaining: error)?.lines
                == ["the server at 127.0.0.1:\(server.port) responds with more than 256 KiB"]
        }
        #expect(server.received.count == 1)
        try await server.stop()
    }

    @Test(arguments: ["999999999999999999999", "-9223372036854775808", "soon", ""])
    func `A time that nobody waits for makes a refusal`(time: String) async throws {
        let server = try await StandInServer.start { _ in .answer(503, headers: ["Retry-After": time]) }
        let tally = try await send(try feed([delivery(0)]), to: server)
        #expect(tally.byStatus == [503: 1])
        #expect(server.received.count == 1)
        try await server.stop()
    }

    @Test func `A server that is not there is named`() async throws {
        // A port that was free may be another test's by now; nobody listens at this one.
        let target = try #require(SendTarget("http://127.0.0.1:1"))
        let feed = try feed([delivery(0)])
        await #expect {
            try await send(feed, to: target)
        } throws: { error in
            CommandFailure(explaining: error)?.lines
                == ["the server at \(target.authority) cannot be reached: Connection refused"]
        }
    }

    @Test func `A source without a secret is named, as a matter of configuration`() async throws {
        let server = try await StandInServer.start { _ in .answer(202) }
        var copr = delivery(0)
        copr.source = .copr
        let feed = try feed([copr])
        await #expect(
            throws: CommandFailure(
                "no secret for signing copr's deliveries; set copr.webhook_secrets", code: .misconfigured)
        ) {
            try await send(feed, to: server)
        }
        try await server.stop()
    }

    @Test func `Times are moved by one constant so that the first delivery is received now`() async throws {
        let first = delivery(0, body: #"["2025-11-24T16:00:00Z"]"#)
        let second = delivery(90, body: #"["2025-11-24T16:01:29Z"]"#)
        let feed = try feed([first, second], shiftsToNow: true)
        let now = Int64(Date().timeIntervalSince1970)
        let (one, other) = (try #require(try await feed.next()), try #require(try await feed.next()))
        #expect(abs(one.delivery.receivedAt.seconds - now) < 60)
        #expect(other.delivery.receivedAt - one.delivery.receivedAt == .seconds(90))
        let times = [one, other].map { Timestamp(rfc3339: $0.delivery.body.dropFirst(2).dropLast(2)) }
        #expect(times[0] == one.delivery.receivedAt)
        #expect(times[1] == one.delivery.receivedAt + .seconds(89))
    }
}
