import NIOCore

/// A deadline that moves often and rarely passes: one scheduled task that looks, when it fires, whether the deadline
/// has moved on since, instead of one task per move.
///
/// Stays on its event loop, like the handler that owns it.
final class Alarm {
    private var deadline = NIODeadline.distantFuture
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?
    private let eventLoop: any EventLoop
    private let action: () -> Void

    init(on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// Moves the deadline. `nil`: there is none for now.
    /// - Returns: what time it is.
    @discardableResult
    func set(in wait: TimeAmount?) -> NIODeadline {
        let now = NIODeadline.now()
        self.deadline = wait.map { now + $0 } ?? .distantFuture
        if wait == nil { return now }
        if let scheduled, scheduled.at <= self.deadline { return now }
        self.scheduled?.task.cancel()
        self.schedule()
        return now
    }

    /// Never fires again, and lets go of its owner.
    func cancel() {
        self.deadline = .distantFuture
        self.scheduled?.task.cancel()
        self.scheduled = nil
    }

    private func schedule() {
        let task = self.eventLoop.assumeIsolated().scheduleTask(deadline: self.deadline) { self.look() }
        self.scheduled = (task, self.deadline)
    }

    private func look() {
        self.scheduled = nil
        if self.deadline <= .now() {
            self.deadline = .distantFuture
            self.action()
        } else if self.deadline < .distantFuture {
            self.schedule()
        }
    }
}
