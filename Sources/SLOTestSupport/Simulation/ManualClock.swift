public import SLOCore
import SLOService
import Synchronization

/// A clock that only advances on request.
public final class ManualClock: Sendable {
    private let time: Mutex<Moment>

    public init(at time: Timestamp) {
        self.time = Mutex(Moment(virtual: time))
    }

    /// The clock for the service.
    public var asServiceClock: ServiceClock {
        ServiceClock { self.now }
    }

    public var now: Moment { time.withLock { $0 } }

    /// Advances both clocks. A moment in the past changes nothing.
    public func advance(to moment: Timestamp) {
        time.withLock { now in
            let passed = moment - now.wall
            guard passed > .zero else { return }
            now = Moment(wall: moment, clock: now.clock + passed.milliseconds)
        }
    }
}
