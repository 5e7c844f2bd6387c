import SLOCore
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
