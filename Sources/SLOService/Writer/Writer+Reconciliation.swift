import SLOCore
import SLOMetrics
import SLOStore

// Stores a reconciliation, between batches and in a transaction of its own.

extension Writer {
    func note(_ found: Reconciliation, at now: Moment, in batch: inout Batch) {
        blindIntervals.apply(found, at: now)
        noteBlindIntervals(at: now, in: &batch)
        batch.commit.reconciliationMemory[found.source] = found.memory
        let counts: [(ServiceCounter, Int64)] =
            [
                (.deliveriesChecked(found.source), found.checked),
                (.deliveriesRecovered(found.source), Int64(found.recovered.count)),
                (.deliveriesGivenUp(found.source), found.givenUp), (.redeliveries(found.source), found.requested),
            ]
            + MissReason.allCases.map { reason in
                (.deliveriesMissed(found.source, reason), Int64(found.missed.count { $0.reason == reason }))
            }
        for (counter, amount) in counts where amount != 0 { batch.metrics.count(counter, by: amount) }
        for missed in found.missed {
            let unnoticed = max(0, (now.wall - missed.deliveredAt).milliseconds)
            batch.metrics.observe(.missNotice(found.source), .milliseconds(unnoticed))
        }
    }

    /// Stores a comparison before the next one starts, which continues from it.
    func commit(reconciliation found: Reconciliation, at now: Moment, othersWait: Bool) {
        do {
            if mustReload, let failure = reload(at: now) { throw failure }
            guard work.reconciliations.waiting != nil else { return }
            var batch = Batch()
            note(found, at: now, in: &batch)
            if !othersWait { advance(to: now) }
            finish(&batch)
            try commit(batch)
            didCommit(found)
        } catch {
            undo(StoreError(wrapping: error))
        }
    }

    /// Applies a reconciliation that is stored.
    func didCommit(_ found: Reconciliation) {
        if let completeness = found.completeness {
            metrics.set(.deliveryCompleteness(found.source), to: completeness)
        }
        work.reconciliations.settle(true)
    }
}
