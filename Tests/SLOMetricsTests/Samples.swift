import SLOCore
import SLOMetrics

/// Registries as the tests want them, the same on every host.
enum Samples {
    static let prod = Deployment("prod")
    static let stg = Deployment("stg")
    static let koji = RunGroup.job(JobKind("koji-build"))
    /// 2026-11-22 10:20:00 UTC
    static let now = Timestamp(milliseconds: 1_795_342_800_000)

    static func registry(_ change: (inout LedgerSettings) -> Void = { _ in }) -> MetricsRegistry {
        var settings = LedgerSettings()
        change(&settings)
        return MetricsRegistry(
            settings: settings, jobs: [JobKind("koji-build"), .other], version: "1.2.3",
            events: [.github: ["check_run", "ping"], .copr: ["build.end"], .testingFarm: ["notification"]],
            upstreams: [.github, .copr], deliveryLogs: [.github],
            processStatistics: { process })
    }

    static let process: ProcessStatistics = {
        var process = ProcessStatistics()
        process.cpuMilliseconds = 12_340
        process.residentBytes = 20_000_000
        process.virtualBytes = 3_000_000_000
        process.openFiles = 17
        process.maxFiles = 1024
        process.startedAt = Timestamp(milliseconds: 1_795_300_000_250)
        return process
    }()

    /// An hour or so of Packit's life, with something of every kind in it.
    static func busy() -> MetricsRegistry {
        let registry = registry()
        registry.publish(
            decided(),
            gauges: [
                .changesWithoutStatus(prod, .learned): 2, .runsUnfinished(.build, prod): 3,
                .runsOverdue(.build, prod): 1, .runsUnfinished(koji, prod): 1, .runsSettling(.testRun, stg): 1,
                .unjoinedRuns: 4, .tracked(.run): 5,
            ])
        registry.count(.deliveries(.github, .badSignature), by: 7)
        registry.count(.malformedEvents(.github, event: "check_run"))
        registry.count(.blindMilliseconds, by: 61_500)
        registry.observe(.deliveryAckDuration, .microseconds(2_400))
        registry.observe(.deliveryAckDuration, .seconds(11))
        registry.observe(.journalCommitDuration, .microseconds(1_250))
        registry.observe(.deadlineLateness, .milliseconds(3))
        registry.count(.upstreamRequests(.github, .ok), by: 3)
        registry.count(.deliveriesMissed(.github, .failed))
        registry.set(.deliveryCompleteness(.github), to: 987_500)
        registry.set(.queueDeliveries, to: 12)
        registry.set(.queueBytes, to: 284_400)
        registry.set(.deciding, to: 1)
        registry.set(.leaseEpoch, to: 3)
        registry.set(.spooledDeliveries, to: 6)
        registry.set(.databaseCopies, to: 2)
        registry.set(settingsDigest: "0c5d7a91e2b4")
        registry.set(.databaseBytes, to: 5_000_000)
        registry.set(.databaseFreeBytes, to: 70_000_000_000)
        registry.set(.busConnected, to: 1)
        registry.set(.timeNotes(.maintenance), to: 2)
        registry.set(.latestTimeNote(.incident, .start), to: now.milliseconds - 3_600_000)
        registry.set(.latestTimeNote(.incident, .end), to: now.milliseconds - 60_500)
        registry.set(.deadlinesArmed, to: 9)
        registry.set(.lastDeliveryMilliseconds(.github), to: now.milliseconds - 877)
        return registry
    }

    static func decided() -> MetricsChange {
        var effects = Effects()
        effects.increments = [
            .runsQueued(.build, prod): 5, .runsStarted(.build, prod): 4, .runsFinished(.build, prod, .success): 2,
            .runsQueued(koji, prod): 2, .runsStarted(koji, prod): 1, .runsFinished(koji, prod, .failure): 1,
            .runsQueued(.testRun, stg): 1, .runsFinished(.testRun, stg, .canceled): 1,
            .changesJudged(prod, .onTime, .learned): 3, .changesJudged(prod, .late, .assumed): 1,
            .deadlinesMissed(prod, .assumed): 1, .lateEvidence(.onTime): 1, .outcomesRevised: 1,
            .objectiveEvents(.initialStatus, prod, isGood: true): 3,
            .objectiveEvents(.builds, prod, isGood: true): 97, .objectiveEvents(.builds, prod, isGood: false): 3,
        ]
        effects.observations = [
            HistogramObservation(.runDuration(.build, prod, .success), seconds: 60),
            HistogramObservation(.runDuration(.build, prod, .success), seconds: 61),
            HistogramObservation(.runDuration(.testRun, stg, .canceled), seconds: 0),
            HistogramObservation(.runDuration(koji, prod, .failure), seconds: 700),
            HistogramObservation(.allStatusesDuration(prod), seconds: 31),
            HistogramObservation(.initialStatusDuration(prod), seconds: 4),
            HistogramObservation(.initialStatusDuration(prod), seconds: 15),
            HistogramObservation(.initialStatusDuration(prod), seconds: 9_000),
        ]
        effects.judgements =
            judgements(.initialStatus, good: 3, bad: 0) + judgements(.builds, good: 97, bad: 3)
        var change = MetricsChange(effects)
        change.count(.deliveries(.github, .accepted), by: 11)
        change.count(.deliveries(.github, .duplicate))
        change.count(.events(.github, event: "check_run"), by: 10)
        change.count(.events(.github, event: "sponsorship"))
        change.observe(.deliveryLag(.github), .milliseconds(1_877))
        change.observe(.deliveryLag(.github), .milliseconds(-300))
        return change
    }

    static func judgements(_ objective: Objective.Name, good: Int, bad: Int, at: Timestamp = now)
        -> [ObjectiveJudgement]
    {
        (0..<good + bad).map {
            ObjectiveJudgement(
                objective: objective, deployment: prod, entity: EntityID(Int64($0)),
                subject: .init(repository: "acme/rocket"),
                verdict: $0 < good ? .good : .bad, at: at)
        }
    }
}

extension MetricsRegistry {
    func text(
        _ format: ExpositionFormat = .text, now: Timestamp = Samples.now, include scope: ExpositionScope = .all
    ) -> String {
        String(decoding: render(format: format, now: now, include: scope), as: UTF8.self)
    }

    /// The value on the line that begins so, as it is printed.
    func printed(_ series: String, now: Timestamp = Samples.now) -> String? {
        text(now: now).split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .map { String($0.dropFirst(series.count + 1)) }
    }
}
