/// The rolling window of the objectives: whole hours of good and bad.
///
/// The window at a moment is the hour it lies in and the whole hours before that begin less than the window's length
/// ago, UTC. Hours are kept in a number that the window's length bounds; beyond it the oldest are dropped.
public struct ObjectiveWindow: Sendable {
    private let length: TimeSpan
    private let capacity: Int
    private var hours: [DeploymentObjective: Hours] = [:]

    /// A clock that was ahead for a while leaves hours of the future behind: these have room of their own, lest they
    /// drive hours of the window out.
    private static let spareHours: Int64 = 48

    public init(length: TimeSpan) {
        self.length = length
        self.capacity = Int(max(0, length.milliseconds) / millisecondsPerHour + 2 + Self.spareHours)
    }

    public mutating func add(_ judgement: ObjectiveJudgement) {
        add(HourTally(judgement))
    }

    /// Adds a stored hour; several of the same hour add up.
    public mutating func add(_ entry: HourTally) {
        hours[entry.objective, default: Hours()].add(entry.tally, to: entry.hour, capacity: capacity)
    }

    /// Good and bad over the window that ends now.
    public func tally(of objective: DeploymentObjective, at now: Timestamp) -> ObjectiveTally {
        hours[objective]?.sum(of: Self.hours(of: length, endingAt: now)) ?? ObjectiveTally()
    }

    /// The whole hours since 1970 that a window at a moment is made of.
    public static func hours(of length: TimeSpan, endingAt now: Timestamp) -> ClosedRange<Int64> {
        let current = now.hoursSinceEpoch
        // The first hour that begins less than the window's length ago, or the current one if that is earlier.
        return min(current, (now - length).hoursSinceEpoch + 1)...current
    }

    /// When the first hour of a window at a moment begins.
    public static func beginning(of length: TimeSpan, endingAt now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: hours(of: length, endingAt: now).lowerBound * millisecondsPerHour)
    }

    /// How many hours are held in memory, over all objectives.
    package var heldHours: Int { hours.values.reduce(0) { $0 + $1.entries.count } }

    /// The hours of one objective, ascending.
    private struct Hours: Sendable {
        private(set) var entries: [(hour: Int64, tally: ObjectiveTally)] = []

        /// Judgements mostly belong to the last hour, so the search begins there.
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
    /// Whole hours since 1970, rounded towards the past.
    public var hoursSinceEpoch: Int64 {
        let quotient = milliseconds / millisecondsPerHour
        return milliseconds % millisecondsPerHour < 0 ? quotient - 1 : quotient
    }
}
