import NIOCore
import Synchronization

/// Lets connections that have more to be worked off than fits into a turn go on one after the other, and lets the event
/// loop look at all its sockets in between: those who deliver do not wait for those who send requests by the thousand.
/// What is thrown away is read in turns, too: those who are refused take no time from those who are served.
///
/// One for each event loop, and used on it alone.
final class TurnQueue {
    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<HTTP1ConnectionHandler>()
    private var isScheduled = false
    private var draining = CircularBuffer<HTTP1ConnectionHandler>()
    private var isDrainScheduled = false

    /// How long the queue works before it lets the event loop look.
    private static let share = TimeAmount.microseconds(500)
    /// What is scheduled for later than now is not run before the event loop has looked.
    private static let pause = TimeAmount.milliseconds(1)
    /// After that, one connection is read for nothing: with `ConnectionLimits.readBytes` each, 32 MB a second.
    private static let drainPause = TimeAmount.milliseconds(2)
    /// Beyond them the one that has waited longest is closed: it has had its response for long enough to take it.
    private static let drainedAtOnce = 128

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ connection: HTTP1ConnectionHandler) {
        self.waiting.append(connection)
        self.schedule()
    }

    /// Has a connection read once more for nothing, when there is time for that.
    func addToDrain(_ connection: HTTP1ConnectionHandler) {
        self.draining.append(connection)
        if self.draining.count > Self.drainedAtOnce { self.draining.popFirst()?.drainTurnDenied() }
        self.scheduleDrain()
    }

    private func scheduleDrain() {
        guard !self.isDrainScheduled else { return }
        self.isDrainScheduled = true
        self.eventLoop.assumeIsolated().scheduleTask(in: Self.drainPause) {
            self.isDrainScheduled = false
            self.draining.popFirst()?.drainTurnCame()
            if !self.draining.isEmpty { self.scheduleDrain() }
        }
    }

    private func schedule() {
        guard !self.isScheduled else { return }
        self.isScheduled = true
        self.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.run() }
    }

    private func run() {
        self.isScheduled = false
        let end = NIODeadline.now() + Self.share
        while let connection = self.waiting.popFirst() {
            connection.turnCame()
            if NIODeadline.now() > end { break }
        }
        if !self.waiting.isEmpty { self.schedule() }
    }
}

/// The queue of turns of each event loop.
final class TurnQueues: Sendable {
    private let queues = Mutex<[ObjectIdentifier: NIOLoopBound<TurnQueue>]>([:])

    /// On the event loop.
    func queue(of eventLoop: any EventLoop) -> TurnQueue {
        self.queues.withLock { queues in
            if let queue = queues[ObjectIdentifier(eventLoop)] { return queue.value }
            let queue = TurnQueue(eventLoop: eventLoop)
            queues[ObjectIdentifier(eventLoop)] = NIOLoopBound(queue, eventLoop: eventLoop)
            return queue
        }
    }
}
