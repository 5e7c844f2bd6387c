import Logging
import SLOCore
import SLOMetrics
import SLOService
import SLOSources
import SLOUpstream
import ServiceLifecycle
import Testing

@Suite("Look-ups as a service") struct LookupServiceTests {
    /// A service that ends by itself while the group stops others makes the group fail, and the process exit with 1.
    @Test("without anybody to ask it ends with its group, and not before")
    func idle() async throws {
        let lookups = LookupService(
            LookupSettings(
                interval: .minutes(1), requestsPerMinute: 60, sources: SourceSettings(apps: [], coprUsers: [:]),
                rules: try RuleBook(),
                version: "test"),
            source: Nothing(), metrics: MetricsRegistry(settings: LedgerSettings(), version: "1"),
            logger: Logger(label: "test"))
        let stop = Stop()
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: lookups), .init(service: stop, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }

    private struct Nothing: LookupSource {
        func lookupRequests() async throws -> [LookupRequest] { [] }
        func urgentLookupRequests(of upstream: Upstream) -> [LookupRequest] { [] }
        func take(
            _ observations: [Observation], from upstream: Upstream,
            completion: @escaping @Sendable (DeliveryResponse) -> Void
        ) {
            completion(.stored)
        }
    }

    /// Ends once others had their turns.
    private struct Stop: Service {
        func run() async throws { for _ in 0..<1000 { await Task.yield() } }
    }
}
