import SLOCore
import SLOStore
import Synchronization

/// Reads the journal in the background, and hands comparisons to the writer.
final class ReconciliationStore: ReconciliationJournal {
    private let journal: BackgroundReader
    let pending = PendingReconciliation()

    init(database: String) {
        journal = BackgroundReader(database: database, label: "packit-slo.reconciliation")
    }

    func memory(of source: Source) async throws -> [UInt8]? {
        try await journal.read { try $0.reconciliationMemory(of: source) }
    }

    func beginning() async throws -> Timestamp? {
        try await journal.read { try $0.journalExtent().beginsAt }
    }

    func held(_ identities: [DeliveryIdentity]) async throws -> Set<DeliveryIdentity> {
        guard !identities.isEmpty else { return [] }
        return try await journal.read { try $0.held(identities) }
    }

    func note(_ reconciliation: Reconciliation) async -> Bool { await pending.put(reconciliation) }
}

/// The slot in which one comparison waits for the writer.
final class PendingReconciliation: Sendable {
    private struct State {
        var waiting: (reconciliation: Reconciliation, continuation: CheckedContinuation<Bool, Never>)?
        var isClosed = false
    }

    private let state = Mutex(State())

    var waiting: Reconciliation? { state.withLock { $0.waiting?.reconciliation } }

    /// - Returns: whether it is stored.
    func put(_ reconciliation: Reconciliation) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTaken = state.withLock { state in
                    guard !state.isClosed, state.waiting == nil, !Task.isCancelled else { return false }
                    state.waiting = (reconciliation, continuation)
                    return true
                }
                if !isTaken { continuation.resume(returning: false) }
            }
        } onCancel: {
            settle(isOnDisk: false)
        }
    }

    func settle(isOnDisk: Bool) {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.continuation.resume(returning: isOnDisk)
    }

    /// Refuses further comparisons.
    func close() {
        state.withLock { $0.isClosed = true }
        settle(isOnDisk: false)
    }
}
