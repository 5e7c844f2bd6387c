/// A ledger in virtual time: what is fed to it carries its own time of receipt, and deadlines fire as those times pass
/// them. `replay` and the tests run on this; the service does the same against real clocks and a disk.
public struct Timeline: Sendable {
    public private(set) var ledger: Ledger
    /// The virtual time. Never goes back: a recorded time before it counts as this one (`domain` §8.3, 23).
    public private(set) var now: Timestamp
    private var deadlines = DeadlineQueue()

    public init(ledger: Ledger, startingAt now: Timestamp = Timestamp(milliseconds: .min)) {
        self.ledger = ledger
        self.now = now
        for deadline in ledger.armedDeadlines { deadlines.arm(deadline, fireAt: deadline.due.milliseconds) }
    }

    /// How many deadlines are armed.
    public var armedDeadlines: Int { deadlines.count }

    /// Decides an observation, after every deadline that was due before it.
    /// - Returns: the effects, in the order of their causes.
    public mutating func observe(_ observation: Observation, receivedAt: Timestamp) -> [Effects] {
        var effects = advance(toBefore: receivedAt)
        ledger.observe(observation, receivedAt: now)
        effects.append(settle())
        return effects
    }

    /// Lets time pass up to a moment, its own deadlines included.
    public mutating func advance(through moment: Timestamp) -> [Effects] {
        var effects: [Effects] = []
        while let effect = fireNext(by: moment) { effects.append(effect) }
        now = max(now, moment)
        return effects
    }

    /// Lets time pass until no change waits and no run is open.
    public mutating func advanceToEnd() -> [Effects] {
        var effects: [Effects] = []
        while ledger.hasOpenWork, let effect = fireNext(by: Timestamp(milliseconds: .max)) { effects.append(effect) }
        return effects
    }

    private mutating func advance(toBefore moment: Timestamp) -> [Effects] {
        guard moment > now else { return [] }
        var effects: [Effects] = []
        while let effect = fireNext(by: moment - .milliseconds(1)) { effects.append(effect) }
        now = moment
        return effects
    }

    private mutating func fireNext(by moment: Timestamp) -> Effects? {
        guard let deadline = deadlines.takeDue(by: moment.milliseconds) else { return nil }
        now = max(now, deadline.due)
        ledger.fire(deadline, at: now)
        return settle()
    }

    private mutating func settle() -> Effects {
        let effects = ledger.drain()
        for deadline in effects.deadlines { deadlines.arm(deadline, fireAt: deadline.due.milliseconds) }
        ledger.confirm()
        return effects
    }
}
