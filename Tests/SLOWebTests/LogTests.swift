import Logging
import SLOService
import Synchronization
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct Logs {
    @Test("A request is logged with its path, never with its query, body, signature or credentials")
    func requests() async throws {
        let log = CapturedLog()
        let headers = "X-Hub-Signature-256: sha256=5e77ed\r\nAuthorization: Bearer 5e77ed\r\n"
        try await TestServer.run(logger: log.logger, configure: { $0.maxBodyBytes = 100 }) { server in
            _ = try await server.answer(to: post("/webhooks/testing-farm", "{\"token\":\"5e77ed\"}", headers: headers))
            let tooLarge = String(repeating: "5e77ed", count: 100)
            _ = try await server.answer(to: post("/webhooks/testing-farm", tooLarge, headers: headers))
            _ = try await server.answer(to: get("/metrics?token=5e77ed", headers: headers))
            _ = try await server.answer(to: "5e77ed 5e77ed\r\n\r\n")
        }
        #expect(log.text.contains("/metrics"))
        #expect(!log.text.contains("5e77ed"))
    }
}

/// Keeps all that is logged, at every level, with its metadata.
private final class CapturedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { self.lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        Logger(label: "captured") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.log.lines.withLock { $0.append("\(event.level) \(event.message) \(metadata)") }
        }
    }
}
