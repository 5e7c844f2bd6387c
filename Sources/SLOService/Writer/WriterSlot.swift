import Synchronization

/// The slot in which one piece of work waits for the writer, which takes it between two batches.
final class WriterSlot<Work: Sendable, Outcome: Sendable>: Sendable {
    private struct State {
        var waiting: (work: Work, continuation: CheckedContinuation<Outcome, Never>)?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let refusal: Outcome

    /// - Parameter refusal: the outcome of work that is not taken: the slot is full or closed, or the task that waits
    ///   for it is cancelled.
    init(refusal: Outcome) {
        self.refusal = refusal
    }

    var waiting: Work? { state.withLock { $0.waiting?.work } }

    func put(_ work: Work) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTaken = state.withLock { state in
                    guard !state.isClosed, state.waiting == nil, !Task.isCancelled else { return false }
                    state.waiting = (work, continuation)
                    return true
                }
                if !isTaken { continuation.resume(returning: refusal) }
            }
        } onCancel: {
            settle(refusal)
        }
    }

    func settle(_ outcome: Outcome) {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.continuation.resume(returning: outcome)
    }

    /// Refuses further work.
    func close() {
        state.withLock { $0.isClosed = true }
        settle(refusal)
    }
}
