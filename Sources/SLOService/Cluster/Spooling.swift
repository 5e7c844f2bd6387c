import Dispatch
import SLOStore
import Synchronization

/// When a node uses its spool, and which of its threads uses the inbox: the one that acknowledges, or, from a failure
/// until all of the spool is in the inbox, the one that forwards.
final class Spooling: Sendable {
    private struct State {
        var isForwarding: Bool
        /// Why the inbox takes nothing.
        var problem: StoreError?
        /// Monotonic time before which nothing is forwarded.
        var nextAttempt: Int64 = .min
    }

    let spool: Spool
    /// How long the inbox may fail before the spool takes what waits, in milliseconds.
    let patience: Int64
    /// Whether everything goes through the spool, and is acknowledged once it is there.
    let isFirst: Bool
    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)

    private static let pauseMilliseconds: Int64 = 1000

    /// - Parameter problem: why the inbox takes nothing from the beginning.
    init(_ spool: Spool, patience: Int64, isFirst: Bool, problem: StoreError? = nil) {
        self.spool = spool
        self.patience = patience
        self.isFirst = isFirst
        state = Mutex(State(isForwarding: isFirst || problem != nil || spool.count > 0, problem: problem))
    }

    /// Why the inbox takes nothing, as far as is known; `nil` if it does.
    var problem: StoreError? { state.withLock { $0.problem } }

    // MARK: - The thread that acknowledges

    /// Whether what comes goes to the spool: nothing may overtake what is in it.
    var takesAll: Bool { state.withLock { $0.isForwarding } }

    /// Call it after entries were put into the spool: the other thread may have been at its end meanwhile.
    func didSpool() {
        state.withLock { $0.isForwarding = true }
        wakeUp()
    }

    /// The other thread tries from now on.
    func leaveInbox(because problem: StoreError) {
        state.withLock { state in
            state.problem = problem
            state.isForwarding = true
        }
        wakeUp()
    }

    /// Makes the other thread look.
    func wakeUp() { wake.signal() }

    // MARK: - The thread that forwards

    /// Whether it is this thread's to use the inbox.
    func isDue(at now: Int64) -> Bool { state.withLock { $0.isForwarding && now >= $0.nextAttempt } }

    /// Its last act of a turn: if nothing is left, the inbox is the other thread's again.
    func didForward() {
        state.withLock { state in
            state.problem = nil
            if spool.count == 0, !isFirst { state.isForwarding = false }
        }
    }

    func didFail(because problem: StoreError, at now: Int64) {
        state.withLock { state in
            state.problem = problem
            state.nextAttempt = now + Self.pauseMilliseconds
        }
    }

    /// Until something is put into the spool, or a while has passed.
    func sleep(milliseconds: Int) {
        _ = wake.wait(timeout: .now() + .milliseconds(milliseconds))
        // One turn forwards what several calls told of.
        while wake.wait(timeout: .now()) == .success {}
    }
}
