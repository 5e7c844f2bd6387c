import SLOCore
import SLOMetrics
import SLOStore

// Stores a person's note, between batches and in a transaction of its own. It touches no number.

extension Writer {
    func take(_ edit: TimeNoteEdit, at now: Moment, othersWait: Bool) -> TimeNoteResult {
        do {
            if mustReload, let failure = reload(at: now) { throw failure }
            var batch = Batch()
            let result = add(edit, at: now, to: &batch)
            if !othersWait { advance(to: now) }
            finish(&batch)
            try commit(batch)
            return result
        } catch {
            undo(StoreError(wrapping: error))
            return .failed
        }
    }

    /// Sets what the exposition tells of notes. In a cluster other nodes write them, too.
    func tellTimeNotes(at now: Moment) throws {
        let notes = try store.timeNotes(at: now.wall)
        for kind in TimeNoteKind.allCases {
            let inForce = notes.inForce.count { $0.kind == kind.rawValue }
            metrics.set(.timeNotes(kind), to: Int64(inForce))
            // A note that is withdrawn may have been the last.
            let latest = notes.latest[kind.rawValue]
            metrics.set(.latestTimeNote(kind, .start), to: latest?.from.milliseconds)
            metrics.set(.latestTimeNote(kind, .end), to: latest?.to.milliseconds)
        }
    }

    private func add(_ edit: TimeNoteEdit, at now: Moment, to batch: inout Batch) -> TimeNoteResult {
        switch edit {
        case .add(let kind, let from, let to, let words):
            lastTimeNote = max(lastTimeNote + 1, now.wall.milliseconds)
            let note = TimeNote(id: lastTimeNote, kind: kind, from: from, to: to, words: words)
            batch.commit.timeNotes = [note]
            return .added(note.id)
        case .withdraw(let id):
            batch.commit.withdrawnTimeNotes = [id]
            return .withdrawn
        }
    }
}
