/// Finds out whether a connection that is up still consumes: a broker may have lost the consumer and keep the
/// connection. While nothing comes, it has the broker asked how the queue is doing.
struct QueueWatch {
    enum Duty: Equatable {
        case none
        case ask
        /// The connection is of no use, for this reason.
        case giveUp(String)
    }

    private let interval: Duration
    private var nextLook: ContinuousClock.Instant
    private var isAnswerDue = false
    private var hasHeard = false
    /// How often in a row messages waited although there was room for them.
    private var stalls = 0

    init(every interval: Duration, since now: ContinuousClock.Instant) {
        self.interval = interval
        nextLook = now + interval
    }

    /// Notes that a message came.
    mutating func heard() {
        hasHeard = true
        stalls = 0
    }

    /// What is to be done by now.
    mutating func look(at now: ContinuousClock.Instant) -> Duty {
        guard now >= nextLook else { return .none }
        nextLook = now + interval
        if isAnswerDue { return .giveUp("the broker does not answer") }
        defer { hasHeard = false }
        if hasHeard { return .none }
        isAnswerDue = true
        return .ask
    }

    /// Takes the broker's answer.
    /// - Parameter hasRoom: whether the broker may send more before something is acknowledged.
    mutating func answered(messages: Int, consumers: Int, hasRoom: Bool) -> Duty {
        isAnswerDue = false
        guard consumers > 0 else { return .giveUp("the broker knows of no consumer of the queue any more") }
        // One that has just come in is on its way here.
        stalls = messages > 0 && hasRoom && !hasHeard ? stalls + 1 : 0
        return stalls < 2 ? .none : .giveUp("\(messages) messages wait in the queue and none comes")
    }
}
