internal import SLOCore

/// How long to wait before the next attempt to connect. Half of it is chance, so that many clients do not connect at
/// once.
struct ReconnectPause {
    private static let backoff = Backoff(first: .seconds(1), longest: .minutes(1))

    private var attempts = 0

    /// - Parameter chance: from 0 to 1.
    mutating func next(chance: Double = .random(in: 0...1)) -> Duration {
        attempts += 1
        let whole = Duration.milliseconds(Self.backoff.pause(after: attempts).milliseconds)
        return whole / 2 + whole / 2 * chance
    }

    /// After a connection that lasted longer than every pause, the pauses start again.
    mutating func connectionLasted(_ duration: Duration) {
        if duration > .milliseconds(Self.backoff.longest.milliseconds) { attempts = 0 }
    }
}
