import NIOCore
import Synchronization

/// Shares an event loop among its connections. A connection with more input than fits into one turn queues for the
/// next, and the event loop polls its sockets in between, so that thousands of requests on one connection do not delay
/// deliveries on others. Input that is only discarded is read in turns, too, so that refused senders take no time from
/// others.
///
/// One per event loop, used on it only.
final class TurnQueue {
    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<HTTP1ConnectionHandler>()
    private var isScheduled = false
    private var draining = CircularBuffer<HTTP1ConnectionHandler>()
    private var isDrainScheduled = false

    /// How long the queue works before the event loop polls its sockets.
    private static let share = TimeAmount.microseconds(500)
    /// Delayed tasks run only after the event loop has polled its sockets.
    private static let pause = TimeAmount.milliseconds(1)
    /// Time between two reads of discarded input: with `ConnectionLimits.readBytes` each, 32 MB a second.
    private static let drainPause = TimeAmount.milliseconds(2)
    /// Above this the connection that has waited longest is closed: its sender had time to read the response.
    private static let drainedAtOnce = 128

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ connection: HTTP1ConnectionHandler) {
        self.waiting.append(connection)
        self.schedule()
    }

    /// Queues a connection for one read of input to discard.
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

/// The queue of each event loop.
final class TurnQueues: Sendable {
    private let queues = Mutex<[ObjectIdentifier: NIOLoopBound<TurnQueue>]>([:])

    /// Call on the event loop.
    func queue(of eventLoop: any EventLoop) -> TurnQueue {
        self.queues.withLock { queues in
            if let queue = queues[ObjectIdentifier(eventLoop)] { return queue.value }
            let queue = TurnQueue(eventLoop: eventLoop)
            queues[ObjectIdentifier(eventLoop)] = NIOLoopBound(queue, eventLoop: eventLoop)
            return queue
        }
    }
}
