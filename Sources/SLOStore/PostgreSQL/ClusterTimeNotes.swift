import SLOCore

/// The notes on times of a cluster. Any node writes them, whoever decides: they touch nothing that is decided.
public final class ClusterTimeNotes: Sendable {
    private let session: PostgresSession

    init(_ session: PostgresSession) {
        self.session = session
    }

    /// - Throws: `StoreError`.
    public func add(_ note: TimeNote) throws {
        var batch = CommitBatch()
        batch.timeNotes = [note]
        _ = try session.run(PostgresTerm.timeNotes(batch))
    }

    /// - Throws: `StoreError`.
    public func withdraw(_ id: Int64) throws {
        var batch = CommitBatch()
        batch.withdrawnTimeNotes = [id]
        _ = try session.run(PostgresTerm.timeNotes(batch))
    }
}
