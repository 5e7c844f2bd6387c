/// The disturbances of a run by disk and process, which must not change its indicators.
public struct Weather: Sendable, CustomStringConvertible {
    /// The limit of inputs decided before a commit.
    public var largestBatch: Int64
    /// The share of commits that fail once, with everything they had decided rolled back.
    public var failures: Double
    /// The share of commits after which the process ends, and another one restores the stored state.
    public var restarts: Double

    public init(largestBatch: Int64 = 1, failures: Double = 0, restarts: Double = 0) {
        self.largestBatch = largestBatch
        self.failures = failures
        self.restarts = restarts
    }

    /// One input at a time, without disturbances.
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
