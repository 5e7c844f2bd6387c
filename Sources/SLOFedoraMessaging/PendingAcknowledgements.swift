#if FedoraMessaging

import CRabbitMQ
import Glibc
import SLOService
import Synchronization

/// What became of messages, told by any thread to the connection's, which it wakes. Bounded by the messages that may be
/// on their way at once.
final class PendingAcknowledgements: Sendable {
    struct Settlement: Sendable {
        /// Which connection it came over: its tag means nothing to another.
        let connection: Int
        let tag: UInt64
        let answer: DeliveryResponse
    }

    private let settled = Mutex<[Settlement]>([])
    /// Negative, and not heard, where the process has no file descriptor left: then nothing is woken before its time.
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

    /// Wakes who waits, or will wait.
    func ring() {
        var one: UInt64 = 1
        _ = Glibc.write(bell, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until it rings, something comes over a connection, or the time is over.
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
