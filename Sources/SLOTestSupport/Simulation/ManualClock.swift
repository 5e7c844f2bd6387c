public import SLOCore
import SLOService
import Synchronization

/// A clock that goes nowhere by itself.
public final class ManualClock: Sendable {
    private let time: Mutex<Moment>

    public init(at time: Timestamp) {
        self.time = Mutex(Moment(virtual: time))
    }

    /// What the service is given to read.
    public var asServiceClock: ServiceClock {
        ServiceClock { self.now }
    }

    public var now: Moment { time.withLock { $0 } }

    /// Lets time pass, on both clocks. A moment that is past already changes nothing.
    public func advance(to moment: Timestamp) {
        time.withLock { now in
            let passed = moment - now.wall
            guard passed > .zero else { return }
            now = Moment(wall: moment, clock: now.clock + passed.milliseconds)
        }
    }
}
