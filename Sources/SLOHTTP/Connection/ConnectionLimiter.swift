import NIOCore
import Synchronization

/// Decides what becomes of a connection that comes while all slots are taken, so that those who hold a connection and
/// send nothing cannot keep out those who have something to deliver.
///
/// The newcomer gets the slot of the connection that has waited longest for its next request, or else of the one whose
/// request has been on its way for longest, if either is too long for an honest sender under such a crowd. Else
/// everybody is at work, and the newcomer has little time for one request (`ConnectionLimits.crowded`). There are few
/// such connections; whoever comes while those are taken, too, waits in the system's backlog for the next to end.
final class ConnectionLimiter: Sendable {
    private let slots: Int
    private let taken: Mutex<[ObjectIdentifier: ConnectionSlot]> = Mutex([:])

    /// Who connects sends at once: this is several times the way around the world.
    static let patienceWithWaiting = TimeAmount.milliseconds(500)
    /// A body of 25 MB takes this on a line of 100 Mbit/s; nearly all are a thousandth of that.
    static let patienceWithReading = TimeAmount.seconds(2)

    init(slots: Int) {
        self.slots = slots
    }

    /// Lets a connection in. `false`: there is no slot for it.
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

    /// A connection has ended, or was let in by `admit` and is not wanted after all.
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

/// What a connection tells the limiter about itself. It costs a store when that changes.
final class ConnectionSlot: Sendable {
    enum Occupation: Equatable {
        /// For its next request.
        case waiting(since: NIODeadline)
        /// A request that has begun to arrive.
        case reading(since: NIODeadline)
        /// On a response.
        case working
    }

    /// A time, and in the lowest bit whether a request is being read; 0 for work.
    private let state: Atomic<UInt64>
    private let action: @Sendable () -> Void

    /// - Parameter action: ends the connection, from any thread, unless it has got work meanwhile.
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
