import SLOCore
import SLOMetrics
import SLOReplay
import SLOService
import SLOSources
import SLOStore
import Synchronization
import Testing
import RunningService

enum Observing {
    static var settings: LedgerSettings {
        var settings = LedgerSettings()
        settings.deployments = [Deployment("prod")]
        return settings
    }

    /// Runs a service until the body is through and it has stopped.
    @discardableResult
    static func run(
        on database: String, clock: ServiceClock, settings: LedgerSettings = settings,
        _ body: (ObserverService) async throws -> Void
    ) async throws -> ObserverService {
        try await RunningService.run(RunningService.settings(database, ledger: settings), clock: clock, body)
    }

    static func replaying(_ database: String, settings: LedgerSettings) throws -> Replay {
        let store = try SQLiteReader.open(path: database)
        var replay = Replay(
            settings: settings, sources: RunningService.sources, rules: try RuleBook(), credentials: Credentials(),
            version: "test",
            keepsHistory: true)
        let extent = try store.journalExtent()
        try store.forEachEntry(before: extent.nextSequence) { try replay.feed($0) }
        if let heartbeat = extent.lastHeartbeat { replay.advance(toHeartbeat: heartbeat) }
        try store.close()
        return replay
    }

    static func replay(of database: String) throws -> String {
        let replay = try replaying(database, settings: settings)
        return String(
            decoding: replay.metrics.render(format: .text, now: replay.now, include: .deterministic), as: UTF8.self)
    }
}

/// Pull requests and their checks, the same ones for the same seed, at the times of a clock that only it moves.
final class World: Sendable {
    fileprivate struct State {
        var random: UInt64
        var now = Timestamp(seconds: 1_795_348_800)
        var deliveries = 0
        var checks = 0
        var pulls: [Int] = []
        var shas: [Int: String] = [:]
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(random: seed &* 0x9E37_79B9_7F4A_7C15))
    }

    var clock: ServiceClock {
        ServiceClock { Moment(virtual: self.state.withLock { $0.now }) }
    }

    func pass(_ span: TimeSpan) {
        state.withLock { $0.now = $0.now + span }
    }

    /// Lets a little time pass and sends what happened.
    func send(to service: ObserverService) async throws {
        let (event, body, number) = state.withLock { state in
            state.now = state.now + .milliseconds(Int64(state.next(30_000)))
            state.deliveries += 1
            let isPull = state.pulls.isEmpty || state.next(3) == 0
            let body = isPull ? state.pullRequest() : state.check()
            return (isPull ? "pull_request" : "check_run", body, state.deliveries)
        }
        let answer = try await RunningService.send(
            body, event: event, delivery: "delivery-\(number)", to: service)
        #expect(answer == .stored)
        if number.isMultiple(of: 5) { await self.answer(to: service) }
    }

    /// What Testing Farm says of a request that it was asked about.
    private func answer(to service: ObserverService) async {
        let report = state.withLock { state in
            let shas = state.shas.values.sorted()
            let steps: [Step] = [.queued, .started, .finished(.error, .stated), .finished(.success, .stated)]
            return TestRunReported(
                deployment: Deployment("prod"), requestID: "r\(state.next(10))", step: steps[state.next(steps.count)],
                createdAt: state.now, finishedAt: state.now + .seconds(30), repositoryName: "acme/rocket",
                sha: shas[state.next(shas.count)], chroot: "fedora-rawhide-x86_64")
        }
        let taken: DeliveryResponse = await withCheckedContinuation { continuation in
            service.access.lookups.take([.testRunReported(report)], from: .testingFarm) {
                continuation.resume(returning: $0)
            }
        }
        #expect(taken == .stored)
    }
}

extension World.State {
    fileprivate mutating func next(_ limit: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(random >> 33) % limit
    }

    private var repository: String {
        #""repository":{"id":1,"full_name":"acme/rocket","private":false},"sender":{"login":"jane","type":"User"}"#
    }

    fileprivate mutating func pullRequest() -> String {
        let isNew = pulls.isEmpty || next(4) > 0
        let number = isNew ? pulls.count + 1 : pulls[next(pulls.count)]
        if isNew { pulls.append(number) }
        let push = next(1_000_000)
        let action = isNew ? "opened" : "synchronize"
        shas[number] = "\(number)x\(push)"
        let time = now.flooredToSecond.rfc3339
        return """
            {"action":"\(action)","number":\(number),"pull_request":{"number":\(number),"created_at":"\(time)",
            "updated_at":"\(time)","closed_at":null,"head":{"sha":"\(number)x\(push)","ref":"topic",
            "repo":{"full_name":"jane/rocket"}},"base":{"ref":"main"}},\(repository)}
            """
    }

    fileprivate mutating func check() -> String {
        checks += 1
        let number = pulls[next(pulls.count)]
        let steps: [(title: String, status: String, conclusion: String?)] = [
            ("The task was accepted.", "queued", nil), ("The task was accepted.", "queued", nil),
            ("RPM build is in progress...", "in_progress", nil),
            ("RPMs were built successfully.", "completed", "success"),
            ("RPMs failed to be built.", "completed", "failure"),
            ("SRPM build failed, check the logs for details.", "completed", "failure"),
            ("Submit of the build failed: Copr is not reachable.", "completed", "failure"),
            ("Something else happened.", "completed", "cancelled"),
        ]
        let step = steps[next(steps.count)]
        let time = now.flooredToSecond.rfc3339
        func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
        return """
            {"action":"\(step.conclusion == nil ? "created" : "completed")","check_run":{"id":\(checks),
            "name":"rpm-build:fedora-rawhide-x86_64","head_sha":"\(shas[number] ?? "")","external_id":"\(number)",
            "status":"\(step.status)","conclusion":\(text(step.conclusion)),"started_at":"\(time)",
            "completed_at":\(step.conclusion == nil ? "null" : text(time)),"details_url":null,
            "output":{"title":"\(step.title)","summary":""},"pull_requests":[],
            "app":{"id":1,"slug":"packit-as-a-service"}},\(repository)}
            """
    }
}
