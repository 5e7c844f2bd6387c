import Foundation
import SLOConfiguration
import SLOService
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct Operations {
    @Test("Metrics are plain text, or OpenMetrics where that is preferred")
    func metrics() async throws {
        try await TestServer.run { server in
            let plain = try await server.answer(to: get("/metrics"))
            #expect(plain.status == 200)
            #expect(plain["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(plain["vary"] == "Accept")
            #expect(plain.body == "plain 1\n")
            let accept = "Accept: application/openmetrics-text;version=1.0.0;q=0.9, text/plain;q=0.5\r\n"
            let open = try await server.answer(to: get("/metrics", headers: accept))
            #expect(open["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(open.body == "open 1\n# EOF\n")
        }
    }

    @Test(
        "The format is chosen by quality, then by how exactly a range fits",
        arguments: [
            (nil, MetricsFormat.prometheus),
            ("", .prometheus),
            ("*/*", .prometheus),
            ("application/json", .prometheus),
            ("text/*", .prometheus),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .prometheus),
            ("application/*", .openMetrics),
            ("application/openmetrics-text", .openMetrics),
            ("APPLICATION/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1", .openMetrics),
            ("application/openmetrics-text;version=2.0.0, text/plain;q=0.1", .prometheus),
            ("application/openmetrics-text;q=0, */*", .prometheus),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.3", .prometheus),
            ("application/openmetrics-text;q=nonsense,text/plain;q=0.001", .prometheus),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
                    + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
                    + "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                    + "text/plain;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics
            ),
        ] as [(String?, MetricsFormat)])
    func negotiation(accept: String?, format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }

    @Test("Readiness names each component and why it is not ready")
    func readiness() async throws {
        var status = FakeStatus()
        try await TestServer.run(status: status) { server in
            let ready = try await server.answer(to: get("/readyz"))
            #expect(ready.status == 200)
            #expect(ready["content-type"] == "application/json")
            #expect(ready["cache-control"] == "no-store")
            let json = try JSONSerialization.jsonObject(with: Data(ready.body.utf8)) as? [String: Any]
            #expect(json?["status"] as? String == "ready")
        }
        status.readiness.append(ComponentHealth(component: "writer", isReady: false, reason: "disk \"full\""))
        try await TestServer.run(status: status) { server in
            let response = try await server.answer(to: get("/readyz"))
            #expect(response.status == 503)
            let problem = try ProblemDocument(response)
            #expect(problem.detail == "Not ready: writer (disk \"full\").")
            #expect(
                problem.components == [
                    .init(component: "database", ready: true, reason: ""),
                    .init(component: "writer", ready: false, reason: "disk \"full\""),
                ])
        }
    }

    @Test("What is not vital is named and makes nothing unready")
    func readinessWithoutTheBroker() async throws {
        var status = FakeStatus()
        status.readiness.append(
            ComponentHealth(component: "fedora_messaging", isReady: false, isVital: false, reason: "no heartbeat"))
        let ready = try await TestServer.run(status: status) { try await $0.answer(to: get("/readyz")) }
        #expect(ready.status == 200)
        #expect(ready.body.contains(#"{"component":"fedora_messaging","ready":false,"reason":"no heartbeat"}"#))
    }

    @Test("Liveness is 200 while the process works and 503 when it does not", arguments: [(true, 200), (false, 503)])
    func liveness(isLive: Bool, code: Int) async throws {
        var status = FakeStatus()
        status.isLive = isLive
        let response = try await TestServer.run(status: status) { try await $0.answer(to: get("/livez")) }
        #expect(response.status == code)
    }

    @Test(
        "HEAD answers what GET does, without the body",
        arguments: [
            "/metrics", "/livez", "/readyz", "/", "/waiting", "/style.css", "/fresh.js", "/api/v1/objectives",
            "/api/v1/openapi.json", "/badges/builds.svg",
        ])
    func head(path: String) async throws {
        try await TestServer.run { server in
            try await RawConnection.open(server.port) { connection in
                try await connection.send(get(path))
                let whole = try await connection.response()
                try await connection.send(get(path, method: "HEAD") + get("/livez"))
                let head = try await connection.response(hasBody: false)
                #expect(head.status == 200)
                #expect(head["content-type"] == whole["content-type"])
                #expect(head["content-length"] == "\(whole.body.utf8.count)")
                #expect(try await connection.response().body == "{\"status\":\"live\"}\n")
            }
        }
    }

    @Test("An unknown path is 404 and a wrong method 405, both as problem documents")
    func errors() async throws {
        try await TestServer.run { server in
            let missing = try await server.answer(to: get("/no\"where"))
            #expect(missing.status == 404)
            #expect(try ProblemDocument(missing).detail == "There is nothing at /no\"where.")
            let paths = ["/metrics", "/acme/rocket/pull/1", "/api/v1/repositories/acme/rocket/pulls/1"]
            for (path, method) in paths.flatMap({ path in
                ["POST", "DELETE", "OPTIONS", "PROPFIND"].map { (path, $0) }
            }) {
                let wrong = try await server.answer(to: get(path, method: method))
                #expect(wrong.status == 405)
                #expect(wrong["allow"] == "GET, HEAD")
                #expect(try ProblemDocument(wrong).status == 405)
            }
        }
    }

    @Test("With an address for operations, the first serves webhooks and probes only, the second all but webhooks")
    func twoAddresses() async throws {
        try await TestServer.run(hasOperations: true) { server in
            let operationsPort = try #require(server.operationsPort)
            let outside = [
                (post("/webhooks/github", "{}"), 202, 404), (get("/webhooks/github"), 405, 404),
                (get("/livez"), 200, 200), (get("/readyz"), 200, 200), (get("/metrics"), 404, 200),
                (get("/"), 404, 200), (get("/api/v1/objectives"), 404, 200), (get("/badges/status.svg"), 404, 200),
            ]
            for (request, first, second) in outside {
                #expect(try await server.answer(to: request).status == first)
                let status = try await RawConnection.open(operationsPort) { connection in
                    try await connection.send(request)
                    return try await connection.response().status
                }
                #expect(status == second)
            }
        }
    }

    @Test("An address that is taken stops the server and is named")
    func addressTaken() async throws {
        try await TestServer.run { server in
            let taken = ListenAddress(host: "127.0.0.1", port: server.port)
            let error = await #expect(throws: WebServerError.self) {
                try await TestServer.run(configure: { $0.listen = taken }) { _ in }
            }
            #expect(error?.description.contains("127.0.0.1:\(server.port)") == true)
            let second = await #expect(throws: WebServerError.self) {
                try await TestServer.run(hasOperations: true, configure: { $0.operations = taken }) { _ in }
            }
            #expect(second?.description.contains("127.0.0.1:\(server.port)") == true)
        }
    }
}
