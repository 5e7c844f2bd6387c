import Foundation
import SLOCore
import Synchronization

@testable import SLOStore

/// A folder of its own for each test, gone with it.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/packit-slo-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    var database: String { path("slo.sqlite") }

    func path(_ name: String) -> String { folder + "/" + name }

    func open(fault: @escaping StoreFault = { _ in }) throws -> SQLiteStore {
        try SQLiteStore.open(path: database, startedAt: Timestamp(seconds: 1_795_341_600), fault: fault)
    }

    /// What a crash at this moment would leave: database and log, whatever they hold, and no lock.
    func copyAsIfKilled(to name: String) throws -> String {
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: database + suffix, toPath: path(name) + suffix)
        }
        return path(name)
    }
}

/// What `work` throws, which must be a `StoreError`.
func storeError(_ work: () throws -> Void) throws -> StoreError {
    do {
        try work()
    } catch let error as StoreError {
        return error
    }
    throw NothingThrown()
}

struct NothingThrown: Error {}

/// Fails at one point, once for each time it is armed.
final class FaultSwitch: Sendable {
    typealias Action = @Sendable () throws -> Void

    private let armed = Mutex<[StoreFaultPoint: Action]>([:])

    func arm(_ point: StoreFaultPoint, _ action: @escaping Action) {
        armed.withLock { $0[point] = action }
    }

    var fault: StoreFault {
        { point in
            let action = self.armed.withLock { $0.removeValue(forKey: point) }
            try action?()
        }
    }
}

/// Bytes that do not compress, the same ones each time.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 42
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
}

extension DeliveryIdentity {
    static func numbered(_ number: Int) -> DeliveryIdentity {
        DeliveryIdentity(high: UInt64(number), low: 0x5EED)
    }
}

extension JournalEntry {
    static func delivery(
        _ sequence: Int64, at receivedAt: Timestamp, identity: Int? = nil, body: [UInt8]? = Array("{}".utf8)
    ) -> JournalEntry {
        JournalEntry(
            sequence: sequence, receivedAt: receivedAt, kind: .delivery,
            delivery: JournalledDelivery(
                source: .github, event: "pull_request", identity: .numbered(identity ?? Int(sequence)),
                fingerprint: BodyFingerprint(of: body ?? []), result: body == nil ? "ignored" : "accepted",
                bodyByteCount: body?.count ?? 7,
                body: body.map {
                    KeptBody(
                        headers: #"{"X-GitHub-Event":"pull_request"}"#, compressed: CompressedBody(compressing: $0))
                }),
            observation: [1, 2, 3])
    }
}

extension CommitBatch {
    /// Deliveries with the sequences of `range`, received a second apart.
    static func deliveries(
        _ range: ClosedRange<Int64>, from start: Timestamp = Timestamp(seconds: 1000)
    ) -> CommitBatch {
        var batch = CommitBatch()
        batch.journal = range.map { .delivery($0, at: start + .seconds($0 - range.lowerBound)) }
        return batch
    }

    static func counting(_ series: String, _ delta: Int64) -> CommitBatch {
        var batch = CommitBatch()
        batch.counters = [series: delta]
        return batch
    }
}

extension StateKey {
    static func named(_ name: String, repository: Int64 = 1) -> StateKey {
        StateKey(table: 3, repository: repository, key: Array(name.utf8))
    }
}
