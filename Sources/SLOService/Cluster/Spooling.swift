import SLOStore

/// When a node uses its spool. Used by the appender's thread.
final class Spooling: @unchecked Sendable {
    // Proof of sendability: mutable state is accessed by the appender's thread only.
    let spool: Spool
    /// How long the inbox may fail before the spool takes what waits, in milliseconds.
    let patience: Int64
    /// Whether everything goes through the spool, and is acknowledged once it is there.
    private let isFirst: Bool
    /// Monotonic time before which nothing is forwarded, so that what comes meanwhile does not wait for that.
    private var nextAttempt: Int64 = .min

    private static let pauseMilliseconds: Int64 = 1000

    init(_ spool: Spool, patience: Int64, isFirst: Bool) {
        self.spool = spool
        self.patience = patience
        self.isFirst = isFirst
    }

    /// Whether what comes goes to the spool: nothing may overtake what is in it.
    var takesAll: Bool { isFirst || spool.count > 0 }

    func isDue(at now: Int64) -> Bool { now >= nextAttempt }
    /// A long attempt, to connect to a machine that does not answer, is followed by as long a pause.
    func didFail(from began: Int64, to now: Int64) {
        nextAttempt = now + max(Self.pauseMilliseconds, now - began)
    }
}
