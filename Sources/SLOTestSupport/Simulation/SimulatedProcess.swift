import Foundation
import Logging
import SLOCore
import SLOService
import SLOSources
import SLOStore

/// The whole service with its own database and a manual clock.
final class SimulatedProcess: Sendable {
    let disk: FaultyDisk
    private let service: ObserverService
    private let running: Task<Void, any Error>
    private let secret: String

    /// - Throws: what the service's start throws.
    init(
        database: String, inheritance: String, settings: LedgerSettings, clock: ManualClock, secret: String,
        mishapAtStart: FaultyDisk.Mishap? = nil
    ) throws {
        let disk = FaultyDisk(database: database, inheritance: inheritance)
        if let mishapAtStart { disk.arm(mishapAtStart) }
        self.disk = disk
        self.secret = secret
        let secrets = try SecretSet([secret])
        service = try ObserverService(
            settings: try ServiceSettings(simulating: settings, database: database),
            credentials: Credentials(
                secrets: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, secrets) })),
            clock: clock.asServiceClock, fault: { try disk.pass($0) },
            logger: .simulation)
        running = Task { [service] in try await service.run() }
    }

    /// Signs and sends a delivery, and waits for its response.
    func send(_ payload: Payload) async throws -> DeliveryResponse {
        let signature = try payload.body.withUnsafeBytes { try SecretSet.sign(body: $0, secret: secret) }
        let headers = WebhookHeaders(payload, signature: signature)
        return await withCheckedContinuation { continuation in
            payload.body.withUnsafeBytes {
                service.receive(source: payload.source, headers: headers, body: $0, arrivedAt: .now) {
                    continuation.resume(returning: $0)
                }
            }
        }
    }

    /// The exposition.
    var metrics: String { String(decoding: service.metrics(openMetrics: false), as: UTF8.self) }

    /// Stops it and waits for the end. One that died may fail to stop.
    func stop() async throws {
        running.cancel()
        do {
            try await running.value
        } catch {
            guard disk.isDead else { throw error }
        }
    }
}

extension ServiceSettings {
    /// Those of a service that forgets nothing for as long as a history lasts.
    init(simulating ledger: LedgerSettings, database: String) throws {
        self.init(
            database: database, ledger: ledger, sources: SourceSettings(simulating: ledger), rules: try RuleBook(),
            pruning: PruneLimits(
                keepBodies: .days(90), maxBodyBytes: 1 << 30, keepObservations: .days(90), keepIdentities: .days(30),
                keepHistory: .days(400)),
            maxQueuedDeliveries: 2048, maxBufferedBytes: 1 << 26, version: "simulation")
    }
}

extension Logger {
    /// Simulated services log nothing.
    static var simulation: Logger { Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() } }
}

extension SourceSettings {
    /// The Apps and users in a simulation's payloads.
    init(simulating settings: LedgerSettings) {
        self.init(
            apps: settings.deployments.map {
                App(slug: PayloadWriter.appSlug(of: $0), deployment: $0, appID: PayloadWriter.appID(of: $0))
            },
            coprUsers: Dictionary(
                settings.deployments.map { (PayloadWriter.coprUser(of: $0), $0) },
                uniquingKeysWith: { first, _ in first }),
            commandPrefixes: settings.deployments.map {
                CommandPrefix(deployment: $0, prefix: PayloadWriter.commandPrefix(of: $0))
            })
    }
}

extension WebhookHeaders {
    init(_ payload: Payload, signature: String?) {
        self.init { name in payload.headers.first { $0.name == name }?.value }
        self.signature = signature
    }
}
