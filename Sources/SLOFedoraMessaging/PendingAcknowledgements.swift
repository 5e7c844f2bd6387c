#if FedoraMessaging

import CRabbitMQ
import Glibc
import SLOService
import Synchronization

/// Passes the results of messages from any thread to the connection's thread, which it wakes. Bounded by the messages
/// that may be stored at once.
final class PendingAcknowledgements: Sendable {
    struct Settlement: Sendable {
        /// The connection that delivered it: a tag is valid for one connection only.
        let connection: Int
        let tag: UInt64
        let answer: DeliveryResponse
    }

    private let settled = Mutex<[Settlement]>([])
    /// A file descriptor that wakes the thread. Negative if the process has none left: then the thread wakes by its
    /// timeout.
    private let bell = crabbitmq_bell()

    deinit {
        if bell >= 0 { Glibc.close(bell) }
    }

    func add(_ settlement: Settlement) {
        settled.withLock { $0.append(settlement) }
        ring()
    }

    func takeAll() -> [Settlement] {
        settled.withLock { settled in
            defer { settled.removeAll(keepingCapacity: true) }
            return settled
        }
    }

    /// Wakes the thread, now or in its next wait.
    func ring() {
        var one: UInt64 = 1
        _ = Glibc.write(bell, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits for `ring`, input on the connection, or the end of the time.
    func wait(for duration: Duration, orInput descriptor: Int32? = nil) {
        var watched = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
        if let descriptor { watched.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
        let (seconds, attoseconds) = duration.components
        let milliseconds = max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        _ = poll(&watched, nfds_t(watched.count), Int32(clamping: milliseconds))
        var count: UInt64 = 0
        _ = read(bell, &count, MemoryLayout<UInt64>.size)
    }
}

#endif
