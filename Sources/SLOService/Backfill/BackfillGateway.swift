import SLOStore

/// Hands the steps of backfills to the writer.
struct BackfillGateway: BackfillTarget {
    let pendingBackfills: [Backfill]
    let steps: WriterSlot<BackfillStep, BackfillResult>

    func take(_ step: BackfillStep) async -> BackfillResult { await steps.put(step) }
}
