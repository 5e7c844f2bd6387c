import NIOCore

/// A timer for a deadline that moves often and rarely passes. It schedules one task, which checks whether the deadline
/// has moved when it fires, instead of one task per move.
///
/// Used on its owner's event loop only.
final class DeadlineTimer {
    private var deadline = NIODeadline.distantFuture
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?
    private let eventLoop: any EventLoop
    private let action: () -> Void

    init(on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// Moves the deadline. `distantFuture` switches it off.
    func set(_ deadline: NIODeadline) {
        self.deadline = deadline
        if deadline == .distantFuture { return }
        if let scheduled, scheduled.at <= deadline { return }
        self.scheduled?.task.cancel()
        self.schedule()
    }

    /// Cancels the timer and releases its owner.
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
