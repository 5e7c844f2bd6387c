import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Notes SIGINT and SIGTERM for work that leaves nothing behind when it is interrupted. One at a time.
struct Interrupts {
    init() {
        hasHappened.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] { signal(number) { _ in hasHappened.store(true, ordering: .relaxed) } }
    }

    var happened: Bool { hasHappened.load(ordering: .relaxed) }

    /// From now on they end the process, unless somebody else takes them.
    func end() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}

private let hasHappened = Atomic<Bool>(false)
