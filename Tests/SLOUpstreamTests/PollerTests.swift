import Logging
import SLOCore
import SLOMetrics
import SLOService
import Synchronization
import Testing

@testable import SLOUpstream

/// What a poller makes of findings, of troubles and of a service that cannot take an answer.
@Suite struct PollerTests {
    private let manual = ManualSurroundings()
    private let metrics = MetricsRegistry(settings: LedgerSettings(), version: "1", upstreams: [.copr])
    private let source = StandInSource()
    private static let subject = LookupRequest.Subject.build(id: 1, chroot: "c")
    private static let news = Observation.buildLookedUp(
        BuildLookedUp(buildID: 1, chroot: "c", step: .finished(.canceled, .stated)))

    /// Answers as it is told, once each; then it tells nothing new.
    private final class Script: Lookup {
        let answers: Mutex<[Result<Finding, any Error>]>
        let asked = Mutex<[LookupRequest.Subject]>([])

        init(_ answers: [Result<Finding, any Error>]) {
            self.answers = Mutex(answers)
        }

        func ask(_ lookupRequest: LookupRequest) async throws -> Finding {
            asked.withLock { $0.append(lookupRequest.subject) }
            return try answers.withLock { $0.isEmpty ? .success(.found([])) : $0.removeFirst() }.get()
        }

        var count: Int { asked.withLock(\.count) }
    }

    private final class StandInSource: LookupSource {
        let taken = Mutex<[Observation]>([])
        let urgent = Mutex<[LookupRequest]>([])
        let refusal = Mutex<Refusal?>(nil)

        var observations: [Observation] { taken.withLock { $0 } }

        func lookupRequests() async throws -> [LookupRequest] { [] }

        func urgentLookupRequests(of upstream: Upstream) -> [LookupRequest] {
            urgent.withLock { urgent in
                defer { urgent = [] }
                return urgent
            }
        }

        func take(
            _ observations: [Observation], from upstream: Upstream,
            completion: @escaping @Sendable (DeliveryResponse) -> Void
        ) {
            if let refusal = refusal.withLock({ $0 }) { return completion(.refused(refusal)) }
            taken.withLock { $0 += observations }
            completion(.stored)
        }
    }

    private func poller(_ script: Script, limit: Int = 100) -> Poller {
        Poller(
            .copr, script, interval: .minutes(5), source: source, metrics: metrics, surroundings: manual.surroundings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, limit: limit)
    }

    private func open(_ id: Int64 = 1, isUrgent: Bool = true) -> LookupRequest {
        LookupRequest(
            subject: .build(id: id, chroot: "c"), owner: "o", queuedAt: manual.now.wall,
            deadlineAt: manual.now.wall + .hours(12), isUrgent: isUrgent)
    }

    private func count(_ result: LookupResult) -> Int64 { metrics.value(of: .lookups(.copr, result)) }

    /// Lets it work until it has asked so often.
    private func work(_ poller: Poller, _ script: Script, until count: Int) async {
        for _ in 0..<100_000 where script.count < count { await poller.step() }
    }

    @Test func foundObservationsAreStored() async {
        let script = Script([.success(.found([Self.news]))])
        let poller = poller(script)
        poller.survey([open()])
        await work(poller, script, until: 1)
        #expect(source.observations == [Self.news])
        #expect(metrics.value(of: .lookupsWatched(.copr)) == 1)
    }

    @Test func urgentLookupsAreMadeWithinASecond() async {
        let script = Script([])
        let poller = poller(script)
        await poller.step()
        #expect(manual.slept == [.seconds(1)])
        source.urgent.withLock { $0 = [open()] }
        await poller.step()
        #expect(script.count == 1)
        #expect(count(.unchanged) == 1)
    }

    @Test func aConclusionIsDrawnFromTheSecondAbsenceOnly() async {
        let script = Script([
            .success(.absent(conclusion: [Self.news])), .success(.found([])),
            .success(.absent(conclusion: [Self.news])), .success(.absent(conclusion: [Self.news])),
        ])
        let poller = poller(script)
        poller.survey([open()])
        await work(poller, script, until: 3)
        #expect(source.observations.isEmpty)
        #expect(count(.absent) == 2)
        await work(poller, script, until: 4)
        #expect(source.observations == [Self.news])
    }

    @Test func anAbsenceWithoutAConclusionStoresNothing() async {
        let script = Script(Array(repeating: .success(.absent(conclusion: [])), count: 5))
        let poller = poller(script)
        poller.survey([open()])
        await work(poller, script, until: 5)
        #expect(source.observations.isEmpty)
        #expect(count(.absent) == 5)
    }

    @Test func anUnstoredReplyIsLookedUpAgain() async {
        let script = Script([.success(.found([Self.news])), .success(.found([Self.news]))])
        let poller = poller(script)
        source.refusal.withLock { $0 = .overloaded }
        poller.survey([open()])
        await work(poller, script, until: 1)
        #expect(source.observations.isEmpty)
        source.refusal.withLock { $0 = nil }
        await work(poller, script, until: 2)
        #expect(source.observations == [Self.news])
    }

    @Test func anOpenBreakerPausesThePoller() async {
        let until = manual.now.wall + .minutes(30)
        let error = UpstreamError(.copr, path: "/", .resting(until: until))
        let script = Script([.failure(error)])
        let poller = poller(script)
        poller.survey([open(1), open(2)])
        await work(poller, script, until: 2)
        #expect(manual.now.wall >= until)
        #expect(count(.failed) == 1)
    }

    @Test func refusalsAreCountedAndNothingElse() async {
        let script = Script([.success(.denied(status: 403))])
        let poller = poller(script)
        poller.survey([open()])
        await work(poller, script, until: 1)
        #expect(count(.denied) == 1)
        #expect(source.observations.isEmpty)
    }

    @Test func lookupsAboveTheLimitAreCounted() {
        let poller = poller(Script([]), limit: 2)
        poller.survey((1...5).map { open($0) })
        #expect(metrics.value(of: .lookupsWatched(.copr)) == 2)
        #expect(metrics.value(of: .lookupsLeftOut(.copr)) == 3)
    }

    @Test func aCanceledPollerEndsAtOnce() async {
        let poller = poller(Script([]))
        let task = Task { await poller.run() }
        task.cancel()
        await task.value
    }
}
