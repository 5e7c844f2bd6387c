import Logging
import SLOConfiguration
import SLOService
import SLOWeb
import ServiceLifecycle
import Testing
import SLOHTTP
@testable import SLOQueries

/// A server on ports of the system's choice.
struct TestServer {
    let port: Int
    /// Of the second address, where one was asked for.
    let operationsPort: Int?
    private let server: WebServer
    private let group: ServiceGroup

    /// Runs a server for as long as the body takes, then stops it and waits until it has.
    static func run<Value: Sendable>(
        receiver: any WebhookReceiver = FakeReceiver(), status: any ServiceStatus = FakeStatus(),
        pages: any QueryAPI = FakePages(), notes: (any TimeNoteJournal)? = nil,
        hasOperations: Bool = false, logger: Logger = .silent, configure: (inout WebConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let anyPort = ListenAddress(host: "127.0.0.1", port: 0)
        var configuration = WebConfiguration(listen: anyPort, operations: hasOperations ? anyPort : nil)
        configuration.stopGrace = .milliseconds(10)
        configure(&configuration)

        let (listening, source) = AsyncStream.makeStream(of: (WebServer.Role, Int).self)
        let routes = try WebRoutes(status: status, queries: pages, notes: notes, logger: logger)
        let server = try WebServer(
            configuration: configuration, receiver: receiver, status: status, logger: logger,
            responder: routes.responder(for:)
        ) { role, address in
            source.yield((role, address.port))
        }
        let quiet = Logger.silent
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { source.finish() }
                try await group.run()
            }
            var ports: [WebServer.Role: Int] = [:]
            for await (role, port) in listening {
                ports[role] = port
                if ports.count == (hasOperations ? 2 : 1) { break }
            }
            if ports.isEmpty { try await tasks.waitForAll() }
            let port = try #require(ports[.everything] ?? ports[.webhooksAndProbes])
            let running = TestServer(port: port, operationsPort: ports[.operations], server: server, group: group)
            let value = try await body(running)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }

    func reloadCertificate() throws {
        try self.server.reloadCertificate()
    }

    /// Begins the stop; `run` waits for its end.
    func stop() async {
        await self.group.triggerGracefulShutdown()
    }

    /// One request on a connection of its own.
    func answer(to request: String, hasBody: Bool = true) async throws -> RawConnection.Response {
        try await RawConnection.open(self.port) { connection in
            try await connection.send(request)
            return try await connection.response(hasBody: hasBody)
        }
    }
}

extension Logger {
    static var silent: Logger {
        var logger = Logger(label: "silent")
        logger.logLevel = .critical
        return logger
    }
}

/// The text of a request with a declared length.
func post(_ path: String, _ body: String, headers: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

func get(_ path: String, method: String = "GET", headers: String = "") -> String {
    "\(method) \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n"
}
