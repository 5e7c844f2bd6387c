import Foundation
package import Testing

extension Trait where Self == Computing {
    /// Of tests that compute for seconds. They run on threads of their own: otherwise they would take all threads on
    /// which other tests wait for the response of a server.
    package static var computes: Computing { Computing() }
}

/// See `computes`.
package struct Computing: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    @concurrent package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(OwnThreads.all) { try await function() }
    }
}

/// As many threads as there are processors. Queues of Dispatch would share their threads with all other tasks.
private final class OwnThreads: TaskExecutor, @unchecked Sendable {
    static let all = OwnThreads()

    private let condition = NSCondition()
    /// Only while the condition is locked.
    private var jobs: [UnownedJob] = []

    private init() {
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
            let thread = Thread { [self] in
                while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
            }
            // As deep as that of the main thread.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    private func next() -> UnownedJob {
        condition.withLock {
            while jobs.isEmpty { condition.wait() }
            return jobs.removeFirst()
        }
    }
}
