public import SLOCore

/// A burn rate that raises an alert.
///
/// The long window shows that it matters, the short one that it continues. For a budget of 28 days or more the long
/// windows are one hour, six hours and three days; for a shorter budget they are proportionally shorter. The burn rate
/// follows from the share of the budget that the long window may spend.
public struct Burn: Equatable, Sendable {
    public enum Pace: String, CaseIterable, Sendable {
        case fast, steady, slow
    }

    public let pace: Pace
    /// The share of the budget that the long window spends at this burn rate.
    public let budgetShare: Double
    public let long: TimeSpan
    public let short: TimeSpan
    /// The burn rate.
    public let factor: Double

    public static func all(window: TimeSpan) -> [Burn] {
        Pace.allCases.map { Burn($0, window: window) }
    }

    private static let fullWindow = TimeSpan.days(28)
    /// Enough for four scrapes at the usual interval of 15 s: a rate needs more than one.
    private static let shortest = TimeSpan.minutes(1)

    public init(_ pace: Pace, window: TimeSpan) {
        let (length, share): (TimeSpan, Double) =
            switch pace {
            case .fast: (.hours(1), 0.02)
            case .steady: (.hours(6), 0.05)
            case .slow: (.days(3), 0.1)
            }
        let scale = min(1, window.inSeconds / Self.fullWindow.inSeconds)
        self.pace = pace
        budgetShare = share
        long = max(
            TimeSpan(milliseconds: 2 * Self.shortest.milliseconds),
            .seconds(Int64((length.inSeconds * scale).rounded())))
        short = max(Self.shortest, .seconds(long.wholeSeconds / 12))
        factor = share * window.inSeconds / long.inSeconds
    }

    /// The threshold for an objective. A budget cannot burn faster than with bad events only: where the burn rate would
    /// need more than nine bad events in ten, nine in ten are enough.
    public func threshold(for objective: Objective) -> Double {
        min(factor, 0.9 * objective.fastestBurn)
    }
}
