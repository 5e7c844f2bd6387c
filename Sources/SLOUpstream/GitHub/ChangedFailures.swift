internal import Logging
internal import SLOCore

/// Logs a failure of something that is tried every few minutes once, until it changes or ends.
struct ChangedFailures {
    private let logger: Logger
    private let failing: String
    private let working: String
    private var last: String?

    /// - Parameters:
    ///   - failing: the line for a failure.
    ///   - working: the line for its end.
    init(_ logger: Logger, failing: String, working: String) {
        self.logger = logger
        self.failing = failing
        self.working = working
    }

    mutating func note(_ error: any Error) {
        guard last != "\(error)" else { return }
        last = "\(error)"
        logger.warning("\(failing)", metadata: ["reason": "\(error)"])
    }

    mutating func ended() {
        if last != nil { logger.notice("\(working)") }
        last = nil
    }
}

extension UpstreamSurroundings {
    /// Does something at intervals until its task is cancelled.
    /// - Parameter body: returns the pause before the next time; after a failure it is the interval, or longer if the
    ///   upstream says so.
    func repeating(
        every interval: TimeSpan, noting failures: ChangedFailures, _ body: () async throws -> TimeSpan
    ) async {
        var failures = failures
        while !Task.isCancelled {
            var pause: TimeSpan
            do {
                pause = try await body()
                failures.ended()
            } catch is CancellationError {
                return
            } catch {
                failures.note(error)
                pause = error.pause(atLeast: interval, at: clock.now().wall)
            }
            do { try await sleep(pause) } catch { return }
        }
    }
}

extension Error {
    fileprivate func pause(atLeast shortest: TimeSpan, at now: Timestamp) -> TimeSpan {
        guard case .rateLimited(let until) = (self as? UpstreamError)?.problem else { return shortest }
        return max(shortest, until - now)
    }
}
