import SLOCore
import SLOService
import SLOSources
import SLOStore
import Synchronization
import Testing
import RunningService

/// The way from a signed body to its answer, with a disk that fails where it is told to.
@Suite(.serialized) struct WriterTests {
    /// A running service on a database of its own.
    private static func withService(
        fault: @escaping StoreFault = { _ in }, _ body: (ObserverService) async throws -> Void
    ) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        try await run(on: place.path("observer"), fault: fault, body)
    }

    private static func run(
        on database: String, fault: @escaping StoreFault = { _ in }, _ body: (ObserverService) async throws -> Void
    ) async throws {
        try await RunningService.run(RunningService.settings(database), fault: fault, mayFail: true, body)
    }

    private static func payload(_ id: Int) -> String {
        """
        {"action":"created","check_run":{"id":\(id),"name":"rpm-build:fedora-rawhide-x86_64","head_sha":"s\(id)",
        "external_id":"1","status":"queued","conclusion":null,"started_at":"2026-11-10T10:00:00Z",
        "completed_at":null,"output":{"title":"The task was accepted.","summary":""},"pull_requests":[],
        "app":{"slug":"packit-as-a-service"}},"repository":{"id":1,"full_name":"acme/rocket","private":false}}
        """
    }

    private static func send(_ id: Int, to service: ObserverService) async throws -> DeliveryResponse {
        try await RunningService.send(payload(id), event: "check_run", delivery: "delivery-\(id)", to: service)
    }

    private static func expect(_ answer: DeliveryResponse, for id: Int, from service: ObserverService) async throws {
        let given = try await send(id, to: service)
        #expect(given == answer)
    }

    private static func queued(_ service: ObserverService) -> String? {
        String(decoding: service.metrics(openMetrics: false), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("packit_builds_queued_total{deployment=\"prod\"}") }
            .flatMap { $0.split(separator: " ").last }.map(String.init)
    }

    private static func isWell(_ service: ObserverService) -> Bool {
        service.readiness.first { $0.component == "database" }?.isReady ?? false
    }

    @Test func aStoredDeliveryIsCountedOnceForGood() async throws {
        try await Self.withService { service in
            try await Self.expect(.stored, for: 1, from: service)
            try await Self.expect(.alreadyHeld, for: 1, from: service)
            #expect(Self.queued(service).flatMap(Double.init) == 1)
        }
    }

    @Test func aConflictingBodyIsStoredOnceAndDecidesNothing() async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let database = place.path("observer")
        func send(_ body: Int, to service: ObserverService) async throws -> DeliveryResponse {
            try await RunningService.send(Self.payload(body), event: "check_run", delivery: "delivery-1", to: service)
        }
        try await Self.run(on: database) { service in
            let answers = [
                try await send(1, to: service), try await send(2, to: service), try await send(3, to: service),
                try await send(2, to: service), try await send(1, to: service),
            ]
            #expect(answers == [.stored, .stored, .stored, .alreadyHeld, .alreadyHeld])
            #expect(Self.queued(service).flatMap(Double.init) == 1)
            let metrics = String(decoding: service.metrics(openMetrics: false), as: UTF8.self)
            #expect(metrics.contains("packit_slo_deliveries_total{source=\"github\",result=\"conflicting\"} 2"))
            #expect(metrics.contains("packit_slo_deliveries_total{source=\"github\",result=\"duplicate\"} 2"))
        }
        try await Self.run(on: database) { service in
            let answers = [try await send(1, to: service), try await send(2, to: service)]
            #expect(answers == [.alreadyHeld, .alreadyHeld])
        }
        let reader = try SQLiteReader.open(path: database)
        var kept: [String] = []
        try reader.forEachDelivery { kept.append(String(decoding: $0.body, as: UTF8.self)) }
        #expect(kept == [1, 2, 3].map(Self.payload))
        var entries: [StoredEntry] = []
        try reader.forEachEntry { if $0.kind == .delivery { entries.append($0) } }
        #expect(entries.map(\.delivery?.result) == ["accepted", "conflicting", "conflicting"])
        #expect(entries.map { $0.observation == nil } == [false, true, true])
        try reader.close()
    }

    @Test func aFullDiskIs503AndTheServiceRecovers() async throws {
        let isFull = Mutex(false)
        try await Self.withService(fault: { point in
            if point == .beforeTransaction, isFull.withLock({ $0 }) {
                throw StoreError(code: .diskFull, message: "the disk is full")
            }
        }) { service in
            isFull.withLock { $0 = true }
            try await Self.expect(.refused(.unstored("the disk is full")), for: 1, from: service)
            #expect(!Self.isWell(service))
            #expect(Self.queued(service).flatMap(Double.init) == 0)
            isFull.withLock { $0 = false }
            try await Self.expect(.stored, for: 1, from: service)
            #expect(Self.isWell(service))
            #expect(Self.queued(service).flatMap(Double.init) == 1)
        }
    }

    @Test func aFaultyDeliveryIsJournalledAndBlocksNoOther() async throws {
        // The batch fails, the delivery alone fails, and its bare entry is taken.
        let failures = Failures()
        try await Self.withService(fault: { point in
            guard point == .beforeCommit, failures.take() else { return }
            throw StoreError(code: .rejected, message: "no such value")
        }) { service in
            // The start's commit and the first pruning, which must not take the failures.
            while failures.passed < 2 { try await Task.sleep(for: .milliseconds(5)) }
            failures.arm(2)
            try await Self.expect(.stored, for: 1, from: service)
            #expect(Self.queued(service).flatMap(Double.init) == 0)
            try await Self.expect(.stored, for: 2, from: service)
            #expect(Self.queued(service).flatMap(Double.init) == 1)
            let metrics = String(decoding: service.metrics(openMetrics: false), as: UTF8.self)
            #expect(metrics.contains("packit_slo_deliveries_total{source=\"github\",result=\"processing_failed\"} 1"))
        }
    }

    @Test(arguments: [StoreFaultPoint.insteadOfCommit, .afterCommit])
    func anAmbiguousCommitIsReadAgainAndCountsOnce(point: StoreFaultPoint) async throws {
        let failures = Failures()
        try await Self.withService(fault: { reached in
            guard reached == point, failures.take() else { return }
            throw StoreError(code: .inputOutput, message: "the disk did not answer")
        }) { service in
            failures.arm(1)
            guard case .refused(let refusal) = try await Self.send(1, to: service), refusal.outcome == .unstored else {
                Issue.record("an ambiguous commit was acknowledged")
                return
            }
            let again = try await Self.send(1, to: service)
            #expect(again == (point == .afterCommit ? .alreadyHeld : .stored))
            #expect(Self.queued(service).flatMap(Double.init) == 1)
        }
    }

    @Test func countersContinueAcrossRestarts() async throws {
        try await Self.withService { service in
            try await Self.expect(.stored, for: 1, from: service)
        }
        let place = try ScratchPlace()
        defer { place.remove() }
        let database = place.path("observer")
        try await Self.run(on: database) { try await Self.expect(.stored, for: 1, from: $0) }
        try await Self.run(on: database) { service in
            #expect(Self.queued(service).flatMap(Double.init) == 1)
            try await Self.expect(.alreadyHeld, for: 1, from: service)
            try await Self.expect(.stored, for: 2, from: service)
            #expect(Self.queued(service).flatMap(Double.init) == 2)
        }
    }

    @Test func aSourceWithoutASecretIsRefused() async throws {
        try await Self.withService { service in
            let answer: DeliveryResponse = await withCheckedContinuation { continuation in
                [UInt8]("{}".utf8).withUnsafeBytes {
                    service.receive(
                        source: .copr, headers: WebhookHeaders(contentType: "application/json"), body: $0,
                        arrivedAt: .now
                    ) { continuation.resume(returning: $0) }
                }
            }
            #expect(answer == .refused(.noSecret(.copr)))
        }
    }
}

/// How many of the next commits fail. Counted from when a test says so: the service commits of itself, too.
private final class Failures: Sendable {
    private let state = Mutex((left: 0, passed: 0))

    var passed: Int { state.withLock { $0.passed } }

    func arm(_ count: Int) {
        state.withLock { $0.left = count }
    }

    func take() -> Bool {
        state.withLock { state in
            state.passed += 1
            guard state.left > 0 else { return false }
            state.left -= 1
            return true
        }
    }
}
