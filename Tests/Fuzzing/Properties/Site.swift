import Dispatch
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import SLOConditions
import SLOConfiguration
import Synchronization

@testable import SLOCore
@testable import SLOQueries
@testable import SLOService
@testable import SLOSources
@testable import SLOStore
@testable import SLOWeb
@testable import SLOHTTP

/// All routes over a database of its own, asked without a socket.
final class Site: Sendable {
    static let now = Timestamp(seconds: 1_795_341_600)
    /// No page, resource or badge is larger.
    private static let largestAnswer = 2 << 20

    /// As few deployments and days as there can be: pages draw each anew.
    let settings = {
        var settings = LedgerSettings()
        settings.deployments = [Deployment("prod")]
        settings.window = .days(2)
        return settings
    }()
    private let store: SQLiteStore
    /// Of what was filled last.
    private let readings = Readings()
    private let answer: @Sendable (Request) async throws -> Response

    /// - Parameter keepsReadings: whether readings are made once, as a server that nobody sends anything to makes them.
    init(keepsReadings: Bool) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "packit-slo-fuzz-\(ProcessInfo.processInfo.processIdentifier)-\(keepsReadings)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "observer.sqlite").path
        store = try SQLiteStore.open(path: path, startedAt: Self.now)
        let moment = Moment(virtual: Self.now)
        let source: any QueryAPI =
            keepsReadings
            ? QueryService(
                readers: ReaderSource(path: path), settings: settings, showsPrivate: false,
                clock: ServiceClock { moment },
                statistics: { _ in SourceStatistics() }, identify: { DeliveryIdentity($0, $1) },
                isKnown: { _ in false })
            : try DirectPages(pageSettings: settings, store: SQLiteReader.open(path: path), readings: readings)
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        let log = LimitedLog(logger)
        let responder = operationsRouter(
            role: .everything, status: Status(),
            views: try Views(source: source, notes: nil, status: Status(), hosts: LinkHosts(), log: log), log: log
        ).buildResponder()
        // Nothing is sent over it.
        let channel = EmbeddedChannel()
        answer = { request in
            let context = BasicRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            return try await responder.respond(to: request, context: context)
        }
    }

    private struct Status: ServiceStatus {
        var isLive: Bool { true }
        var readiness: [ComponentHealth] { [ComponentHealth(component: "database", isReady: true, reason: "")] }
        func metrics(openMetrics: Bool) -> [UInt8] { Array("# EOF\n".utf8) }
    }

    /// Puts what a ledger decided into the database, in place of what is there.
    func fill(_ observations: [Observation], waiting span: TimeSpan = .days(2)) throws {
        var timeline = Timeline(ledger: Ledger(settings: settings), at: Moment(virtual: Self.now - span))
        for observation in observations { timeline.observe(observation, at: Moment(virtual: Self.now - span)) }
        var fired = 0
        while fired < 1000, timeline.fireNextVirtually(by: Self.now) != nil { fired += 1 }
        var batch = Batch()
        batch.add(timeline.drain().effects, settings: settings)
        timeline.confirm()
        try store.queue.write { db in
            for table in ["state", "changes", "runs", "judgements", "objective_hours"] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
        }
        try store.commit(batch.commit)
        readings.forget()
    }

    /// Asks, and looks at the answer.
    /// - Returns: the body, where it is a success.
    @discardableResult
    func ask(
        _ path: String, method: HTTPRequest.Method = .get, fields: HTTPFields = [:]
    ) throws -> String? {
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "observer", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let (status, type, body) = try wait { [answer] in
            let response = try await answer(request)
            let collected = Collected()
            try await response.body.write(Collector(into: collected))
            return (response.status.code, response.headers[.contentType] ?? "", collected.bytes.withLock { $0 })
        }
        try expect([200, 303, 304, 400, 404, 405, 406].contains(status), "\(path): \(status)")
        try expect(body.count <= Self.largestAnswer, "\(path): \(body.count) bytes")
        if method == .head || status == 304 {
            try expect(body.isEmpty, "\(path): \(body.count) bytes, of which the head alone is wanted")
        } else if type.hasPrefix("application/json") || type.hasPrefix("application/problem+json") {
            let document = body.withUnsafeBytes { JSONDocument.validate($0) }
            try expect((try? document.get()) != nil, "\(path): no JSON")
        }
        guard let text = String(validating: body, as: UTF8.self) else { throw Broken(description: "\(path): no UTF-8") }
        return status == 200 ? text : nil
    }

    /// Waits for it, and works on it meanwhile.
    private func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let outcome = Mutex<Result<Value, any Error>?>(nil)
        let thread = CallingThread()
        Task(executorPreference: thread) {
            do {
                let value = try await work()
                outcome.withLock { $0 = .success(value) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        while true {
            if let outcome = outcome.withLock({ $0 }) { return try outcome.get() }
            thread.runNext()
        }
    }
}

/// Runs tasks on the thread that waits for them: a change of threads takes longer than most answers.
private final class CallingThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrivals.signal()
    }

    func runNext() {
        arrivals.wait()
        let job = jobs.withLock { $0.removeFirst() }
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}

