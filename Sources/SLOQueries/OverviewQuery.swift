import SLOCore
import SLOStore

/// Queries the overview.
struct OverviewQuery {
    let settings: LedgerSettings
    let showsPrivate: Bool

    private static let burnTimes: [(time: TimeSpan, isExact: Bool)] = [
        (.hours(1), true), (.hours(6), true), (.days(3), false),
    ]

    func standing(at now: Timestamp, in store: StoreReader) throws -> QueryService.Standing {
        let directory = try RepositoryDirectory(from: store)
        let openWork = try Ledger.openWork(
            settings: settings, since: now - Overview.Activity.span, from: store)
        return QueryService.Standing(
            overview: try overview(at: now, openWork: openWork, in: store),
            openWork: OpenWorkSnapshot(
                openWork, at: now, settings: settings, directory: directory, showing: showsPrivate))
    }

    func history(at now: Timestamp, in store: StoreReader) throws -> HistorySnapshot {
        let beginsAt = now - settings.window
        var builder = HistorySnapshotBuilder(
            from: beginsAt, through: now, deployments: deployments, directory: try RepositoryDirectory(from: store),
            showsPrivate: showsPrivate)
        try store.forEachEndedRun(from: beginsAt.startOfDay, through: now) { builder.add($0) }
        return builder.snapshot
    }

    func report(at now: Timestamp, in store: StoreReader) throws -> Report {
        let report = try Report(from: store, settings: settings, at: now, looksBack: false, showsOpenWork: false)
        return showsPrivate ? report : report.hidingNames(except: try RepositoryDirectory(from: store).isPublic)
    }

    /// Without repetitions: several Apps may share a deployment.
    private var deployments: [Deployment] {
        var labels: [Deployment] = []
        for deployment in settings.deployments where !labels.contains(deployment) { labels.append(deployment) }
        return labels
    }

    private func overview(at now: Timestamp, openWork: OpenWork, in store: StoreReader) throws -> Overview {
        let yesterday = now - Overview.Activity.span
        let blind = try store.blindIntervals()
            .filter { ($0.endedAt ?? now) >= now - settings.window }.map(BlindIntervalSnapshot.init)
        return Overview(
            at: now, window: settings.window, standings: try standings(at: now, in: store), blindIntervals: blind,
            activity: activity(try store.runActivity(since: yesterday), openWork: openWork),
            changes: changes(try store.changeActivity(since: yesterday)))
    }

    // MARK: - Objectives

    private func standings(at now: Timestamp, in store: StoreReader) throws -> [Overview.Standing] {
        let window = ObjectiveWindow.hours(of: settings.window, endingAt: now)
        let days = Timestamp.days(from: now - settings.window, through: now)
        let firstHour = min(window.lowerBound, days.first?.hoursSinceEpoch ?? window.lowerBound)
        // Events in doubt must be within the window.
        let beginsAt = Timestamp(seconds: window.lowerBound * 3600)
        let doubts = Dictionary(grouping: try store.doubts(from: beginsAt, through: now)) {
            DeploymentObjective($0.objective, $0.deployment)
        }
        let hours = Dictionary(
            grouping: try store.objectiveHours(firstHour...window.upperBound)
        ) { DeploymentObjective($0.objective, $0.deployment) }
        let burns = try Self.burnTimes.map { time, isExact in
            (time, isExact ? try store.judgements(after: now - time, through: now) : nil)
        }
        return deployments.flatMap { deployment in
            settings.objectives.map { objective in
                let name = DeploymentObjective(objective.name, deployment)
                let hours = hours[name] ?? []
                return Overview.Standing(
                    objective: objective, deployment: deployment,
                    tally: Self.tally(hours.filter { window.contains($0.hour) }),
                    doubt: Self.doubt(doubts[name] ?? []),
                    burns: burns.map { time, counts in
                        let tally =
                            counts.map { Self.tally($0, name) }
                            ?? Self.tally(
                                hours.filter {
                                    ObjectiveWindow.hours(of: time, endingAt: now).contains($0.hour)
                                })
                        return Overview.Burn(over: time, tally: tally)
                    },
                    days: Self.days(days, hours))
            }
        }
    }

    private static func tally(_ hours: [ObjectiveHour]) -> ObjectiveTally {
        hours.reduce(ObjectiveTally()) { sum, hour in
            ObjectiveTally(good: sum.good &+ hour.good, bad: sum.bad &+ hour.bad)
        }
    }

    private static func tally(
        _ counts: [ObjectiveCount], _ name: DeploymentObjective
    ) -> ObjectiveTally {
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

    // MARK: - Activity

    /// A run that was queued and has not ended is not in history yet.
    private func activity(_ ended: [RunActivity], openWork: OpenWork) -> [Overview.Activity] {
        deployments.flatMap { deployment in
            RunKind.allCases.map { kind in
                var activity = Overview.Activity(kind: kind, deployment: deployment)
                for row in ended where row.kind == kind && row.deployment == deployment {
                    activity.queued += row.queued
                    activity.started += row.started
                    activity.ended[row.outcome, default: 0] += row.ended
                }
                let open = openWork.runCounts[OpenWork.RunGroup(kind, deployment)] ?? OpenWork.RunCounts()
                activity.unfinished += Int64(open.unfinished)
                activity.overdue += Int64(open.overdue)
                activity.queued += Int64(open.queuedLately)
                activity.started += Int64(open.startedLately)
                return activity
            }
        }
    }

    private func changes(_ judged: [ChangeActivity]) -> [Overview.Changes] {
        deployments.map { deployment in
            var changes = Overview.Changes(deployment: deployment)
            for row in judged where row.deployment == deployment { changes.judged[row.verdict] = row.count }
            return changes
        }
    }
}
