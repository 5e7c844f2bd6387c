import SLOCore
import SLOService
import SLOSources
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct WebhookResponses {
    @Test("The receiver gets the source, the headers it looks at and the exact bytes")
    func handsOver() async throws {
        let receiver = FakeReceiver()
        let headers = """
            content-type: application/json\r
            X-GitHub-Event: pull_request\r
            X-GITHUB-DELIVERY: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r
            X-Hub-Signature-256: sha256=00\r
            X-GitHub-Hook-Installation-Target-Type: integration\r
            X-GitHub-Hook-Installation-Target-ID: 29180\r
            X-Other: forgotten\r

            """
        let response = try await TestServer.run(receiver: receiver) { server in
            try await server.answer(to: post("/webhooks/github", "{\"ü\":1}", headers: headers))
        }
        #expect(response.status == 202)
        #expect(response["content-type"] == "application/json")
        #expect(response.body == "{\"status\":\"stored\"}\n")
        #expect(response["date"]?.hasSuffix(" GMT") == true)
        let expected = WebhookHeaders(
            contentType: "application/json", event: "pull_request", delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            signature: "sha256=00", hookTargetType: "integration", hookTargetID: "29180"
        )
        #expect(receiver.received == [.init(source: .github, headers: expected, body: Array("{\"ü\":1}".utf8))])
        #expect(receiver.reservedBytes == 0)
    }

    @Test("Blanks behind a header are not part of it, and a header that comes twice has a comma in it")
    func oddHeaders() async throws {
        let receiver = FakeReceiver()
        let headers = "X-GitHub-Event: push \t\r\nX-GitHub-Delivery: 1\r\nX-GitHub-Delivery: 2\r\n"
        _ = try await TestServer.run(receiver: receiver) { server in
            try await server.answer(to: post("/webhooks/github", "{}", headers: headers))
        }
        #expect(receiver.received.map(\.headers.event) == ["push"])
        #expect(receiver.received.map(\.headers.delivery) == ["1, 2"])
    }

    @Test("Every source has its path, with or without a query, also in absolute form", arguments: Source.allCases)
    func paths(source: Source) async throws {
        let receiver = FakeReceiver()
        try await TestServer.run(receiver: receiver) { server in
            let path = "/webhooks/\(source.rawValue)"
            for target in [path, path + "?a=b", "http://test" + path] {
                let response = try await server.answer(to: post(target, "{}"))
                #expect(response.status == 202)
            }
        }
        #expect(receiver.received.map(\.source) == [source, source, source])
    }

    @Test(
        "Each refusal has its status, and a problem document that says why",
        arguments: [
            (Refusal.badSignature("The signature does not match."), 401, "The signature does not match."),
            (.malformed("Not \"JSON\"\n"), 400, "Not \"JSON\"\n"),
            (.tooLarge(limitBytes: 7), 413, "The body is larger than 7 bytes."),
            (.unsupportedMediaType("Send JSON."), 415, "Send JSON."),
            (.tooSlow, 408, "The body did not arrive in time."),
            (.noSecret(.copr), 503, "No secret is configured for copr, so its deliveries cannot be verified."),
            (.overloaded, 503, "The server has too many deliveries to store; send this one again later."),
            (.unstored("The disk is full."), 503, "The disk is full."),
            (.stopping, 503, "The server is stopping."),
        ])
    func refusals(refusal: Refusal, status: Int, detail: String) async throws {
        let response = try await TestServer.run(receiver: FakeReceiver(answer: .refused(refusal))) { server in
            try await server.answer(to: post("/webhooks/copr", "{}"))
        }
        #expect(response.status == status)
        let problem = try ProblemDocument(response)
        #expect(problem.status == status)
        #expect(problem.detail == detail)
        #expect(problem.type == "about:blank")
        #expect(!problem.title.isEmpty)
        #expect((response["retry-after"] != nil) == (status == 503))
        #expect((response["www-authenticate"] != nil) == (status == 401))
    }

    @Test("A ping and a delivery already held are answered 200", arguments: [DeliveryResponse.pong, .alreadyHeld])
    func ok(answer: DeliveryResponse) async throws {
        let response = try await TestServer.run(receiver: FakeReceiver(answer: answer)) { server in
            try await server.answer(to: post("/webhooks/github", "{}"))
        }
        #expect(response.status == 200)
        #expect(response.body == (answer == .pong ? "{\"status\":\"pong\"}\n" : "{\"status\":\"already held\"}\n"))
    }

    @Test("Other methods on a webhook are answered 405 with Allow, and the connection goes on")
    func methods() async throws {
        try await TestServer.run { server in
            try await RawConnection.open(server.port) { connection in
                for method in ["GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND"] {
                    try await connection.send(get("/webhooks/github", method: method))
                    let response = try await connection.response(hasBody: method != "HEAD")
                    #expect(response.status == 405)
                    #expect(response["allow"] == "POST")
                    #expect(response["connection"] == nil)
                }
            }
        }
    }

    @Test("An unknown source is answered 404")
    func unknownSource() async throws {
        try await TestServer.run { server in
            for path in ["/webhooks/gitlab", "/webhooks/github/", "/webhooks/", "/webhooks/GitHub"] {
                let response = try await server.answer(to: post(path, "{}"))
                #expect(response.status == 404)
                #expect(try ProblemDocument(response).status == 404)
            }
        }
    }
}
