import NIOCore
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct Disorder {
    @Test("Whatever is sent, the server goes on and keeps no reservation", arguments: UInt64(1)...8)
    func anyBytes(seed: UInt64) async throws {
        let receiver = FakeReceiver()
        var random = Random(state: seed)
        try await TestServer.run(
            receiver: receiver,
            configure: {
                $0.maxBodyBytes = 64
                $0.bodyTimeout = .milliseconds(20)
                $0.idleTimeout = .milliseconds(20)
                $0.lingerTimeout = .milliseconds(5)
            }
        ) { server in
            for _ in 0..<25 {
                let text = (0..<Int.random(in: 1...12, using: &random))
                    .map { _ in Self.fragments.randomElement(using: &random) ?? "" }
                // What the server left unread ends a connection with a reset, which is an end like any other.
                do { try await Self.send(text, to: server, andReads: Bool.random(using: &random)) } catch is IOError {}
            }
            await receiver.until { $0.reservedBytes == 0 }
            // On a machine that is busy a connection may be idle for too long before it has sent anything.
            var status: Int?
            while status == nil { status = try? await server.answer(to: post("/webhooks/github", "{}")).status }
            #expect(status == 202)
        }
    }

    private static func send(_ parts: [String], to server: TestServer, andReads: Bool) async throws {
        try await RawConnection.open(server.port) { connection in
            for part in parts {
                // The server may have had enough already.
                do { try await connection.send(part) } catch { break }
            }
            if andReads { _ = try await connection.rest() }
        }
    }

    private static let fragments = [
        post("/webhooks/github", "{}"), post("/webhooks/copr", String(repeating: "x", count: 65)), get("/livez"),
        get("/metrics", method: "HEAD"), "POST /webhooks/github HTTP/1.1\r\n", "GET / HTTP/1.1\r\n", "Host: t\r\n",
        "Content-Length: 3\r\n", "Content-Length: 70\r\n", "Transfer-Encoding: chunked\r\n",
        "Expect: 100-continue\r\n", "Connection: close\r\n", "Connection: Upgrade\r\nUpgrade: h2c\r\n", "\r\n",
        "3\r\nabc\r\n", "0\r\n\r\n", "50\r\n" + String(repeating: "y", count: 80) + "\r\n", "abc", "\u{0}\u{1}",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]

    /// Repeats itself for the same seed.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ (self.state >> 29)
        }
    }
}
