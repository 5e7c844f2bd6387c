/// How long to wait before the next attempt to connect: longer each time, up to a minute, and not in step with others.
struct Backoff {
    private var attempts = 0

    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(60)
    /// `shortest` doubled so often is more than `longest`.
    private static let doublings = 6

    /// - Parameter chance: from 0 to 1.
    mutating func next(chance: Double = .random(in: 0...1)) -> Duration {
        let whole = min(Self.longest, Self.shortest * (1 << min(attempts, Self.doublings)))
        attempts += 1
        return whole / 2 + whole / 2 * chance
    }

    /// A connection that lasted is no sign of trouble.
    mutating func connectionLasted(_ duration: Duration) {
        if duration > Self.longest { attempts = 0 }
    }
}
