import RunningService
import SLOCore
import SLOService
import SLOSources
import Testing

/// Which deliveries the exposition names.
@Suite(.serialized) struct ExemplarTests {
    private static let delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958"

    private static func payload(_ sha: String, repository: Int = 1, isPrivate: Bool = false, at second: Int = 0)
        -> String
    {
        """
        {"action":"created","check_run":{"id":\(repository),"name":"rpm-build:fedora-rawhide-x86_64",
        "head_sha":"\(sha)","external_id":"1","status":"queued","conclusion":null,
        "started_at":"2026-11-10T10:00:0\(second)Z","completed_at":null,
        "output":{"title":"The task was accepted.","summary":""},"pull_requests":[],
        "app":{"slug":"packit-as-a-service"}},
        "repository":{"id":\(repository),"full_name":"acme/rocket-\(repository)","private":\(isPrivate)}}
        """
    }

    private static func send(_ body: String, _ delivery: String?, to service: ObserverService) async throws {
        #expect(
            try await RunningService.send(body, event: "check_run", delivery: delivery, to: service) == .stored)
    }

    private static func withService(on path: String? = nil, _ body: (ObserverService) async throws -> Void) async throws
    {
        let place = try ScratchPlace()
        defer { place.remove() }
        try await RunningService.run(RunningService.settings(path ?? place.path("observer")), body)
    }

    private static func exemplars(_ service: ObserverService, openMetrics: Bool = true) -> [String] {
        String(decoding: service.metrics(openMetrics: openMetrics), as: UTF8.self).split(separator: "\n")
            .filter { $0.contains(" # ") }.map(String.init)
    }

    @Test func aDeliveryIsNamedInOpenMetricsUntilTheEndOfTheProcess() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        try await Self.withService(on: place.path("observer")) { service in
            try await Self.send(Self.payload("a"), Self.delivery, to: service)
            let found = Self.exemplars(service)
            #expect(found.count == 1)
            #expect(
                found.first?.hasPrefix(
                    #"packit_builds_queued_total{deployment="prod"} 1 # {delivery="\#(Self.delivery)"} 1 "#) == true)
            #expect(Self.exemplars(service, openMetrics: false).isEmpty)
        }
        try await Self.withService(on: place.path("observer")) { service in
            #expect(Self.exemplars(service).isEmpty)
        }
    }

    @Test func anIDThatIsNoUUIDIsNotNamed() async throws {
        try await Self.withService { service in
            for (number, id) in [
                "d-1", Self.delivery.uppercased(), Self.delivery + "0", String(repeating: "9", count: 36),
            ]
            .enumerated() {
                try await Self.send(Self.payload("sha\(number)"), id, to: service)
            }
            #expect(Self.exemplars(service).isEmpty)
        }
    }

    @Test func aPrivateRepositoryIsNotNamedAndOneThatBecomesPrivateNotAnyMore() async throws {
        try await Self.withService { service in
            try await Self.send(Self.payload("a", isPrivate: true), Self.delivery, to: service)
            #expect(Self.exemplars(service).isEmpty)
            let other = Self.delivery.dropLast() + "9"
            try await Self.send(Self.payload("a", repository: 2), String(other), to: service)
            #expect(Self.exemplars(service).count == 1)
            // Another one that is private changes nothing.
            let third = Self.delivery.dropLast() + "a"
            try await Self.send(Self.payload("a", isPrivate: true, at: 1), String(third), to: service)
            #expect(Self.exemplars(service).count == 1)
            let fourth = Self.delivery.dropLast() + "b"
            try await Self.send(Self.payload("a", repository: 2, isPrivate: true, at: 1), String(fourth), to: service)
            #expect(Self.exemplars(service).isEmpty)
        }
    }
}
