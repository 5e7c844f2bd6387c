import SLOCore
import SLOMetrics
import SLOStore

extension Writer {
    /// Journals the start, and since when the service was down. Call before `start`.
    func noteStart(at now: Moment, blindSince: Timestamp?) throws {
        var batch = Batch()
        if let blindSince, blindSince < now.wall {
            note(BlindInterval(startedAt: blindSince, cause: "down", endedAt: now.wall), at: now, in: &batch)
            blindIntervals.wasDown(from: blindSince, to: now.wall)
            batch.metrics.count(.blindMilliseconds, by: (now.wall - blindSince).milliseconds)
        }
        begin(.start, at: now, in: &batch)
        noteBackfills(in: &batch)
        decidedBefore = max(decidedBefore, now.wall)
        finish(&batch)
        try commit(batch)
        metrics.set(.databaseBytes, to: try store.databaseBytes)
        try tellTimeNotes(at: now)
        tellState(at: now)
    }

    /// Notes objectives that the process before did not have. Nothing is journalled, as nothing else begins.
    func noteObjectives(at now: Moment) throws {
        guard timeline.continued(at: now) else { return }
        var batch = Batch()
        noteBackfills(in: &batch)
        finish(&batch)
        try commit(batch)
    }

    private func noteBackfills(in batch: inout Batch) {
        for (objective, through) in timeline.ledger.objectivesToBackfill {
            batch.commit.backfills[objective] = through
        }
    }
}
