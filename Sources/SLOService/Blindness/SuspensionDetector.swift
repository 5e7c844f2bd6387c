import Foundation
import SLOCore
import Synchronization

/// A thread that reports every second that the process runs. A late report means that the process was suspended and
/// missed what was sent meanwhile.
final class SuspensionDetector: Sendable {
    private let isStopped = Atomic<Bool>(false)

    init(of blindIntervals: BlindIntervalTracker, by clock: ServiceClock) {
        guard clock.runsByItself else { return }
        let thread = Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                blindIntervals.heartbeat(at: clock.now())
                Thread.sleep(forTimeInterval: 1)
            }
        }
        thread.name = "suspension"
        thread.start()
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }
}
