import SLOCore
import SLOService
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct Bodies {
    @Test("A chunked body arrives whole, also in pieces, and room for it grows with it")
    func chunked() async throws {
        let receiver = FakeReceiver()
        let piece = String(repeating: "a", count: 50_000)
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(
                    "POST /webhooks/github HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                await receiver.until { $0.reservedBytes > 0 }
                #expect(receiver.reservedBytes == 65_536)
                for _ in 0..<4 { try await connection.send("c350\r\n\(piece)\r\n") }
                try await connection.send("0\r\n\r\n")
                #expect(try await connection.response().status == 202)
            }
        }
        #expect(receiver.received.map(\.body) == [Array(String(repeating: piece, count: 4).utf8)])
        #expect(receiver.highestReservedBytes == 262_144)
        #expect(receiver.reservedBytes == 0)
    }

    @Test("A body that comes in many parts arrives whole")
    func parts() async throws {
        let receiver = FakeReceiver()
        let body = (0..<40_000).map { "\($0)," }.joined()
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                let request = Array(post("/webhooks/github", body).utf8)
                for start in stride(from: 0, to: request.count, by: 10_007) {
                    let part = request[start..<min(start + 10_007, request.count)]
                    try await connection.send(String(decoding: part, as: UTF8.self))
                }
                #expect(try await connection.response().status == 202)
            }
        }
        #expect(receiver.received.map(\.body) == [Array(body.utf8)])
        #expect(receiver.highestReservedBytes == body.utf8.count)
    }

    @Test("A request without a body is the receiver's to judge")
    func none() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver) { server in
            let response = try await server.answer(to: "POST /webhooks/github HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(response.status == 202)
        }
        #expect(receiver.received.map(\.body) == [[]])
    }

    @Test("A declared length over the limit is refused before a byte is read, and nothing is reserved")
    func declaredTooLarge() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver, configure: { $0.maxBodyBytes = 1000 }) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send("POST /webhooks/copr HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n")
                let response = try await connection.response()
                #expect(response.status == 413)
                #expect(response["connection"] == "close")
                #expect(try ProblemDocument(response).detail == "The body is larger than 1000 bytes.")
                // The sender goes on undisturbed, and the connection ends with its body.
                try await connection.send(String(repeating: "x", count: 1001))
                #expect(try await connection.rest() == "")
            }
            let largest = String(repeating: "x", count: 1000)
            #expect(try await server.answer(to: post("/webhooks/copr", largest)).status == 202)
        }
        #expect(receiver.refused == [.init(source: .copr, refusal: .tooLarge(limitBytes: 1000))])
        #expect(receiver.highestReservedBytes == 1000)
    }

    @Test("A streamed body over the limit is refused there, what was gathered is dropped, and the connection ends")
    func streamedTooLarge() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver, configure: { $0.maxBodyBytes = 1000 }) { server in
            try await RawConnection.open(server.port) { connection in
                let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
                try await connection.send(
                    "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunk + chunk + chunk
                )
                let response = try await connection.response()
                #expect(response.status == 413)
                #expect(receiver.reservedBytes == 0)
                // A sender that never ends is cut off after twice as much.
                for _ in 0..<5 { try await connection.send(chunk) }
                #expect(try await connection.rest() == "")
            }
        }
        #expect(receiver.received.isEmpty)
        #expect(receiver.refused == [.init(source: .github, refusal: .tooLarge(limitBytes: 1000))])
        #expect(receiver.highestReservedBytes == 1000)
    }

    @Test("A sender that stops behind its refusal does not keep the connection")
    func lingeringEnds() async throws {
        try await TestServer.run(configure: {
            $0.maxBodyBytes = 1000
            $0.lingerTimeout = .milliseconds(10)
        }) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send("POST /webhooks/copr HTTP/1.1\r\nHost: t\r\nContent-Length: 9999\r\n\r\n")
                #expect(try await connection.response().status == 413)
                #expect(try await connection.rest() == "")
            }
        }
    }

    @Test("A body that stops, or trickles, is answered 408 when its time is over, and the connection ends")
    func slow() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(
            receiver: receiver,
            configure: {
                $0.bodyTimeout = .milliseconds(50)
                $0.lingerTimeout = .milliseconds(10)
            }
        ) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(
                    "POST /webhooks/github HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n{"
                )
                let response = try await connection.response()
                #expect(response.status == 408)
                #expect(response["connection"] == "close")
                #expect(receiver.reservedBytes == 0)
                #expect(try await connection.rest() == "")
            }
        }
        #expect(receiver.refused == [.init(source: .github, refusal: .tooSlow)])
        #expect(receiver.highestReservedBytes == 1000)
    }

    @Test("Without room for a body it is answered 503 with Retry-After, and served when there is room again")
    func overloaded() async throws {
        let receiver = FakeReceiver(roomBytes: 100)
        try await TestServer.run(receiver: receiver) { server in
            let response = try await server.answer(to: post("/webhooks/github", String(repeating: "x", count: 101)))
            #expect(response.status == 503)
            #expect(response["retry-after"] == "5")
            let fitting = String(repeating: "x", count: 100)
            #expect(try await server.answer(to: post("/webhooks/github", fitting)).status == 202)
        }
        #expect(receiver.refused == [.init(source: .github, refusal: .overloaded)])
    }

    @Test("A chunked body that finds no more room on its way is answered 503 and gives back what it had")
    func overloadedOnTheWay() async throws {
        let receiver = FakeReceiver(roomBytes: 70_000)
        try await TestServer.run(receiver: receiver) { server in
            let chunk = "11170\r\n" + String(repeating: "x", count: 70_000) + "\r\n"
            let response = try await server.answer(
                to: "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
            )
            #expect(response.status == 503)
        }
        #expect(receiver.reservedBytes == 0)
        #expect(receiver.refused == [.init(source: .github, refusal: .overloaded)])
    }

    @Test("No room is taken for what is only announced")
    func announced() async throws {
        let receiver = FakeReceiver()
        let all = 1 << 20
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(
                    "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nContent-Length: \(all)\r\n\r\n{")
                await receiver.until { $0.reservedBytes > 0 }
                #expect(receiver.reservedBytes == 64 << 10)
                try await connection.send(String(repeating: "x", count: 64 << 10))
                await receiver.until { $0.reservedBytes > 64 << 10 }
                #expect(receiver.reservedBytes == 128 << 10)
                try await connection.send(String(repeating: "x", count: all - 1 - (64 << 10)))
                #expect(try await connection.response().status == 202)
            }
        }
        #expect(receiver.received.map(\.body.count) == [all])
        #expect(receiver.highestReservedBytes == all)
        #expect(receiver.reservedBytes == 0)
    }

    @Test("A sender that goes away in the middle of its body leaves no reservation behind")
    func disconnect() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send("POST /webhooks/github HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n{")
                await receiver.until { $0.reservedBytes == 1000 }
            }
            await receiver.until { $0.reservedBytes == 0 }
        }
        #expect(receiver.received.isEmpty)
    }

    @Test("100 Continue is sent where the body will be read, before it is")
    func expectContinue() async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver) { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(
                    "POST /webhooks/github HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
                )
                #expect(try await connection.response().status == 100)
                try await connection.send("{}")
                let response = try await connection.response()
                #expect(response.status == 202)
                #expect(response["connection"] == nil)
            }
        }
    }

    @Test("100 Continue is not sent where the body will not be read")
    func expectNothing() async throws {
        try await TestServer.run(configure: { $0.maxBodyBytes = 10 }) { server in
            let requests = [
                (413, "POST /webhooks/github"), (404, "POST /webhooks/none"), (405, "PUT /webhooks/github"),
                (405, "POST /metrics"),
            ]
            for (status, line) in requests {
                try await RawConnection.open(server.port) { connection in
                    try await connection.send(
                        line + " HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"
                    )
                    let response = try await connection.response()
                    #expect(response.status == status)
                    #expect(response["connection"] == "close")
                }
            }
        }
    }
}
