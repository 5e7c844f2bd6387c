import SLOCore
import SLOStore

/// Reads the journal in the background, and hands comparisons to the writer.
final class ReconciliationStore: ReconciliationJournal {
    private let journal: BackgroundReader
    private let pending: WriterSlot<Reconciliation, Bool>

    init(readers: ReaderSource, pending: WriterSlot<Reconciliation, Bool>) {
        self.pending = pending
        journal = BackgroundReader(readers, label: "packit-slo.reconciliation")
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
