import NIOCore
import Synchronization

/// Decides on a new connection while all slots are taken, so that idle connections cannot keep out senders of
/// deliveries.
///
/// The new connection takes the slot of the one that has waited longest for its next request, or else of the one whose
/// request has been arriving for longest, if either takes longer than a working sender would. If all connections are at
/// work, the new one is served one request within short limits (`ConnectionLimits.crowded`). The number of such
/// connections is limited, too; further ones wait in the system's backlog.
final class ConnectionLimiter: Sendable {
    private let slots: Int
    private let taken: Mutex<[ObjectIdentifier: ConnectionSlot]> = Mutex([:])

    /// A client that connects sends at once; this is several round trips around the world.
    static let patienceWithWaiting = TimeAmount.milliseconds(500)
    /// A body of 25 MB takes this long at 100 Mbit/s; nearly all are a thousandth of that.
    static let patienceWithReading = TimeAmount.seconds(2)

    init(slots: Int) {
        self.slots = slots
    }

    /// Admits a connection. Returns `false` if there is no slot for it.
    func admit(_ newcomer: ConnectionSlot) -> Bool {
        let (isAdmitted, leaving) = self.taken.withLock { taken -> (Bool, ConnectionSlot?) in
            guard taken.count >= self.slots else {
                taken[ObjectIdentifier(newcomer)] = newcomer
                return (true, nil)
            }
            guard let leaving = Self.whoLeaves(taken.values, now: .now()) else { return (false, nil) }
            taken[ObjectIdentifier(leaving)] = nil
            taken[ObjectIdentifier(newcomer)] = newcomer
            return (true, leaving)
        }
        leaving?.giveUp()
        return isAdmitted
    }

    /// Call when an admitted connection has ended.
    func leave(_ slot: ConnectionSlot) {
        self.taken.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(slot)) }
    }

    private static func whoLeaves(_ slots: some Sequence<ConnectionSlot>, now: NIODeadline) -> ConnectionSlot? {
        var waiting: (slot: ConnectionSlot?, since: NIODeadline) = (nil, now - Self.patienceWithWaiting)
        var reading: (slot: ConnectionSlot?, since: NIODeadline) = (nil, now - Self.patienceWithReading)
        for slot in slots {
            switch slot.occupation {
            case .waiting(let since) where since < waiting.since: waiting = (slot, since)
            case .reading(let since) where since < reading.since: reading = (slot, since)
            case .waiting, .reading, .working: break
            }
        }
        return waiting.slot ?? reading.slot
    }
}

/// The state that a connection reports to the limiter. A change costs one atomic store.
final class ConnectionSlot: Sendable {
    enum Occupation: Equatable {
        /// Waiting for the next request.
        case waiting(since: NIODeadline)
        /// A request has begun to arrive.
        case reading(since: NIODeadline)
        /// Serving a request.
        case working
    }

    /// A time, with the lowest bit set while a request is being read; 0 while one is served.
    private let state: Atomic<UInt64>
    private let action: @Sendable () -> Void

    /// - Parameter action: closes the connection, unless it has begun to serve a request. May be called on any thread.
    init(giveUp action: @escaping @Sendable () -> Void) {
        self.state = Atomic(Self.state(of: .waiting(since: .now())))
        self.action = action
    }

    var occupation: Occupation {
        get {
            let state = self.state.load(ordering: .relaxed)
            if state == 0 { return .working }
            let since = NIODeadline.uptimeNanoseconds(state & ~1)
            return state & 1 == 0 ? .waiting(since: since) : .reading(since: since)
        }
        set { self.state.store(Self.state(of: newValue), ordering: .relaxed) }
    }

    func giveUp() { self.action() }

    private static func state(of occupation: Occupation) -> UInt64 {
        switch occupation {
        case .waiting(let since): since.uptimeNanoseconds & ~1
        case .reading(let since): since.uptimeNanoseconds | 1
        case .working: 0
        }
    }
}
