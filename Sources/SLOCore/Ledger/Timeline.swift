/// A moment on the two clocks that deciding needs.
public struct Moment: Hashable, Sendable {
    /// The wall time, for people and for comparison with providers.
    public let wall: Timestamp
    /// The monotonic time, in milliseconds.
    public let clock: Int64

    public init(wall: Timestamp, clock: Int64) {
        self.wall = wall
        self.clock = clock
    }

    /// A moment of a recording, in which both clocks are equal.
    public init(virtual time: Timestamp) {
        self.init(wall: time, clock: time.milliseconds)
    }
}

/// A ledger and its deadlines, advanced in the right order: what was received at or before a time is decided before the
/// deadlines due at it (docs/counting.md, rule 23).
///
/// The running service feeds it real moments and a replay virtual ones; nothing else differs. A batch is any number of
/// inputs, `drain`, then `confirm` or `rollback`.
public struct Timeline: Sendable {
    public private(set) var ledger: Ledger
    private var deadlines = DeadlineQueue()
    /// Deadlines fired since the last `drain`, in order.
    private var fired: [DeadlineQueue.Armed] = []

    /// Arms the ledger's deadlines. Overdue ones fire at once.
    public init(ledger: Ledger, at moment: Moment) {
        self.ledger = ledger
        deadlines = DeadlineQueue(
            ledger.unsortedDeadlines.map { DeadlineQueue.Armed($0, at: moment) })
    }

    public var armedDeadlines: Int { deadlines.count }

    /// The memory of all tracked entities in bytes, as an estimate.
    public mutating func trackedBytes() -> Int { ledger.trackedBytes() }

    /// When the next deadline fires, by the moments' `clock`.
    public mutating func nextDeadline() -> Int64? {
        deadlines.next()
    }

    /// The service has started; overdue verdicts wait a grace period.
    public mutating func started(at moment: Moment) {
        ledger.started(at: moment.wall)
        armNew(at: moment)
    }

    /// Another process continues what one has decided.
    /// - Returns: whether that changes anything.
    public mutating func continued(at moment: Moment) -> Bool {
        guard ledger.continued(at: moment.wall) else { return false }
        armNew(at: moment)
        return true
    }

    /// Adds a blind interval.
    /// - Parameter excludes: whether deadlines within it are excluded, or only in doubt.
    public mutating func wasBlind(from: Timestamp, to: Timestamp, excludes: Bool = true) {
        ledger.wasBlind(from: from, to: to, excludes: excludes)
    }

    /// All deliveries missed in the blind interval with this start have arrived.
    public mutating func caughtUp(blindSince from: Timestamp) {
        ledger.caughtUp(blindSince: from)
    }

    /// Removes what must be forgotten.
    public mutating func erase(_ erasure: inout Erasure, at moment: Moment) -> Ledger.Erased {
        ledger.erase(&erasure, at: moment.wall)
    }

    /// Decides an observation, after every deadline that was due before it.
    /// - Parameter delivery: its delivery, if what it decides is to be known by that.
    public mutating func observe(_ observation: Observation, of delivery: DeliveryID? = nil, at moment: Moment) {
        fireDeadlines(by: moment.clock - 1, at: moment)
        ledger.observe(observation, of: delivery, receivedAt: moment.wall)
        armNew(at: moment)
    }

    /// Fires the deadlines that are due at or before a moment. Everything received by then must have been decided.
    /// - Parameter limit: the most to fire now.
    /// - Returns: whether there may be more.
    @discardableResult
    public mutating func fireDeadlines(through moment: Moment, atMost limit: Int = .max) -> Bool {
        fireDeadlines(by: moment.clock, at: moment, atMost: limit)
    }

    /// Fires the deadlines that were due before a moment. Deadlines that they arm use that moment's clocks.
    /// - Returns: whether there may be more.
    @discardableResult
    public mutating func fireDeadlines(before moment: Moment, atMost limit: Int = .max) -> Bool {
        fireDeadlines(by: moment.clock - 1, at: moment, atMost: limit)
    }

    /// Fires the next deadline of a recording, and advances the present to it.
    /// - Returns: the time it was due; `nil` if none is left.
    public mutating func fireNextVirtually(by limit: Timestamp) -> Timestamp? {
        guard let next = deadlines.next(), next <= limit.milliseconds else { return nil }
        let time = Timestamp(milliseconds: next)
        fireDeadlines(by: next, at: Moment(virtual: time))
        return time
    }

    /// The effects of the batch so far.
    /// - Parameter isStored: whether to include the rows of state; a replay stores none.
    public mutating func drain(isStored: Bool = true) -> (effects: Effects, fired: [DeadlineQueue.Armed]) {
        defer { fired = [] }
        return (ledger.drain(isStored: isStored), fired)
    }

    public mutating func confirm() {
        ledger.confirm()
        deadlines.confirm()
    }

    public mutating func rollback() {
        fired = []
        ledger.rollback()
        deadlines.rollback()
    }

    @discardableResult
    private mutating func fireDeadlines(by clock: Int64, at moment: Moment, atMost limit: Int = .max) -> Bool {
        var count = 0
        while count < limit {
            guard let due = deadlines.takeDue(by: clock) else { return false }
            count += 1
            fired.append(due)
            // Decided at its due time, however late, so that a replay decides the same.
            ledger.fire(due.deadline, at: due.deadline.due)
            armNew(at: moment)
            // Backend runs that wait for a choice reconsider everything of one moment together.
            guard count == limit || deadlines.next() != due.fireAt else { continue }
            ledger.momentPassed()
            armNew(at: moment)
        }
        return true
    }

    private mutating func armNew(at moment: Moment) {
        for deadline in ledger.takeDeadlines() { arm(deadline, at: moment) }
    }

    private mutating func arm(_ deadline: Deadline, at moment: Moment) {
        deadlines.arm(DeadlineQueue.Armed(deadline, at: moment))
    }
}

extension DeadlineQueue.Armed {
    /// Converts the due time to the monotonic clock, by the clocks' present difference.
    fileprivate init(_ deadline: Deadline, at moment: Moment) {
        self.init(fireAt: moment.clock + (deadline.due - moment.wall).milliseconds, deadline: deadline)
    }
}
