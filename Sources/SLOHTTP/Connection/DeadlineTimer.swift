import NIOCore

/// A timer for a deadline that moves often and rarely passes: one scheduled task that looks, when it fires, whether the
/// deadline has moved on since, instead of one task per move.
///
/// Stays on its event loop, like the handler that owns it.
final class DeadlineTimer {
    private var deadline = NIODeadline.distantFuture
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?
    private let eventLoop: any EventLoop
    private let action: () -> Void

    init(on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// Moves the deadline. `distantFuture`: there is none for now.
    func set(_ deadline: NIODeadline) {
        self.deadline = deadline
        if deadline == .distantFuture { return }
        if let scheduled, scheduled.at <= deadline { return }
        self.scheduled?.task.cancel()
        self.schedule()
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
