import SLOCore
import SLOStore

/// How the objectives stand: what of the store it needs, read once for all of them.
struct StandingsQuery {
    private let settings: LedgerSettings
    private let now: Timestamp
    private let hours: [DeploymentObjective: [ObjectiveHour]]
    /// The counts of recent times; `nil` for a time that is summed from whole hours.
    private let recent: [(time: TimeSpan, counts: [ObjectiveCount]?)]
    /// Events in doubt, by the length of the window that they are within.
    private let doubts: [TimeSpan: [DeploymentObjective: [DoubtCount]]]

    /// The objectives that were added or changed.
    private let backfills: [Objective.Name: Backfill]

    private static let burnTimes: [(time: TimeSpan, isExact: Bool)] = [
        (.hours(1), true), (.hours(6), true), (.days(3), false),
    ]

    init(settings: LedgerSettings, at now: Timestamp, in store: any StoreReading) throws {
        self.settings = settings
        self.now = now
        let firstHour = (now - settings.longestWindow).startOfDay.hoursSinceEpoch
        hours = Dictionary(grouping: try store.objectiveHours(firstHour...now.hoursSinceEpoch)) {
            DeploymentObjective($0.objective, $0.deployment)
        }
        recent = try Self.burnTimes.map { time, isExact in
            (time, isExact ? try store.judgements(after: now - time, through: now) : nil)
        }
        var doubts: [TimeSpan: [DeploymentObjective: [DoubtCount]]] = [:]
        for window in Set(settings.objectives.map(settings.window(of:))) {
            let beginsAt = ObjectiveWindow.beginning(of: window, endingAt: now)
            doubts[window] = Dictionary(grouping: try store.doubts(from: beginsAt, through: now)) {
                DeploymentObjective($0.objective, $0.deployment)
            }
        }
        self.doubts = doubts
        backfills = Dictionary(try store.backfills().map { ($0.objective, $0) }) { first, _ in first }
    }

    func standing(of objective: Objective, _ deployment: Deployment) -> Overview.Standing {
        let name = DeploymentObjective(objective.name, deployment)
        let window = settings.window(of: objective)
        let backfill = backfills[objective.name]
        let isComputing = backfill.map { $0.completedAt == nil } ?? false
        let hours = isComputing ? [] : hours[name] ?? []
        func tally(over time: TimeSpan) -> ObjectiveTally {
            let range = ObjectiveWindow.hours(of: time, endingAt: now)
            return Self.tally(hours.filter { range.contains($0.hour) })
        }
        return Overview.Standing(
            objective: objective, deployment: deployment, tally: tally(over: window),
            doubt: isComputing ? Overview.Doubt() : Self.doubt(doubts[window]?[name] ?? []),
            burns: recent.map { time, counts in
                Overview.Burn(over: time, tally: counts.map { Self.tally($0, name) } ?? tally(over: time))
            },
            days: Self.days(Timestamp.days(from: now - window, through: now), hours), isComputing: isComputing,
            countsSince: backfill?.beginsAt.flatMap {
                $0 > ObjectiveWindow.beginning(of: window, endingAt: now) ? $0 : nil
            },
            missingSource: settings.missingSource(of: objective, for: deployment))
    }

    private static func tally(_ hours: [ObjectiveHour]) -> ObjectiveTally {
        hours.reduce(ObjectiveTally()) { sum, hour in
            ObjectiveTally(good: sum.good &+ hour.good, bad: sum.bad &+ hour.bad)
        }
    }

    private static func tally(_ counts: [ObjectiveCount], _ name: DeploymentObjective) -> ObjectiveTally {
        let own = counts.first { DeploymentObjective($0.objective, $0.deployment) == name }
        return ObjectiveTally(good: own?.good ?? 0, bad: own?.bad ?? 0)
    }

    private static func doubt(_ counts: [DoubtCount]) -> Overview.Doubt {
        counts.reduce(into: Overview.Doubt()) { sum, row in
            switch row.verdict {
            case .doubtful: sum.doubtful += row.count
            case .unknown: sum.unknown += row.count
            case .good, .bad: break
            }
        }
    }

    private static func days(_ days: [Timestamp], _ hours: [ObjectiveHour]) -> [Overview.Day] {
        let byDay = Dictionary(grouping: hours) { Timestamp(seconds: $0.hour * 3600).dayNumber }
        return days.map { Overview.Day(beginsAt: $0, tally: tally(byDay[$0.dayNumber] ?? [])) }
    }
}