/// What a response's body is written to.
private final class Collected: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

private struct Collector: ResponseBodyWriter {
    let collected: Collected

    init(into collected: Collected) {
        self.collected = collected
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        collected.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// What several pages share, made when one of them first asks for it.
private final class Readings: Sendable {
    private struct Made {
        var standing: QueryService.Standing?
        var history: HistorySnapshot?
        var report: Report?
        var directory: RepositoryDirectory?
    }

    private let made = Mutex(Made())

    func forget() { made.withLock { $0 = Made() } }

    func standing(_ make: () throws -> QueryService.Standing) rethrows -> QueryService.Standing {
        try made.withLock { try Self.kept(&$0.standing, make) }
    }

    func history(_ make: () throws -> HistorySnapshot) rethrows -> HistorySnapshot {
        try made.withLock { try Self.kept(&$0.history, make) }
    }

    func report(_ make: () throws -> Report) rethrows -> Report {
        try made.withLock { try Self.kept(&$0.report, make) }
    }

    func directory(_ make: () throws -> RepositoryDirectory) rethrows -> RepositoryDirectory {
        try made.withLock { try Self.kept(&$0.directory, make) }
    }

    private static func kept<Value>(_ value: inout Value?, _ make: () throws -> Value) rethrows -> Value {
        if let value { return value }
        let made = try make()
        value = made
        return made
    }
}

/// Makes readings on the thread that asks for them.
private struct DirectPages: QueryAPI {
    func nodes() async throws -> NodesSnapshot? { nil }

    func isReading(_ part: HistoryPart) async -> Bool { false }

    func charts(
        of objective: Objective.Name, _ deployment: Deployment, over range: ChartRange
    ) async throws -> ChartSnapshot? { nil }

    func timeNotes(
        from: Timestamp?, through: Timestamp?, limit: Int
    ) async throws -> (at: Timestamp, notes: [TimeNoteSnapshot]) { (Timestamp(seconds: 0), []) }

    let pageSettings: LedgerSettings
    let store: SQLiteReader
    let readings: Readings

    private var survey: OverviewQuery { OverviewQuery(settings: pageSettings, showsPrivate: false) }

    private func standing() throws -> QueryService.Standing {
        try readings.standing { try survey.standing(at: Site.now, in: store) }
    }

    private func directory() throws -> RepositoryDirectory {
        try readings.directory { try RepositoryDirectory(from: store) }
    }

    func overview() async throws -> Overview { try standing().overview }
    func openWork() async throws -> OpenWorkSnapshot { try standing().openWork }

    func history() async throws -> HistorySnapshot {
        try readings.history { try survey.history(at: Site.now, in: store) }
    }

    func report(of repository: String?) async throws -> Report? {
        let report = try readings.report { try survey.report(at: Site.now, in: store) }
        guard let repository else { return report }
        return try directory().isPublic(repository) ? report.filtered(to: repository) : nil
    }

    func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestSnapshot.Place
    ) async throws -> PullRequestSnapshot? {
        let directory = try directory()
        guard directory.isPublic(repository), let id = directory.id(of: repository), let name = directory.name(of: id)
        else { return nil }
        return try PullRequestSnapshot(
            number, in: id, named: name, from: place, at: Site.now, settings: pageSettings, store: store)
    }

    func endedRuns(_ query: RunQuery) async throws -> EndedRunsSnapshot {
        try EndedRunsSnapshot(
            query, at: Site.now, directory: directory(), showing: false, from: store)
    }

    func events(_ query: EventQuery) async throws -> EventsSnapshot {
        try EventsSnapshot(
            query, at: Site.now, settings: pageSettings, directory: directory(), showing: false, from: store)
    }

    func search(_ term: SearchTerm) async throws -> SearchSnapshot {
        try SearchSnapshot(
            term, at: Site.now, openWork: standing().openWork,
            mask: EventMask(directory: directory(), showsPrivate: false), identify: { DeliveryIdentity($0, $1) },
            from: store)
    }

    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesSnapshot {
        DeliveriesSnapshot(at: Site.now, deliveries: [], next: nil, blindIntervals: [])
    }

    func delivery(_ sequence: Int64) async throws -> DeliverySnapshot? { nil }
    func unexplained() async throws -> UnexplainedSnapshot { UnexplainedSnapshot(at: Site.now) }

    func blindIntervals() async throws -> (at: Timestamp, times: [BlindIntervalSnapshot]) { (Site.now, []) }
    func conditions() async throws -> ConditionsNow { ConditionsNow() }

    func incidents(over span: TimeSpan) async throws -> IncidentsSnapshot {
        IncidentsSnapshot(at: Site.now, incidents: [])
    }

    func incidents(before place: IncidentsSnapshot.Place?, limit: Int) async throws -> IncidentsSnapshot {
        IncidentsSnapshot(at: Site.now, incidents: [])
    }
    func sources() async throws -> [SourceSnapshot] { [] }
}
