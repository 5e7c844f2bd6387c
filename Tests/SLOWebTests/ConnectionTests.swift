import NIOCore
import SLOCore
import SLOService
import Synchronization
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct Connections {
    @Test("Pipelined requests are handled one after the other, in order, whoever serves them")
    func pipelining() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(
                    post("/webhooks/github", "one") + get("/livez") + post("/webhooks/copr", "two") + get("/nowhere")
                )
                await receiver.until { $0.received.count == 1 }
                receiver.answerOldest(.stored)
                #expect(try await connection.response().status == 202)
                #expect(try await connection.response().body == "{\"status\":\"live\"}\n")
                await receiver.until { $0.received.count == 2 }
                receiver.answerOldest(.alreadyHeld)
                #expect(try await connection.response().status == 200)
                #expect(try await connection.response().status == 404)
            }
        }
        #expect(receiver.received.map(\.body) == [Array("one".utf8), Array("two".utf8)])
    }

    @Test("The next pipelined delivery is not looked at before the one in hand is answered")
    func oneAtATime() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(post("/webhooks/github", "one") + post("/webhooks/github", "two"))
                await receiver.until { $0.received.count == 1 }
                // Another connection's whole exchange gives the second delivery every chance to be taken too early.
                #expect(try await server.answer(to: get("/livez")).status == 200)
                #expect(receiver.received.count == 1)
                receiver.answerOldest(.stored)
                await receiver.until { $0.received.count == 2 }
                receiver.answerOldest(.stored)
                #expect(try await connection.response().status == 202)
                #expect(try await connection.response().status == 202)
            }
        }
    }

    @Test("Thousands of pipelined requests are answered without a deep stack")
    func manyPipelined() async throws {
        let receiver = FakeReceiver()
        let count = 5000
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(String(repeating: post("/webhooks/copr", "{}"), count: count))
                for _ in 0..<count {
                    let response = try await connection.response()
                    try #require(response.status == 202)
                }
            }
        }
        #expect(receiver.received.count == count)
    }

    @Test("A connection serves request after request, deliveries and others")
    func keepAlive() async throws {
        try await TestServer.run { server in
            try await RawConnection.open(server.port) { connection in
                for _ in 0..<3 {
                    try await connection.send(post("/webhooks/github", "{}"))
                    #expect(try await connection.response()["connection"] == nil)
                    try await connection.send(get("/readyz"))
                    #expect(try await connection.response()["connection"] == nil)
                }
            }
        }
    }

    @Test("Connection: close, HTTP/1.0 and an offered upgrade end the connection after the answer")
    func lastRequest() async throws {
        try await TestServer.run { server in
            let requests = [
                post("/webhooks/github", "{}", headers: "Connection: close\r\n"),
                get("/livez", headers: "Connection: close\r\n"),
                get("/livez", headers: "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
                "GET /livez HTTP/1.0\r\n\r\n",
            ]
            for request in requests {
                try await RawConnection.open(server.port) { connection in
                    try await connection.send(request)
                    let response = try await connection.response()
                    #expect(response.status / 100 == 2)
                    #expect(response["connection"] == "close")
                    #expect(try await connection.rest() == "")
                }
            }
        }
    }

    @Test("A sender that has closed its half still gets its answer")
    func halfClosed() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(post("/webhooks/github", "{}"))
                connection.finishSending()
                await receiver.until { $0.received.count == 1 }
                receiver.answerOldest(.stored)
                let response = try await connection.response()
                #expect(response.status == 202)
                #expect(try await connection.rest() == "")
            }
        }
    }

    @Test("Requests that come together with the end of their sender are all answered", arguments: 1...30)
    func halfClosedAtOnce(round: Int) async throws {
        try await TestServer.run { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(get("/livez") + post("/webhooks/github", "{}") + get("/readyz"))
                connection.finishSending()
                #expect(try await connection.response().status == 200)
                #expect(try await connection.response().status == 202)
                // It says `Connection: close` only if the end had come by then.
                #expect(try await connection.response().status == 200)
                #expect(try await connection.rest() == "")
            }
        }
    }

    @Test("An answer that comes after its sender has gone is dropped")
    func lateAnswer() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(post("/webhooks/github", "{}"))
                await receiver.until { $0.received.count == 1 }
            }
            receiver.answerOldest(.stored)
            #expect(try await server.answer(to: get("/livez")).status == 200)
        }
    }

    @Test(
        "What is not HTTP is answered and the connection ends",
        arguments: [
            (400, "NONSENSE\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            (400, "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nContent-Length: two\r\n\r\n"),
            (
                400,
                "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
            ),
            (400, "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            (431, "GET /livez HTTP/1.1\r\nHost: t\r\nX: " + String(repeating: "x", count: 20_000) + "\r\n\r\n"),
            (431, "GET /" + String(repeating: "x", count: 20_000) + " HTTP/1.1\r\nHost: t\r\n\r\n"),
            (431, "GET /livez HTTP/1.1\r\nHost: t\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n"),
        ])
    func notHTTP(status: Int, request: String) async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver, configure: { $0.lingerTimeout = .milliseconds(10) }) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(request)
                let response = try await connection.response()
                #expect(response.status == status)
                #expect(response["connection"] == "close")
                #expect(try ProblemDocument(response).status == status)
                #expect(try await connection.rest() == "")
            }
        }
        #expect(receiver.received.isEmpty)
        #expect(receiver.reservedBytes == 0)
    }

    @Test("What is not HTTP behind a good request waits for that request's answer")
    func notHTTPBehind() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(post("/webhooks/github", "{}") + "NONSENSE\r\n\r\n")
                await receiver.until { $0.received.count == 1 }
                receiver.answerOldest(.stored)
                #expect(try await connection.response().status == 202)
                #expect(try await connection.response().status == 400)
            }
        }
    }

    /// On a machine that is busy elsewhere what is to be answered must not come too late.
    @Test(
        "An idle connection is closed, after an answer too, and so is one whose head never ends",
        arguments: [
            ("", "", Duration.seconds(1)), ("GET /livez HT", "", .seconds(1)),
            (post("/webhooks/github", "{}"), "HTTP/1.1 202 Accepted", .seconds(10)),
        ])
    func idle(sent: String, answer: String, timeout: Duration) async throws {
        try await TestServer.run(configure: { $0.idleTimeout = timeout }) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(sent)
                let rest = try await connection.rest()
                #expect(rest.prefix { $0 != "\r\n" } == answer)
            }
        }
    }

    @Test("When all slots are taken, the connection that has waited longest gives its slot up")
    func idleGiveWay() async throws {
        try await TestServer.run(configure: { $0.maxConnections = 2 }) { server in
            try await RawConnection.open(server.port) { oldest in
                try await oldest.send(get("/livez"))
                #expect(try await oldest.response().status == 200)
                try await RawConnection.open(server.port) { younger in
                    try await younger.send(get("/livez"))
                    #expect(try await younger.response().status == 200)
                    // Only who has had the time to send something is asked to leave.
                    try await Task.sleep(for: .milliseconds(600))
                    #expect(try await server.answer(to: post("/webhooks/github", "{}")).status == 202)
                    #expect(try await oldest.rest() == "")
                    try await younger.send(get("/livez"))
                    #expect(try await younger.response().status == 200)
                }
            }
        }
    }

    @Test("When all slots are taken and at work, a new connection is served once; what does not come at once gets 503")
    func crowded() async throws {
        let receiver = FakeReceiver(answer: nil)
        try await TestServer.run(
            receiver: receiver,
            configure: {
                $0.maxConnections = 1
                $0.crowdedTimeout = .seconds(5)
            }
        ) { server in
            try await RawConnection.open(server.port) { working in
                try await working.send(post("/webhooks/github", "{}"))
                await receiver.until { $0.received.count == 1 }
                let refused = try await server.answer(
                    to: "POST /webhooks/copr HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{")
                #expect(refused.status == 503)
                #expect(refused["retry-after"] == "5")
                #expect(refused["connection"] == "close")
                #expect(receiver.refused == [.init(source: .copr, refusal: .overloaded)])
                let probe = try await server.answer(to: get("/livez"))
                #expect(probe.status == 200)
                #expect(probe["connection"] == "close")
                receiver.answerOldest(.stored)
                #expect(try await working.response().status == 202)
                try await working.send(post("/webhooks/github", "{}"))
                await receiver.until { $0.received.count == 2 }
                async let late = server.answer(to: post("/webhooks/copr", "{}"))
                await receiver.until { $0.received.count == 3 }
                receiver.answerOldest(.stored)
                receiver.answerOldest(.stored)
                let served = try await late
                #expect(served.status == 202)
                #expect(served["connection"] == "close")
                #expect(try await working.response().status == 202)
            }
        }
    }

    @Test("Who leaves when all slots are taken: who waits longest, else who is slow to send, else nobody")
    func whoLeaves() {
        let left = Mutex<[String]>([])
        func slot(_ name: String, _ occupation: ConnectionSlot.Occupation) -> ConnectionSlot {
            let slot = ConnectionSlot { left.withLock { $0.append(name) } }
            slot.occupation = occupation
            return slot
        }
        let now = NIODeadline.now()
        let limiter = ConnectionLimiter(slots: 4)
        #expect(limiter.admit(slot("just come", .waiting(since: now))))
        #expect(limiter.admit(slot("slow", .reading(since: now - .seconds(3)))))
        #expect(limiter.admit(slot("waiting", .waiting(since: now - .seconds(1)))))
        #expect(limiter.admit(slot("waiting longer", .waiting(since: now - .seconds(2)))))
        #expect(left.withLock { $0 } == [])
        for _ in 0..<3 { #expect(limiter.admit(slot("new", .reading(since: now)))) }
        #expect(left.withLock { $0 } == ["waiting longer", "waiting", "slow"])
        let unwanted = slot("unwanted", .working)
        #expect(!limiter.admit(unwanted))
        #expect(left.withLock { $0.count } == 3)
    }
}
