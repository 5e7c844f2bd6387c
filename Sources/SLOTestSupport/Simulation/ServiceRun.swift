public import Foundation
public import SLOCore
import SLOMetrics
import SLOService
import SLOSources
public import SLOStore
import SLOReplay

/// The whole service brought through a history: real bytes, signatures and database, a clock that the run moves, a
/// disk that fails and a process that ends at commits. What is not acknowledged is sent again, as GitHub's redelivery
/// would.
public struct ServiceRun: Sendable {
    /// Which share of the deliveries meets a mishap at its commit.
    private let mishaps: Double
    private let folder: URL
    private static let secret = "simulation"

    /// What a run yields.
    public struct Result: Sendable {
        /// The lines of the exposition that tell what was decided.
        public let decided: [String]
        public let deliveries: Int
        /// How often the disk failed and the process ended.
        public let mishaps: Int
        /// What the service noted of its blind intervals: refusals exclude what is heard of late (docs/counting.md,
        /// rule 27).
        public let blindIntervals: [StoredEntry]
    }

    /// What must not be.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter folder: for databases; it must exist and be empty.
    public init(folder: URL, mishaps: Double) {
        self.folder = folder
        self.mishaps = mishaps
    }

    /// - Parameter end: until then time passes after the last delivery.
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
                // Whatever is due has been decided, and the heartbeat is fresh: the disturbance itself is all there is.
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

    /// The same history in virtual time, undisturbed.
    /// - Parameter blindIntervals: what is known of blind intervals, in order.
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
        // The server decides what is due at a moment once the moment has passed.
        replay.advance(through: end - .milliseconds(1))
        return decided(
            in: String(
                decoding: replay.metrics.render(format: .text, now: end, include: .deterministic), as: UTF8.self))
    }

    /// Everything of the mission, and what the ledger tells of itself.
    private static func decided(in exposition: String) -> [String] {
        let own = ["late_evidence", "outcome_revised", "unjoined_runs", "invariant", "tracked", "limit"]
        return exposition.split(separator: "\n").map(String.init).filter { line in
            !line.hasPrefix("#")
                && (!line.hasPrefix("packit_slo_") || own.contains { line.hasPrefix("packit_slo_" + $0) })
                && !line.hasPrefix("process_")
        }
    }

    /// What was acknowledged is in the journal, once.
    /// - Returns: what the journal tells of blind intervals.
    private func check(_ database: String, holds sent: Int) throws -> [StoredEntry] {
        let reader = try StoreReader.open(path: database)
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

/// One process after the other, each on what the one before left.
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

    /// Starts a process; one that dies as it starts leaves the next one to start.
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

    /// Lets the process decide what has become due, and date its heartbeat.
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

    /// Sends it into a mishap, and again afterwards if it was not acknowledged.
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
        // The mishap may have met a heartbeat instead: then it is held already, which the sender is told.
        try await send(payload)
    }

    func end() async throws {
        try await current?.stop()
    }
}

extension Observation {
    /// A hint has no identity: each is kept.
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
    /// What makes it the same delivery: GitHub's and Copr's ids, which the body or headers hold, else the body.
    fileprivate struct Identity: Hashable {
        let delivery: String?
        let body: [UInt8]
    }

    fileprivate var identity: Identity {
        Identity(delivery: headers.first { $0.name == "X-GitHub-Delivery" }?.value, body: body)
    }

    /// GitHub's ping: moves no number.
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
