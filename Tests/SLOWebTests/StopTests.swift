import SLOCore
import SLOService
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct Stop {
    @Test("What is in flight is finished and answered, and its connection then ends")
    func inFlight() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { uploading in
                try await RawConnection.open(server.port) { answering in
                    try await answering.send(post("/webhooks/github", "{}"))
                    await receiver.until { $0.received.count == 1 && $0.reservedBytes == 0 }
                    try await uploading.send("POST /webhooks/copr HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{")
                    await receiver.until { $0.reservedBytes == 2 }

                    await server.stop()
                    receiver.answerOldest(.stored)
                    let response = try await answering.response()
                    #expect(response.status == 202)
                    try await uploading.send("}")
                    await receiver.until { $0.received.count == 2 }
                    receiver.answerOldest(.stored)
                    #expect(try await uploading.response().status == 202)
                    #expect(try await answering.rest() == "")
                    #expect(try await uploading.rest() == "")
                }
            }
        }
    }

    @Test(
        "A new delivery on an open connection is taken, another request is told 503, and the connection ends",
        arguments: [
            (post("/webhooks/github", "{}"), 202), (get("/metrics"), 503),
        ])
    func newRequest(request: String, status: Int) async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver, configure: { $0.stopGrace = .seconds(60) }) { server in
            try await RawConnection.open(server.port) { connection in
                try await RawConnection.open(server.port) { witness in
                    try await connection.send(get("/livez"))
                    #expect(try await connection.response().status == 200)
                    try await witness.send(post("/webhooks/copr", "{}"))
                    await receiver.until { $0.received.count == 1 }
                    await server.stop()
                    // Both connections are told of the stop in one go: the witness's answer shows that it has begun.
                    try await stopHasBegun(port: server.port)

                    receiver.answerOldest(.stored)
                    #expect(try await witness.response().status == 202)
                    try await connection.send(request)
                    if status == 202 {
                        await receiver.until { $0.received.count == 2 }
                        receiver.answerOldest(.stored)
                    }
                    let response = try await connection.response()
                    #expect(response.status == status)
                    #expect(response["connection"] == "close")
                    if status == 503 {
                        #expect(response["retry-after"] == "10")
                        #expect(try ProblemDocument(response).status == 503)
                    }
                    #expect(try await connection.rest() == "")
                }
            }
        }
        #expect(receiver.refused == [])
    }

    @Test("An upload that stalls does not hold the stop beyond its body's time")
    func stalledUpload() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(
            receiver: receiver,
            configure: {
                $0.bodyTimeout = .seconds(3)
                $0.lingerTimeout = .milliseconds(10)
            }
        ) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send("POST /webhooks/copr HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{")
                await receiver.until { $0.reservedBytes == 2 }
                await server.stop()
                #expect(try await connection.response().status == 408)
                #expect(try await connection.rest() == "")
            }
        }
        #expect(receiver.reservedBytes == 0)
    }

    @Test("A receiver that never answers does not hold the stop beyond its own time")
    func neverAnswered() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver, configure: { $0.stopTimeout = .milliseconds(50) }) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(post("/webhooks/github", "{}"))
                await receiver.until { $0.received.count == 1 }
                await server.stop()
                #expect(try await connection.rest() == "")
            }
        }
    }

    @Test("Idle connections end with the stop")
    func idle() async throws {
        try await TestServer.run { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(get("/livez"))
                #expect(try await connection.response().status == 200)
                await server.stop()
                #expect(try await connection.rest() == "")
            }
        }
    }

    @Test("Connections that arrive in the moment of the stop do no harm", arguments: 1...20)
    func arrivals(round: Int) async throws {
        try await TestServer.run { server in
            async let stopped: Void = server.stop()
            try await stopHasBegun(port: server.port)
            await stopped
        }
    }

    /// Returns once the address takes no new connections, or the test is over.
    private func stopHasBegun(port: Int) async throws {
        while !Task.isCancelled {
            do {
                try await RawConnection.open(port) { _ in }
            } catch {
                return
            }
        }
    }
}
