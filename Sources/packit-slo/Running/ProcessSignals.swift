import Foundation
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Handles signals from the first moment of the server to its last.
///
/// SIGTERM and SIGINT always end it with 0: immediately during the start, when nothing has been acknowledged yet, and
/// gracefully afterwards. SIGHUP during the start takes effect after it.
final class ProcessSignals: Sendable {
    /// One end of the pipe by which the signal handler wakes a thread, because it may do little itself.
    private let readingEnd: Int32
    private let isDraining = Atomic<Bool>(false)
    private let onStop = Mutex<(@Sendable () -> Void)?>(nil)
    let hangups: AsyncStream<Void>
    private let hangup: AsyncStream<Void>.Continuation

    /// Create one per process.
    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe for signals")
        readingEnd = ends[0]
        (hangups, hangup) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        handlersPipe.store(ends[1], ordering: .sequentiallyConsistent)
        isStarting.store(true, ordering: .sequentiallyConsistent)
        for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, handle) }
        let thread = Thread { [self] in listen() }
        thread.name = "signals"
        thread.start()
    }

    /// Call it after the start: from then on a stop is graceful. A second signal ends the drain.
    /// - Parameters:
    ///   - drain: how long the stop waits for senders to go elsewhere.
    ///   - draining: called when that begins.
    func stopGracefully(_ group: ServiceGroup, drain: Duration, draining: @escaping @Sendable () -> Void) {
        onStop.withLock {
            $0 = { [self] in
                let isFirst = !isDraining.exchange(true, ordering: .sequentiallyConsistent)
                if isFirst { draining() }
                Task {
                    if isFirst, drain > .zero { try? await Task.sleep(for: drain) }
                    await group.triggerGracefulShutdown()
                }
            }
        }
        isStarting.store(false, ordering: .sequentiallyConsistent)
    }

    private func listen() {
        var number: UInt8 = 0
        while true {
            let count = read(readingEnd, &number, 1)
            guard count == 1 || (count < 0 && errno == EINTR) else { return }
            guard count == 1 else { continue }
            if Int32(number) == SIGHUP { hangup.yield() } else { onStop.withLock { $0 }?() }
        }
    }
}

private let handlersPipe = Atomic<Int32>(-1)
private let isStarting = Atomic<Bool>(true)

/// Async-signal-safe calls only.
private func handle(_ number: Int32) {
    if number != SIGHUP, isStarting.load(ordering: .sequentiallyConsistent) { _exit(0) }
    var byte = UInt8(truncatingIfNeeded: number)
    let before = errno
    _ = write(handlersPipe.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = before
}
