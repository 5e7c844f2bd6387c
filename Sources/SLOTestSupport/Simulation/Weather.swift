/// What the disk and the process do to a run, none of which may be seen in its numbers.
public struct Weather: Sendable, CustomStringConvertible {
    /// At most so many inputs are decided before a commit.
    public var largestBatch: Int64
    /// Which share of the commits fails once, with everything they had decided undone.
    public var failures: Double
    /// After which share of the commits the process ends, and another takes up what is stored.
    public var restarts: Double

    public init(largestBatch: Int64 = 1, failures: Double = 0, restarts: Double = 0) {
        self.largestBatch = largestBatch
        self.failures = failures
        self.restarts = restarts
    }

    /// One input at a time, and nothing goes wrong.
    public static let fair = Weather()

    public static func drawn(by random: inout SeededGenerator) -> Weather {
        Weather(
            largestBatch: random.pick([1, 2, 16, 256]), failures: random.pick([0, 0.05, 0.5]),
            restarts: random.pick([0, 0.02, 1]))
    }

    public var description: String {
        "batches up to \(largestBatch), \(failures) of the commits fail, \(restarts) end the process"
    }
}
