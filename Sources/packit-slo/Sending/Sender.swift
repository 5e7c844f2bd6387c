import NIOCore
import NIOPosix
import SLOCore
import SLORecordings

/// Sends a feed's deliveries over several connections, and counts the responses.
struct Sender {
    let target: SendTarget
    let feed: DeliveryFeed
    let connections: Int

    /// - Returns: the results so far, also if sending failed.
    func send() async -> (tally: SendTally, failure: (any Error)?) {
        let clock = ContinuousClock()
        let start = clock.now
        let results = Results()
        var failure: (any Error)?
        do {
            let client = try HTTPClient(target: target)
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<connections {
                    group.addTask { try await SendingConnection(client: client, feed: feed, results: results).work() }
                }
            }
        } catch {
            failure = error
        }
        return (await results.finish(after: clock.now - start), failure)
    }

    /// Collects the results of all connections.
    private actor Results {
        private var tally = SendTally()
        private var progress = Progress()

        func add(_ response: ServerResponse) {
            tally.add(response)
            progress.show("\(tally.sent) sent, \(tally.refused) refused")
        }

        func finish(after elapsed: Duration) -> SendTally {
            progress.clear()
            tally.elapsed = elapsed
            return tally
        }
    }

    /// Uses one connection at a time. A delivery that is lost with its connection is sent again on the next one; the
    /// server recognises a duplicate.
    private struct SendingConnection {
        let client: HTTPClient
        let feed: DeliveryFeed
        let results: Results

        func work() async throws {
            var attempt = Attempt()
            while true {
                do {
                    let isDone = try await client.withConnection { connection in
                        try await work(on: connection, &attempt)
                    }
                    if isDone { return }
                } catch let error as LostConnection {
                    guard attempt.failures < Attempt.maxFailures else {
                        throw CommandFailure("the server at \(client.target.authority) cannot be reached: \(error)")
                    }
                    attempt.failures += 1
                    let pause = Attempt.backoff.pause(after: attempt.failures)
                    try await Task.sleep(for: .milliseconds(pause.milliseconds))
                }
            }
        }

        /// - Returns: whether everything is sent; otherwise the server has asked for a new connection.
        private func work(on connection: borrowing HTTPConnection, _ attempt: inout Attempt) async throws -> Bool {
            while true {
                if attempt.delivery == nil {
                    guard let (delivery, due) = try await feed.next() else { return true }
                    attempt = Attempt(delivery: delivery)
                    if due > .now { try await Task.sleep(until: due, clock: .continuous) }
                }
                guard let delivery = attempt.delivery else { return true }
                let response = try await connection.post(delivery)
                if response.status == 503, attempt.refusals < Attempt.maxRefusals, let seconds = response.retryAfter {
                    attempt.refusals += 1
                    try await Task.sleep(for: .seconds(min(seconds, Attempt.maxWaitSeconds)))
                } else {
                    await results.add(response)
                    attempt = Attempt()
                }
                if response.closesConnection { return false }
            }
        }
    }

    /// The current delivery, and how often it was tried.
    private struct Attempt {
        static let maxFailures = 5
        static let backoff = Backoff(first: .milliseconds(200), longest: .seconds(4))
        static let maxRefusals = 10
        static let maxWaitSeconds = 30

        var delivery: RecordedDelivery?
        /// Connections lost since the last response.
        var failures = 0
        /// 503 responses with a `Retry-After`.
        var refusals = 0
    }
}
