import SLOCore
import Synchronization

/// For how long the database has taken what this node appends, without a failure and without a pause.
///
/// Whoever begins to decide need not wait anew for a node that was silent while this one was heard: it could have
/// reported.
final class ConnectionRecord: Sendable {
    /// By the monotonic clock.
    private struct Stretch {
        var since: Int64
        var latest: Int64
    }

    private let stretch = Mutex<Stretch?>(nil)

    /// Longer than an idle node waits before it moves its watermark.
    private static let longestPauseMilliseconds: Int64 = 1000

    func didAppend(at now: Int64) {
        stretch.withLock { stretch in
            let since = stretch.flatMap { Self.isLasting($0, at: now) ? $0.since : nil }
            stretch = Stretch(since: since ?? now, latest: now)
        }
    }

    func didFail() { stretch.withLock { $0 = nil } }

    func span(at now: Int64) -> TimeSpan {
        stretch.withLock { stretch in
            guard let stretch, Self.isLasting(stretch, at: now) else { return .zero }
            return .milliseconds(now - stretch.since)
        }
    }

    private static func isLasting(_ stretch: Stretch, at now: Int64) -> Bool {
        now - stretch.latest <= longestPauseMilliseconds
    }
}
