import SLOCore
import SLOStore

/// Queries the overview.
struct OverviewQuery {
    let settings: LedgerSettings
    /// The deployments that come first.
    var rank: [Deployment] = []
    let showsPrivate: Bool

    func standing(at now: Timestamp, in store: any StoreReading) throws -> QueryService.Standing {
        let directory = try RepositoryDirectory(from: store)
        let openWork = try Ledger.openWork(
            settings: settings, since: now - Overview.Activity.span, from: store)
        return QueryService.Standing(
            overview: try overview(at: now, openWork: openWork, in: store),
            openWork: OpenWorkSnapshot(
                openWork, at: now, settings: settings, directory: directory, showing: showsPrivate))
    }

    func history(at now: Timestamp, in store: any StoreReading) throws -> HistorySnapshot {
        let beginsAt = now - settings.window
        var builder = HistorySnapshotBuilder(
            from: beginsAt, through: now, deployments: deployments, directory: try RepositoryDirectory(from: store),
            showsPrivate: showsPrivate)
        try store.forEachEndedRun(from: beginsAt.startOfDay, through: now) { builder.add($0) }
        return builder.snapshot
    }

    func report(at now: Timestamp, in store: any StoreReading) throws -> Report {
        try Report(
            from: store, settings: settings, at: now, looksBack: false, showsOpenWork: false,
            hidesPrivate: !showsPrivate)
    }

    /// Without repetitions: several Apps may share a deployment.
    private var deployments: [Deployment] {
        var labels: [Deployment] = []
        for deployment in rank + settings.deployments where !labels.contains(deployment) { labels.append(deployment) }
        return labels
    }

    private func overview(at now: Timestamp, openWork: OpenWork, in store: any StoreReading) throws -> Overview {
        let yesterday = now - Overview.Activity.span
        let blind = try store.blindIntervals()
            .filter { ($0.endedAt ?? now) >= now - settings.longestWindow }.map(BlindIntervalSnapshot.init)
        let query = try StandingsQuery(settings: settings, at: now, in: store)
        let standings = deployments.flatMap { deployment in
            settings.objectives.map { query.standing(of: $0, deployment) }
        }
        return Overview(
            at: now, window: settings.window, standings: standings, blindIntervals: blind,
            activity: activity(try store.runActivity(since: yesterday), openWork: openWork),
            changes: changes(try store.changeActivity(since: yesterday)),
            timeNotes: try store.timeNotes(
                from: now - settings.longestWindow, through: now, atMost: TimeNoteSnapshot.limit
            ).map(TimeNoteSnapshot.init))
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
                let open = openWork.runCounts[OpenWork.RunsOfKind(kind, deployment)] ?? OpenWork.RunCounts()
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
