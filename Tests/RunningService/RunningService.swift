import Foundation
import Logging
package import SLOCore
package import SLOService
package import SLOSources
package import SLOStore
import ServiceLifecycle

/// A service that runs for as long as a test is at it.
package enum RunningService {
    private static let secret = "tests-of-the-service"

    package static var sources: SourceSettings {
        SourceSettings(
            apps: [.init(slug: "packit-as-a-service", deployment: Deployment("prod"))],
            coprUsers: ["packit": Deployment("prod")],
            commandPrefixes: [.init(deployment: Deployment("prod"), prefix: "/packit")])
    }

    package static func settings(_ database: String, ledger: LedgerSettings = LedgerSettings()) throws
        -> ServiceSettings
    {
        ServiceSettings(
            database: database, ledger: ledger, sources: sources, rules: try RuleBook(),
            pruning: PruneLimits(
                keepBodies: .days(7), maxBodyBytes: 1 << 30, keepObservations: .days(90), keepIdentities: .days(30),
                keepHistory: .days(400)),
            maxQueuedDeliveries: 100, maxBufferedBytes: 1 << 20, version: "test")
    }

    /// Runs until the body is through and the service has stopped.
    /// - Parameter mayFail: the service may end by itself; otherwise that is thrown.
    @discardableResult
    package static func run(
        _ settings: ServiceSettings, credentials: (SecretSet) -> Credentials = { Credentials(secrets: [.github: $0]) },
        clock: ServiceClock = .system, fault: @escaping StoreFault = { _ in }, mayFail: Bool = false,
        _ body: (ObserverService) async throws -> Void
    ) async throws -> ObserverService {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = try ObserverService(
            settings: settings, credentials: credentials(try SecretSet([secret])), clock: clock, fault: fault,
            logger: silent)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, failureTerminationBehavior: mayFail ? .ignore : .cancelGroup)],
                logger: silent))
        async let running: Void = group.run()
        try await body(service)
        await group.triggerGracefulShutdown()
        try await running
        return service
    }

    /// Sends a signed body as its source would.
    package static func send(
        _ text: String, event: String? = nil, delivery: String? = nil, from source: Source = .github,
        to service: ObserverService
    ) async throws -> DeliveryResponse {
        let body = Array(text.utf8)
        let signature = try body.withUnsafeBytes { try SecretSet.sign(body: $0, secret: secret) }
        let headers = WebhookHeaders(
            contentType: "application/json", event: event, delivery: delivery, signature: signature)
        return await withCheckedContinuation { continuation in
            body.withUnsafeBytes {
                service.receive(source: source, headers: headers, body: $0, arrivedAt: .now) {
                    continuation.resume(returning: $0)
                }
            }
        }
    }
}

/// A folder of databases.
package struct ScratchPlace {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "packit-slo-\(UUID())")

    package init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    package func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    package func path(_ name: String) -> String { folder.appending(path: name + ".sqlite").path }

    /// What a crash at this moment would leave.
    package func copy(_ name: String, to other: String) throws {
        let store = try SQLiteReader.open(path: path(name))
        try store.backup(to: path(other), startedAt: Timestamp(seconds: 0))
        try store.close()
    }
}
