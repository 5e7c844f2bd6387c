/// The rolling windows of the objectives: good and bad events in whole hours.
///
/// A window at a moment consists of the current hour, UTC, and the whole hours before it that begin less than the
/// window's length ago. The number of hours is bounded by the longest window; beyond it the oldest are dropped.
public struct ObjectiveWindow: Sendable {
    private let capacity: Int
    private var hours: [DeploymentObjective: Hours] = [:]

    /// Hours of the future, from a clock that was ahead for a while, have space of their own, so that they do not
    /// displace hours of the window.
    private static let spareHours: Int64 = 48

    /// - Parameter length: of the longest window.
    public init(length: TimeSpan) {
        self.capacity = Int(max(0, length.milliseconds) / millisecondsPerHour + 2 + Self.spareHours)
    }

    public mutating func add(_ judgement: ObjectiveJudgement) {
        add(HourTally(judgement))
    }

    /// Adds a stored hour; several of the same hour are summed.
    public mutating func add(_ entry: HourTally) {
        hours[entry.objective, default: Hours()].add(entry.tally, to: entry.hour, capacity: capacity)
    }

    public mutating func forget(_ objective: Objective.Name) {
        hours = hours.filter { $0.key.objective != objective }
    }

    /// Good and bad events over the window of that length that ends now.
    public func tally(
        of objective: DeploymentObjective, over length: TimeSpan, at now: Timestamp
    ) -> ObjectiveTally {
        hours[objective]?.sum(of: Self.hours(of: length, endingAt: now)) ?? ObjectiveTally()
    }

    /// The whole hours since 1970 that form the window at a moment.
    public static func hours(of length: TimeSpan, endingAt now: Timestamp) -> ClosedRange<Int64> {
        let current = now.hoursSinceEpoch
        // The first hour that begins less than the window's length ago, or the current one if that is earlier.
        return min(current, (now - length).hoursSinceEpoch + 1)...current
    }

    /// The beginning of the first hour of the window at a moment.
    public static func beginning(of length: TimeSpan, endingAt now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: hours(of: length, endingAt: now).lowerBound * millisecondsPerHour)
    }

    /// How many hours are in memory, over all objectives.
    package var heldHours: Int { hours.values.reduce(0) { $0 + $1.entries.count } }

    /// The hours of one objective, ascending.
    private struct Hours: Sendable {
        private(set) var entries: [(hour: Int64, tally: ObjectiveTally)] = []

        /// Searches from the end, because judgements mostly belong to the last hour.
        mutating func add(_ tally: ObjectiveTally, to hour: Int64, capacity: Int) {
            let index = (entries.lastIndex { $0.hour < hour } ?? -1) + 1
            if index < entries.count, entries[index].hour == hour {
                entries[index].tally = entries[index].tally + tally
                return
            }
            entries.insert((hour, tally), at: index)
            if entries.count > capacity { entries.removeFirst() }
        }

        func sum(of range: ClosedRange<Int64>) -> ObjectiveTally {
            entries.reduce(ObjectiveTally()) { range.contains($1.hour) ? $0 + $1.tally : $0 }
        }
    }
}

private let millisecondsPerHour: Int64 = 3_600_000

extension Timestamp {
    /// Whole hours since 1970, rounded down.
    public var hoursSinceEpoch: Int64 {
        let quotient = milliseconds / millisecondsPerHour
        return milliseconds % millisecondsPerHour < 0 ? quotient - 1 : quotient
    }
}
