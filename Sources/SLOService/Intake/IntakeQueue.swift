import Glibc
import SLOCore

/// The deliveries that wait for the writer, in order of receipt. Bounded in number and bytes; refuses what exceeds the
/// bounds.
///
/// The time of receipt is taken under the queue's lock. Whoever empties the queue at a moment therefore has everything
/// received before it.
final class IntakeQueue: DeliverySource, @unchecked Sendable {
    // Proof of sendability: mutable state is accessed between `lock` and `unlock` only.
    private let monitor = Monitor()
    private let clock: ServiceClock
    private let maxDeliveries: Int
    private let maxBytes: Int
    private var waiting: [TakenDelivery] = []
    private var waitingBytes = 0
    private var isClosed = false

    init(maxDeliveries: Int, maxBytes: Int, clock: ServiceClock) {
        self.maxDeliveries = maxDeliveries
        self.maxBytes = maxBytes
        self.clock = clock
    }

    /// As large as is configured.
    convenience init(_ settings: ServiceSettings, clock: ServiceClock) {
        self.init(maxDeliveries: settings.maxQueuedDeliveries, maxBytes: settings.maxBufferedBytes, clock: clock)
    }

    /// Adds a delivery. Returns `false` if the queue is full or closed.
    func offer(_ pending: PendingDelivery) -> Bool {
        monitor.lock()
        defer { monitor.unlock() }
        guard !isClosed, waiting.count < maxDeliveries, waitingBytes + pending.queuedBytes <= maxBytes else {
            return false
        }
        waiting.append(TakenDelivery(pending: pending, at: clock.now()))
        waitingBytes += pending.queuedBytes
        if waiting.count == 1 { monitor.signal() }
        return true
    }

    func take(atMost count: Int, bytes: Int, waiting milliseconds: Int64) -> TakenDeliveries {
        monitor.lock()
        defer { monitor.unlock() }
        if waiting.isEmpty, !isClosed, milliseconds > 0 { monitor.wait(milliseconds: milliseconds) }
        let taken = waiting.batchLength(atMost: count, bytes: bytes, of: \.pending)
        let deliveries = Array(waiting[..<taken])
        waiting.removeFirst(taken)
        waitingBytes -= deliveries.reduce(0) { $0 + $1.pending.queuedBytes }
        return TakenDeliveries(
            deliveries: deliveries, now: clock.now(), hasMore: !waiting.isEmpty, isClosed: isClosed)
    }

    /// Refuses further deliveries. Queued ones can still be taken.
    func close() {
        monitor.lock()
        defer { monitor.unlock() }
        isClosed = true
        monitor.signal()
    }

    /// The number of queued deliveries and their bytes.
    var load: (deliveries: Int, bytes: Int) {
        monitor.lock()
        defer { monitor.unlock() }
        return (waiting.count, waitingBytes)
    }

    var isFull: Bool {
        let load = load
        return load.deliveries >= maxDeliveries || load.bytes >= maxBytes
    }
}

/// A lock with a condition variable that waits by the monotonic clock.
private final class Monitor: @unchecked Sendable {
    // Proof of sendability: both are allocated once, never moved, and used through pthread's functions only.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    func signal() { pthread_cond_signal(condition) }

    /// Call with the lock held; it is held again on return. May return early.
    func wait(milliseconds: Int64) {
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        let nanoseconds = Int64(until.tv_nsec) + milliseconds % 1000 * 1_000_000
        until.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
        until.tv_nsec = Int(nanoseconds % 1_000_000_000)
        pthread_cond_timedwait(condition, mutex, &until)
    }
}
