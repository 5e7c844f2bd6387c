public import SLOStore
import Synchronization

/// Where the judgements of objectives that were added or changed are filled in (docs/counting.md, rule 54).
public protocol BackfillTarget: Sendable {
    /// The configured objectives whose judgements are not complete.
    var pendingBackfills: [Backfill] { get }

    /// Takes one short step, between two batches of the service.
    func take(_ step: BackfillStep) async -> BackfillResult
}

/// What fits into one transaction.
public enum BackfillStep: Sendable {
    /// Deletes some of what is to be filled in anew.
    case clear(Backfill)
    case add([BackfilledJudgement])
    case complete(Backfill)
}

public enum BackfillResult: Sendable {
    case done
    /// The step is to be taken again: there is more to delete.
    case more
    /// The database cannot be written at present.
    case failed
    /// The service stops.
    case stopping
}

/// The slot in which one step waits for the writer.
final class BackfillSlot: Sendable {
    private struct State {
        var waiting: (step: BackfillStep, continuation: CheckedContinuation<BackfillResult, Never>)?
        var isClosed = false
    }

    private let state = Mutex(State())

    var waiting: BackfillStep? { state.withLock { $0.waiting?.step } }

    func put(_ step: BackfillStep) async -> BackfillResult {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isClosed, state.waiting == nil else { return false }
                state.waiting = (step, continuation)
                return true
            }
            if !isTaken { continuation.resume(returning: .stopping) }
        }
    }

    func settle(_ result: BackfillResult) {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.continuation.resume(returning: result)
    }

    /// Refuses further steps.
    func close() {
        state.withLock { $0.isClosed = true }
        settle(.stopping)
    }
}
