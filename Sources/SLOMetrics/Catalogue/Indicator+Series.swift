public import SLOCore

// The series of the ledger's indicators, and which of them exist from the start.

extension Counter {
    public var series: SeriesID {
        switch self {
        case .runsQueued(let group, let deployment):
            SeriesID(group.families.queued, group.labels(deployment))
        case .runsStarted(let group, let deployment):
            SeriesID(group.families.started, group.labels(deployment))
        case .runsFinished(let group, let deployment, let outcome):
            SeriesID(group.families.finished, group.labels(deployment) + [outcome.rawValue])
        case .buildsNotSubmitted(let deployment, let obstacle):
            SeriesID(MetricsCatalogue.buildsNotSubmitted, [deployment.label, obstacle.rawValue])
        case .changesSeen(let deployment):
            SeriesID(MetricsCatalogue.pullRequestChangesSeen, [deployment.label])
        case .changesJudged(let deployment, let verdict, let eligibility):
            SeriesID(
                MetricsCatalogue.pullRequestChanges, [deployment.label, verdict.rawValue, eligibility.rawValue])
        case .deadlinesMissed(let deployment, let eligibility):
            SeriesID(MetricsCatalogue.initialStatusDeadlinesMissed, [deployment.label, eligibility.rawValue])
        case .commandsJudged(let deployment, let verdict, let eligibility):
            SeriesID(MetricsCatalogue.commands, [deployment.label, verdict.rawValue, eligibility.rawValue])
        case .objectiveEvents(let objective, let deployment, let isGood):
            SeriesID(
                MetricsCatalogue.objectiveEvents,
                [deployment.label, objective.rawValue, isGood ? "good" : "bad"])
        case .appDeliveries(let deployment, let status):
            SeriesID(MetricsCatalogue.appDeliveries, [deployment.label, status.rawValue])
        case .lateEvidence(let verdict):
            SeriesID(MetricsCatalogue.lateEvidence, [verdict.rawValue])
        case .outcomesRevised:
            SeriesID(MetricsCatalogue.outcomeRevised)
        case .joins(let proof):
            SeriesID(MetricsCatalogue.joins, [proof.rawValue])
        case .joinConflicts:
            SeriesID(MetricsCatalogue.joinConflicts)
        case .invariantViolations(let invariant):
            SeriesID(MetricsCatalogue.invariantViolations, [invariant.rawValue])
        case .limitReached(let limit):
            SeriesID(MetricsCatalogue.limitReached, [limit.label])
        case .candidatesLeftOut:
            SeriesID(MetricsCatalogue.limitReached, ["candidate"])
        case .futureTimes(let source):
            SeriesID(MetricsCatalogue.futureTimes, [source.rawValue])
        }
    }

    /// All counters of these deployments, objectives and other jobs.
    static func all(
        for deployments: [Deployment], _ objectives: [Objective], jobs: [JobKind]
    ) -> [Counter] {
        var counters: [Counter] = [.outcomesRevised, .joinConflicts]
        counters += JoinProof.allCases.map { .joins($0) }
        for deployment in deployments {
            for group in RunGroup.all(jobs) {
                counters += [.runsQueued(group, deployment), .runsStarted(group, deployment)]
                counters += Outcome.allCases.map { .runsFinished(group, deployment, $0) }
            }
            counters += SubmissionObstacle.allCases.map { .buildsNotSubmitted(deployment, $0) }
            counters.append(.changesSeen(deployment))
            for verdict in Verdict.allCases {
                counters += Eligibility.allCases.map { .changesJudged(deployment, verdict, $0) }
                counters += Eligibility.allCases.map { .commandsJudged(deployment, verdict, $0) }
            }
            counters += Eligibility.allCases.map { .deadlinesMissed(deployment, $0) }
            counters += AppDeliveryStatus.allCases.map { .appDeliveries(deployment, $0) }
            for objective in objectives {
                counters += [true, false].map { .objectiveEvents(objective.name, deployment, isGood: $0) }
            }
        }
        counters += Verdict.allCases.map { .lateEvidence($0) }
        counters += Invariant.allCases.map { .invariantViolations($0) }
        counters += Limit.allCases.map { .limitReached($0) } + [.candidatesLeftOut]
        counters += Source.allCases.map { .futureTimes($0) }
        return counters
    }
}

