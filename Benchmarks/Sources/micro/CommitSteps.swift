import Foundation
import SLOCore
import SLOStore

/// Storing deliveries: one transaction for every few of them, one for many, and a plain log, which a server could put
/// before such large transactions. The difference is what it would gain.
struct CommitSteps {
    private static let sizes = [13, 128, 2048]
    private let bodies: Bodies
    private let observations: [(Observation, Moment)]

    init(_ bodies: Bodies, observations count: Int) {
        self.bodies = bodies
        observations = ordinaryMonth(observations: count)
    }

    func measure(rounds: Int) throws -> [Figures] {
        try [("23.7 KB", bodies.pullRequest), ("a message of Copr's", bodies.copr)].flatMap { name, body in
            let body = kept(body)
            return try Self.sizes.map { try commits(of: $0, name, body, rounds: rounds) }
                + [try log(name, body, rounds: rounds)]
        }
            + objectiveCounts.map {
                try commits(of: Self.sizes[0], "23.7 KB", kept(bodies.pullRequest), $0, rounds: rounds)
            }
    }

    private func kept(_ body: [UInt8]) -> KeptBody {
        KeptBody(
            headers: #"{"Content-Type":"application/json","X-GitHub-Event":"pull_request"}"#,
            compressed: CompressedBody(compressing: body))
    }

    private func commits(
        of size: Int, _ name: String, _ body: KeptBody, _ objectives: Int? = nil, rounds: Int
    ) throws -> Figures {
        let settings = LedgerSettings(objectives: objectives ?? 0)
        var times: [Double] = []
        for _ in 0..<rounds {
            times.append(
                try inTemporaryFolder { folder in
                    let store = try SQLiteStore.open(path: folder.appendingPathComponent("measured").path, startedAt: .start)
                    defer { try? store.close() }
                    let batches = batches(of: size, body, under: settings)
                    let taken = try Meter.nanoseconds { for batch in batches { try store.commit(batch) } }
                    return taken / Double(observations.count)
                })
        }
        let under = objectives.map { ", \($0) objectives" } ?? ""
        return Figures(name: "commit \(name), \(size) deliveries a transaction\(under)", times: times)
    }

    /// The batches that the writer would make of them.
    private func batches(of size: Int, _ body: KeptBody, under settings: LedgerSettings) -> [CommitBatch] {
        guard let first = observations.first else { return [] }
        var timeline = Timeline(ledger: Ledger(settings: settings), at: first.1)
        var sequence: Int64 = 1
        var batches: [CommitBatch] = []
        var rest = observations[...]
        while !rest.isEmpty {
            var batch = CommitBatch()
            for (observation, moment) in rest.prefix(size) {
                timeline.observe(observation, at: moment)
                batch.journal.append(entry(sequence, at: moment.wall, observation, body))
                sequence += 1
            }
            let effects = timeline.drain().effects
            timeline.confirm()
            batch.state = effects.state
            batch.changes = effects.changeRecords
            batch.runs = effects.runRecords
            batch.withdrawnRuns = effects.withdrawnRuns
            batch.judgements = effects.judgements
            for number in 0..<16 { batch.counters["packit_slo_measured_total{number=\"\(number)\"}"] = 1 }
            batches.append(batch)
            rest = rest.dropFirst(size)
        }
        return batches
    }

    private func entry(
        _ sequence: Int64, at moment: Timestamp, _ observation: Observation, _ body: KeptBody
    ) -> JournalEntry {
        // Increases like the time at the beginning of GitHub's ids.
        let digest = withUnsafeBytes(of: sequence.bigEndian) { Array($0) + Array($0) }
        let delivery = DeliveryIdentity(digest: digest[...]).map {
            JournalledDelivery(
                source: .github, event: "pull_request", identity: $0,
                fingerprint: digest.withUnsafeBytes { BodyFingerprint(of: $0) }, result: "accepted",
                bodyByteCount: body.compressed.originalByteCount, body: body)
        }
        return JournalEntry(
            sequence: sequence, receivedAt: moment, kind: .delivery, delivery: delivery,
            observation: [observation].stored)
    }

    /// The same bytes, appended and synced as often as with the smallest transaction.
    private func log(_ name: String, _ body: KeptBody, rounds: Int) throws -> Figures {
        let entry = observations.first.map { [$0.0].stored } ?? []
        let piece = Data(body.compressed.bytes + entry + [UInt8](repeating: 0, count: 64))
        let count = observations.count / Self.sizes[0]
        var times: [Double] = []
        for _ in 0..<rounds {
            times.append(
                try inTemporaryFolder { folder in
                    let path = folder.appendingPathComponent("log").path
                    let file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
                    guard file >= 0 else { throw MeasurementError(description: "\(path) cannot be written") }
                    defer { close(file) }
                    let write = (0..<Self.sizes[0]).reduce(into: Data()) { data, _ in data += piece }
                    let taken = try Meter.nanoseconds {
                        for _ in 0..<count {
                            let written = write.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
                            guard written == write.count, fdatasync(file) == 0 else {
                                throw MeasurementError(description: "\(path) cannot be written")
                            }
                        }
                    }
                    return taken / Double(count * Self.sizes[0])
                })
        }
        return Figures(name: "append \(name) to a log, synced every \(Self.sizes[0])", times: times)
    }

    private func inTemporaryFolder<Result>(_ work: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("measured-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try work(folder)
    }
}

extension Timestamp {
    fileprivate static let start = Timestamp(seconds: 1_795_000_000)
}
