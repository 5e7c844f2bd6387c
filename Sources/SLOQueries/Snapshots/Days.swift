package import SLOCore

extension Timestamp {
    /// Whole days since 1970 UTC, rounded down.
    package var dayNumber: Int64 {
        let quotient = seconds / 86_400
        return seconds % 86_400 < 0 ? quotient - 1 : quotient
    }

    /// The preceding midnight, UTC.
    package var startOfDay: Timestamp { Timestamp(seconds: dayNumber * 86_400) }

    /// The days that the time range overlaps, UTC.
    static func days(from: Timestamp, through: Timestamp) -> [Timestamp] {
        guard from <= through else { return [] }
        return (from.dayNumber...through.dayNumber).map { Timestamp(seconds: $0 * 86_400) }
    }
}
