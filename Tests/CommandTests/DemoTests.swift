import Foundation
import SLOConditions
import SLOConfiguration
import SLOCore
import SLODemo
import SLOQueries
import SLOService
import SLOSources
import SLOStore
import Testing

@testable import packit_slo

@Suite final class `The made-up month` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "packit-slo-demo-\(UUID().uuidString)")
    private let now = Timestamp(rfc3339: "2026-11-29T04:10:00Z")!

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    @Test func `It is the same for the same end, in order of receipt, and does not end`() {
        let once = Array(DemoWorld(endingAt: now, days: 10).prefix(5000))
        let again = Array(DemoWorld(endingAt: now, days: 10).prefix(5000))
        #expect(once.map(\.receivedAt) == again.map(\.receivedAt))
        #expect(once.map(\.body) == again.map(\.body))
        #expect(zip(once, once.dropFirst()).allSatisfy { $0.receivedAt <= $1.receivedAt })
        #expect(DemoWorld(endingAt: now, days: 1).first { $0.receivedAt > self.now + .days(1) } != nil)
    }

    @Test func `Everything in it is understood`() throws {
        let decoder = DeliveryDecoder(settings: SourceSettings(Configuration()), rules: try RuleBook())
        for delivery in DemoWorld(endingAt: now, days: 10).prefix(2000) {
            let decoded = delivery.body.withUnsafeBytes {
                decoder.decode(source: delivery.source, headers: delivery.headers, body: $0)
            }
            #expect([.accepted, .ignored].contains(decoded.outcome.deliveryOutcome))
        }
    }

    @Test func `Its database tells the three incidents`() throws {
        let path = folder.appending(path: "demo.sqlite").path
        let configuration = try Configuration.load(
            file: nil, environment: ["PACKIT_SLO_DATABASE": path, "PACKIT_SLO_GITHUB_APPS": "packit-as-a-service=prod"]
        ).configuration
        let world = DemoWorld(endingAt: now, days: 10)
        _ = try fillDatabase(
            at: path, configuration, from: world.begins, sampling: world.incidents.sampling(at:)
        ) { importer in
            for delivery in world.prefix(while: { $0.receivedAt <= now }) { try importer.take(delivery) }
            try importer.advance(to: now)
        }
        let store = try SQLiteReader.open(path: path)
        defer { try? store.close() }
        let open = try store.openIncidents(atMost: 100).filter { $0.firedAt != nil }
        let ended = try store.firedIncidents(endedSince: world.begins, atMost: 1000)
        #expect(open.contains { $0.condition == "PackitRunsStalled" && $0.party == .testingFarm })
        #expect(!open.contains { $0.condition == "PackitRunsStalled" && $0.party == .copr })
        #expect(
            ended.contains {
                $0.condition.hasPrefix("PackitBudgetBurns") && $0.party == .packit
                    && world.incidents.packitSilent.contains($0.beganAt)
            })
        #expect(
            ended.contains {
                $0.condition == "PackitRunsOverdue" && $0.subject.contains("builds")
                    && world.incidents.buildersGone.contains($0.beganAt)
            })
    }
}
