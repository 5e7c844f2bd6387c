import SLOCore
import SLOMetrics
import SLOService
import SLOSources
import SLOStore
import Synchronization
import Testing
import RunningService

/// What the service tells those who ask upstreams, and how it takes their answers.
@Suite(.serialized) struct LookupTests {
    private static let request = "129bd474-e4d3-49e0-9dec-d994a99feebc"

    private static func withService(
        upstreams: [Upstream] = [.testingFarm, .copr], fault: @escaping StoreFault = { _ in },
        _ body: (ObserverService) async throws -> Void
    ) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        var settings = try RunningService.settings(place.path("observer"))
        settings.upstreams = upstreams
        try await RunningService.run(
            settings, credentials: { Credentials(secrets: [.copr: $0, .testingFarm: $0]) }, fault: fault, mayFail: true,
            body)
    }

    private static func take(_ observations: [Observation], by service: ObserverService) async -> DeliveryResponse {
        await withCheckedContinuation { continuation in
            service.access.lookups.take(observations, from: .copr) { continuation.resume(returning: $0) }
        }
    }

    private static func start(_ build: Int, of service: ObserverService) async throws {
        let message = """
            {"topic":"org.fedoraproject.prod.copr.build.start","id":"message-\(build)",
             "headers":{"sent-at":"\(ServiceClock.system.now().wall.flooredToSecond.rfc3339)"},"body":{"user":"packit","owner":"packit",
             "copr":"acme-rocket-1","build":\(build),"chroot":"fedora-rawhide-x86_64","status":3}}
            """
        let answer = try await RunningService.send(message, from: .copr, to: service)
        #expect(answer == .stored)
    }

    private static func canceled(_ build: Int64) -> [Observation] {
        [
            .buildLookedUp(
                BuildLookedUp(
                    buildID: build, chroot: "fedora-rawhide-x86_64", step: .finished(.canceled, .stated),
                    finishedAt: Timestamp(rfc3339: "2026-11-10T10:05:00Z")))
        ]
    }

    private static func lookups(_ result: LookupResult, of service: ObserverService) -> Int64 {
        service.access.registry.value(of: .lookups(.copr, result))
    }

    @Test func `An answer is kept once, and is no delivery`() async throws {
        try await Self.withService { service in
            try await Self.start(77, of: service)
            let first = await Self.take(Self.canceled(77), by: service)
            let second = await Self.take(Self.canceled(77), by: service)
            #expect(first == .stored)
            #expect(second == .alreadyHeld)
            #expect(Self.lookups(.news, of: service) == 1)
            #expect(Self.lookups(.unchanged, of: service) == 1)
            #expect(service.access.registry.value(of: .deliveries(.copr, .accepted)) == 1)
            #expect(service.access.registry.value(of: .deliveries(.copr, .duplicate)) == 0)
        }
    }

    @Test func `An answer that cannot be stored is refused, and nobody was blind`() async throws {
        let isFull = Mutex(false)
        try await Self.withService(fault: { point in
            if point == .beforeTransaction, isFull.withLock({ $0 }) {
                throw StoreError(code: .diskFull, message: "the disk is full")
            }
        }) { service in
            try await Self.start(77, of: service)
            isFull.withLock { $0 = true }
            let refused = await Self.take(Self.canceled(77), by: service)
            #expect(refused == .refused(.unstored("the disk is full")))
            isFull.withLock { $0 = false }
            let taken = await Self.take(Self.canceled(77), by: service)
            #expect(taken == .stored)
            #expect(Self.lookups(.unstored, of: service) == 1)
            #expect(service.access.registry.value(of: .blindMilliseconds) == 0)
        }
    }

    @Test func `What is open can be asked about, until its end is told`() async throws {
        try await Self.withService { service in
            try await Self.start(77, of: service)
            let open = try await service.access.lookups.lookupRequests()
            #expect(open.map(\.subject) == [.build(id: 77, chroot: "fedora-rawhide-x86_64")])
            _ = await Self.take(Self.canceled(77), by: service)
            let later = try await service.access.lookups.lookupRequests()
            #expect(later.isEmpty)
        }
    }

    @Test func `A hint is passed on once it is on disk, to those who are asked`() async throws {
        try await Self.withService { service in
            for _ in 0..<3 {
                let answer = try await RunningService.send(
                    #"{"request_id":"\#(Self.request)","token":"t"}"#, from: .testingFarm, to: service)
                #expect(answer == .stored)
            }
            let urgent = service.access.lookups.urgentLookupRequests(of: .testingFarm)
            #expect(urgent.map(\.subject) == [.request(id: Self.request)])
            #expect(service.access.lookups.urgentLookupRequests(of: .testingFarm).isEmpty)
        }
        try await Self.withService(upstreams: [.copr]) { service in
            _ = try await RunningService.send(
                #"{"request_id":"\#(Self.request)","token":"t"}"#, from: .testingFarm, to: service)
            #expect(service.access.lookups.urgentLookupRequests(of: .testingFarm).isEmpty)
        }
    }
}
