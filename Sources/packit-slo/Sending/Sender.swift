import NIOCore
import NIOPosix
import SLOCore
import SLORecordings

/// Sends what a feed hands out over a number of connections, and counts the answers.
struct Sender {
    let target: SendTarget
    let feed: DeliveryFeed
    let connections: Int

    /// - Returns: what became of what was sent, also where the sending had to end early.
    func send() async -> (tally: SendTally, failure: (any Error)?) {
        let clock = ContinuousClock()
        let start = clock.now
        let board = Board()
        var failure: (any Error)?
        do {
            let client = try HTTPClient(target: target)
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<connections {
                    group.addTask { try await Worker(client: client, feed: feed, board: board).work() }
                }
            }
        } catch {
            failure = error
        }
        return (await board.finish(after: clock.now - start), failure)
    }

    /// Where all connections note their answers.
    private actor Board {
        private var tally = SendTally()
        private var progress = Progress()

        func add(_ answer: HTTPAnswer) {
            tally.add(answer)
            progress.show("\(tally.sent) sent, \(tally.refused) refused")
        }

        func finish(after elapsed: Duration) -> SendTally {
            progress.clear()
            tally.elapsed = elapsed
            return tally
        }
    }

    /// One connection at a time: what is lost with it is sent again on the next, which the server knows again.
    private struct Worker {
        let client: HTTPClient
        let feed: DeliveryFeed
        let board: Board

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

        /// - Returns: whether everything is sent; otherwise the server wants a new connection.
        private func work(on connection: borrowing HTTPConnection, _ attempt: inout Attempt) async throws -> Bool {
            while true {
                if attempt.delivery == nil {
                    guard let (delivery, due) = try await feed.next() else { return true }
                    attempt = Attempt(delivery: delivery)
                    if due > .now { try await Task.sleep(until: due, clock: .continuous) }
                }
                guard let delivery = attempt.delivery else { return true }
                let answer = try await connection.post(delivery)
                if answer.status == 503, attempt.refusals < Attempt.maxRefusals, let seconds = answer.retryAfter {
                    attempt.refusals += 1
                    try await Task.sleep(for: .seconds(min(seconds, Attempt.maxWaitSeconds)))
                } else {
                    await board.add(answer)
                    attempt = Attempt()
                }
                if answer.closesConnection { return false }
            }
        }
    }

    /// The delivery that is on its way, and how often it was tried.
    private struct Attempt {
        static let maxFailures = 5
        static let backoff = Backoff(first: .milliseconds(200), longest: .seconds(4))
        static let maxRefusals = 10
        static let maxWaitSeconds = 30

        var delivery: RecordedDelivery?
        /// Connections lost since the last answer.
        var failures = 0
        /// 503s with a `Retry-After`.
        var refusals = 0
    }
}