extension Histogram {
    public var series: SeriesID {
        switch self {
        case .runDuration(let group, let deployment, let outcome):
            SeriesID(group.families.duration, group.labels(deployment) + [outcome.rawValue])
        case .runStartDuration(let kind, let deployment):
            SeriesID(RunFamilies.of(kind).startDuration, [deployment.label])
        case .runReportDuration(let kind, let deployment):
            SeriesID(RunFamilies.of(kind).reportDuration, [deployment.label])
        case .initialStatusDuration(let deployment):
            SeriesID(MetricsCatalogue.initialStatusDuration, [deployment.label])
        case .allStatusesDuration(let deployment):
            SeriesID(MetricsCatalogue.allStatusesDuration, [deployment.label])
        case .appDeliveryDuration(let deployment):
            SeriesID(MetricsCatalogue.appDeliveryDuration, [deployment.label])
        case .commandAnswerDuration(let deployment):
            SeriesID(MetricsCatalogue.commandAnswerDuration, [deployment.label])
        }
    }

    /// Those that exist from the start. Of other jobs there would be several hundred, most of them empty: each comes
    /// with its first observation.
    static func all(for deployments: [Deployment]) -> [Histogram] {
        deployments.flatMap { deployment in
            [
                .initialStatusDuration(deployment), .allStatusesDuration(deployment),
                .commandAnswerDuration(deployment), .appDeliveryDuration(deployment),
            ]
                + RunGroup.all([]).flatMap { group in
                    [.runStartDuration(group.kind, deployment), .runReportDuration(group.kind, deployment)]
                        + Outcome.allCases.map { .runDuration(group, deployment, $0) }
                }
        }
    }
}

extension Gauge {
    public var series: SeriesID {
        switch self {
        case .changesWithoutStatus(let deployment, let eligibility):
            SeriesID(MetricsCatalogue.pullRequestsWithoutStatus, [deployment.label, eligibility.rawValue])
        case .changesOpen(let deployment):
            SeriesID(MetricsCatalogue.pullRequestChangesOpen, [deployment.label])
        case .runsUnfinished(let group, let deployment):
            SeriesID(group.families.unfinished, group.labels(deployment))
        case .runsOverdue(let group, let deployment):
            SeriesID(group.families.overdue, group.labels(deployment))
        case .runsSettling(let kind, let deployment):
            SeriesID(MetricsCatalogue.runsSettling, [deployment.label, kind.rawValue])
        case .testRunsWaiting(let deployment):
            SeriesID(MetricsCatalogue.testRunsWaiting, [deployment.label])
        case .unjoinedRuns:
            SeriesID(MetricsCatalogue.unjoinedRuns)
        case .unclassifiedChecks:
            SeriesID(MetricsCatalogue.unclassifiedChecks)
        case .tracked(let tracked):
            SeriesID(MetricsCatalogue.tracked, [tracked.rawValue])
        }
    }

    static func all(for deployments: [Deployment], jobs: [JobKind]) -> [Gauge] {
        var gauges: [Gauge] = [.unjoinedRuns, .unclassifiedChecks]
        for deployment in deployments {
            gauges += Eligibility.allCases.map { .changesWithoutStatus(deployment, $0) }
            gauges += [.changesOpen(deployment), .testRunsWaiting(deployment)]
            for group in RunGroup.all(jobs) {
                gauges += [.runsUnfinished(group, deployment), .runsOverdue(group, deployment)]
            }
            gauges += RunKind.allCases.map { .runsSettling($0, deployment) }
        }
        return gauges + Tracked.allCases.map { .tracked($0) }
    }
}
