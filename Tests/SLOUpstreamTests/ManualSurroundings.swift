import SLOCore
import SLOService
import SLOUpstream
import Synchronization

/// A clock on which sleeping takes no time, and no chance in it.
final class ManualSurroundings: Sendable {
    private let clock = Mutex<Int64>(1_000_000)
    private let naps = Mutex<[TimeSpan]>([])

    var now: Moment {
        let clock = clock.withLock { $0 }
        return Moment(wall: Timestamp(milliseconds: 1_800_000_000_000 + clock), clock: clock)
    }

    /// What was slept, in order, naps of no length left out.
    var slept: [TimeSpan] { naps.withLock { $0 } }

    func advance(by span: TimeSpan) {
        clock.withLock { $0 += max(0, span.milliseconds) }
    }

    var surroundings: UpstreamSurroundings {
        UpstreamSurroundings(
            clock: ServiceClock { self.now },
            sleep: { span in
                try Task.checkCancellation()
                if span > .zero { self.naps.withLock { $0.append(span) } }
                self.advance(by: span)
            },
            random: { 0.5 })
    }
}
