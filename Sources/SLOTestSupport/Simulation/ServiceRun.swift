public import Foundation
public import SLOCore
import SLOMetrics
import SLOService
import SLOSources
public import SLOStore
import SLOReplay

/// Runs the whole service through a history: real bodies, signatures and database, a manual clock, a disk that fails
/// and a process that dies at commits. Deliveries without acknowledgement are sent again, like GitHub's redeliveries.
public struct ServiceRun: Sendable {
    /// The share of deliveries with a fault at their commit.
    private let mishaps: Double
    private let folder: URL
    private static let secret = "simulation"

    /// The result of a run.
    public struct Result: Sendable {
        /// The lines of the exposition that depend on decisions.
        public let decided: [String]
        public let deliveries: Int
        /// How many times the disk failed and the process died.
        public let mishaps: Int
        /// The blind intervals that the service recorded: refusals exclude late changes (docs/counting.md, rule 27).
        public let blindIntervals: [StoredEntry]
    }

    /// A violated guarantee.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter folder: for databases; it must exist and be empty.
    public init(folder: URL, mishaps: Double) {
        self.folder = folder
        self.mishaps = mishaps
    }

    /// - Parameter end: time passes until then after the last delivery.
    /// - Throws: `Violation`, and what the service throws.
    public func result(of history: History, until end: Timestamp, random: SeededGenerator) async throws -> Result {
        var random = random
        let writer = PayloadWriter()
        let clock = ManualClock(at: history.entries.first?.receivedAt ?? end)
        var processes = Processes(folder: folder, settings: history.settings, clock: clock, secret: Self.secret)
        try await processes.start(mishaps: mishaps, &random)
        var sent = 0
        var identities: Set<Payload.Identity> = []
        for (index, entry) in history.entries.enumerated() {
            guard let payload = writer.payload(of: entry, index: index) else { continue }
            clock.advance(to: entry.receivedAt)
            sent += 1
            if !entry.isHint { identities.insert(payload.identity) }
            if random.chance(mishaps) {
                // All deadlines are decided and the heartbeat is recent, so that the restart itself loses nothing.
                try await processes.look(number: sent)
                try await processes.send(payload, mishap: random.pick(FaultyDisk.Mishap.all), &random)
            } else {
                try await processes.send(payload)
            }
        }
        clock.advance(to: end)
        try await processes.look(number: sent + 1)
        let decided = Self.decided(in: try processes.metrics)
        try await processes.end()
        let blindIntervals = try check(processes.database, holds: identities.count)
        return Result(decided: decided, deliveries: sent, mishaps: processes.mishaps, blindIntervals: blindIntervals)
    }

    /// Replays the same history without disturbance.
    /// - Parameter blindIntervals: the known blind intervals, in order.
    public static func undisturbed(
        _ history: History, until end: Timestamp, blindIntervals: [StoredEntry]
    ) throws -> [String] {
        var replay = Replay(
            settings: history.settings, sources: SourceSettings(simulating: history.settings), rules: try RuleBook(),
            credentials: Credentials(), version: "simulation")
        let writer = PayloadWriter()
        var blindIntervals = blindIntervals[...]
        for (index, entry) in history.entries.enumerated() {
            guard let payload = writer.payload(of: entry, index: index) else { continue }
            while let known = blindIntervals.first, known.receivedAt <= payload.receivedAt {
                try replay.feed(known)
                blindIntervals.removeFirst()
            }
            replay.feed(
                ReceivedDelivery(
                    receivedAt: payload.receivedAt, source: payload.source,
                    headers: WebhookHeaders(payload, signature: nil), body: payload.body))
        }
        for known in blindIntervals { try replay.feed(known) }
        // The server decides deadlines of a moment once the moment has passed.
        replay.advance(through: end - .milliseconds(1))
        return decided(
            in: String(
                decoding: replay.metrics.render(format: .text, now: end, include: .deterministic), as: UTF8.self))
    }

    /// Indicators, and the ledger's own metrics.
    static func decided(in exposition: String) -> [String] {
        let own = ["late_evidence", "outcome_revised", "unjoined_runs", "invariant", "tracked", "limit"]
        return exposition.split(separator: "\n").map(String.init).filter { line in
            !line.hasPrefix("#")
                && (!line.hasPrefix("packit_slo_") || own.contains { line.hasPrefix("packit_slo_" + $0) })
                && !line.hasPrefix("process_")
        }
    }

