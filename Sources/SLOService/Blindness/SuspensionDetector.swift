import Foundation
import SLOCore
import Synchronization

/// A thread that does nothing but tell, every second, that the process runs: if it was late by far, the process was
/// suspended, and whatever was sent to it meanwhile was missed.
final class SuspensionDetector: Sendable {
    private let isStopped = Atomic<Bool>(false)

    init(of blindTimes: BlindTimes, by clock: ServiceClock) {
        guard clock.runsByItself else { return }
        let thread = Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                blindTimes.beat(at: clock.now())
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
