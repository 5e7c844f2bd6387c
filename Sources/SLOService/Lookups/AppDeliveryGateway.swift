public import SLOCore
import SLOStore
import Synchronization

/// What a reader of the deliveries to an App needs of the service.
public protocol AppDeliveryJournal: Sendable {
    /// How far the App's list has been read; `nil` before it was read to its end.
    func readThrough(ofApp app: Int64) async throws -> Timestamp?
    /// Those of the App's attempts that are not counted.
    func uncounted(_ attempts: [AppDeliveryAttempt], ofApp app: Int64) async throws -> [AppDeliveryAttempt]
    /// Has the writer count and store what was read. What is noted twice counts once.
    /// - Returns: whether it is stored. `false` if there is no room, once the service stops, and if the task is
    ///   cancelled: read it again.
    func note(_ listed: AppDeliveriesListed) async -> Bool
}

/// Reads what is counted in the background, and queues what was read for the writer.
final class AppDeliveryGateway: AppDeliveryJournal {
    private let state: BackgroundReader
    private let queue: IntakeQueue

    init(readers: ReaderSource, queue: IntakeQueue) {
        state = BackgroundReader(readers, label: "packit-slo.app-deliveries")
        self.queue = queue
    }

    func readThrough(ofApp app: Int64) async throws -> Timestamp? {
        try await state.read { try Ledger.readThrough(ofApp: app, from: $0) }
    }

    func uncounted(_ attempts: [AppDeliveryAttempt], ofApp app: Int64) async throws -> [AppDeliveryAttempt] {
        guard !attempts.isEmpty else { return [] }
        return try await state.read { try Ledger.uncounted(attempts, ofApp: app, from: $0) }
    }

    func note(_ listed: AppDeliveriesListed) async -> Bool {
        let answer = Answer()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.await(continuation)
                let pending = PendingDelivery([.appDeliveriesListed(listed)], from: .github) { response in
                    if case .refused = response { answer.give(false) } else { answer.give(true) }
                }
                guard let pending, queue.offer(pending) else { return answer.give(false) }
            }
        } onCancel: {
            answer.give(false)
        }
    }

    /// The writer's answer, or the end of waiting for it, whichever is first.
    private final class Answer: Sendable {
        private enum State {
            case open
            case awaited(CheckedContinuation<Bool, Never>)
            case given(Bool)
        }

        private let state = Mutex(State.open)

        func await(_ continuation: CheckedContinuation<Bool, Never>) {
            let given: Bool? = state.withLock { state in
                if case .given(let isStored) = state { return isStored }
                state = .awaited(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }

        func give(_ isStored: Bool) {
            let continuation: CheckedContinuation<Bool, Never>? = state.withLock { state in
                switch state {
                case .given: return nil
                case .open:
                    state = .given(isStored)
                    return nil
                case .awaited(let continuation):
                    state = .given(isStored)
                    return continuation
                }
            }
            continuation?.resume(returning: isStored)
        }
    }
}