    /// Checks that every acknowledged delivery is in the journal once.
    /// - Returns: the blind intervals in the journal.
    private func check(_ database: String, holds sent: Int) throws -> [StoredEntry] {
        let reader = try SQLiteReader.open(path: database)
        var held = 0
        var blindIntervals: [StoredEntry] = []
        try reader.forEachEntry { entry in
            if [.heartbeatGap, .caughtUp].contains(entry.kind) { blindIntervals.append(entry) }
            guard let stored = entry.observation, entry.kind == .delivery else { return }
            if try ![Observation](stored: stored).allSatisfy(\.isHint) { held += 1 }
        }
        try reader.close()
        guard held == sent else { throw Violation(description: "\(sent) were acknowledged, \(held) are held") }
        return blindIntervals
    }
}

/// A sequence of processes, each on its predecessor's database.
private struct Processes {
    let folder: URL
    let settings: LedgerSettings
    let clock: ManualClock
    let secret: String
    private(set) var mishaps = 0
    private var generation = 0
    private var current: SimulatedProcess?

    init(folder: URL, settings: LedgerSettings, clock: ManualClock, secret: String) {
        self.folder = folder
        self.settings = settings
        self.clock = clock
        self.secret = secret
    }

    var database: String { path(generation) }

    var metrics: String {
        get throws { try running().metrics }
    }

    private func path(_ generation: Int) -> String {
        folder.appending(path: "\(generation).sqlite").path
    }

    private func running() throws -> SimulatedProcess {
        guard let current else { throw ServiceRun.Violation(description: "no process runs") }
        return current
    }

    /// Starts a process; if it dies during the start, starts the next one.
    mutating func start(mishaps share: Double = 0, _ random: inout SeededGenerator) async throws {
        var mishap: FaultyDisk.Mishap? = random.chance(share) ? random.pick(FaultyDisk.Mishap.all) : nil
        while true {
            do {
                current = try SimulatedProcess(
                    database: database, inheritance: path(generation + 1), settings: settings, clock: clock,
                    secret: secret, mishapAtStart: mishap)
                return
            } catch {
                guard mishap != nil else { throw error }
                mishaps += 1
                if case .death = mishap { generation += 1 }
                mishap = nil
            }
        }
    }

    /// Lets the process decide what is due, and write its heartbeat.
    func look(number: Int) async throws {
        let answer = try await running().send(Payload.ping(number: number, at: clock.now.wall))
        guard answer == .pong else { throw ServiceRun.Violation(description: "a ping was answered \(answer)") }
    }

    func send(_ payload: Payload) async throws {
        let answer = try await running().send(payload)
        guard answer == .stored || answer == .alreadyHeld else {
            throw ServiceRun.Violation(description: "a delivery was answered \(answer)")
        }
    }

    /// Sends a delivery with a fault, and again if it was not acknowledged.
    mutating func send(_ payload: Payload, mishap: FaultyDisk.Mishap, _ random: inout SeededGenerator) async throws {
        let process = try running()
        process.disk.arm(mishap)
        let answer = try await process.send(payload)
        process.disk.disarm()
        mishaps += 1
        if process.disk.isDead {
            if let problem = process.disk.problem { throw ServiceRun.Violation(description: problem) }
            guard case .refused = answer else {
                throw ServiceRun.Violation(description: "a process that was dead answered \(answer)")
            }
            try await process.stop()
            generation += 1
            try await start(mishaps: 0.2, &random)
        }
        // The fault may have hit a heartbeat instead: then this is a duplicate.
        try await send(payload)
    }

    func end() async throws {
        try await current?.stop()
    }
}

extension Observation {
    /// A hint has no identity: each is stored.
    fileprivate var isHint: Bool {
        if case .testRunHinted = self { true } else { false }
    }
}

extension History.Entry {
    fileprivate var isHint: Bool {
        if case .observation(let observation) = input { observation.isHint } else { false }
    }
}

extension Payload {
    /// The delivery's identity: GitHub's or Copr's id, otherwise the body.
    fileprivate struct Identity: Hashable {
        let delivery: String?
        let body: [UInt8]
    }

    fileprivate var identity: Identity {
        Identity(delivery: headers.first { $0.name == "X-GitHub-Delivery" }?.value, body: body)
    }

    /// GitHub's ping, which changes no indicator.
    static func ping(number: Int, at moment: Timestamp) -> Payload {
        Payload(
            receivedAt: moment, source: .github,
            headers: [
                ("Content-Type", "application/json"), ("X-GitHub-Event", "ping"),
                ("X-GitHub-Delivery", PayloadWriter.identity(-1 - number)),
            ],
            body: Array(#"{"zen":"Design for failure.","hook_id":1}"#.utf8))
    }
}
