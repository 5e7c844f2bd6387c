/// Checks whether an open connection still consumes: a broker may lose the consumer and keep the connection. While no
/// message arrives, the broker is asked for the queue's state.
struct QueueWatch {
    enum Duty: Equatable {
        case none
        case ask
        /// The connection is unusable, for this reason.
        case giveUp(String)
    }

    private let interval: Duration
    private var nextLook: ContinuousClock.Instant
    private var isAnswerDue = false
    private var hasHeard = false
    /// How many times in a row messages waited although the broker was allowed to send.
    private var stalls = 0

    init(every interval: Duration, since now: ContinuousClock.Instant) {
        self.interval = interval
        nextLook = now + interval
    }

    /// Call it for every message.
    mutating func heard() {
        hasHeard = true
        stalls = 0
    }

    /// What to do at this time.
    mutating func look(at now: ContinuousClock.Instant) -> Duty {
        guard now >= nextLook else { return .none }
        nextLook = now + interval
        if isAnswerDue { return .giveUp("the broker does not respond") }
        defer { hasHeard = false }
        if hasHeard { return .none }
        isAnswerDue = true
        return .ask
    }

    /// Evaluates the broker's reply.
    /// - Parameter hasRoom: whether the broker may send more before an acknowledgement.
    mutating func answered(messages: Int, consumers: Int, hasRoom: Bool) -> Duty {
        isAnswerDue = false
        guard consumers > 0 else { return .giveUp("the broker has lost the consumer of the queue") }
        // A message that has just entered the queue is not delivered yet.
        stalls = messages > 0 && hasRoom && !hasHeard ? stalls + 1 : 0
        return stalls < 2 ? .none : .giveUp("\(messages) messages wait in the queue, and none is delivered")
    }
}
