import SLOConditions
import SLOMetrics
import SLOStore

@testable import SLOCore
@testable import SLOService
@testable import SLOQueries

extension FakePages {
    /// With something of everything.
    static var full: FakePages {
        var pages = FakePages()
        pages.standings = Objective.defaults.map(standing)
        pages.standings[2].missingSource = .testingFarmEnds
        pages.blindIntervals = [
            BlindIntervalSnapshot(
                from: now - .days(2), to: now - .days(2) + .minutes(5), cause: "down", excludes: true,
                caughtUpAt: now - .days(1)),
            BlindIntervalSnapshot(
                from: now - .minutes(1), to: nil, cause: "unverified", excludes: false, caughtUpAt: nil),
        ]
        pages.work = OpenWorkSnapshot(at: now, items: [.run(), .run(in: .unknown, hop: .report), change])
        pages.pullRequest = pullRequest
        pages.cluster = NodesPageTests.cluster()
        pages.runs = [EndedRunsSnapshot.Run(record: record, repository: .known("acme/rocket"))]
        pages.events = [event, hiddenEvent]
        pages.found.repositories = ["acme/rocket"]
        pages.found.pullRequests = [.init(repository: "acme/rocket", number: 12)]
        pages.found.runs = [
            .init(
                kind: .build, deployment: prod, repository: .known("acme/rocket"), pullRequest: 12, name: "rpm-build",
                chroot: "epel-9-x86_64", sha: "a1", backendID: "9001", outcome: .success, at: now)
        ]
        pages.groups = [group]
        pages.deliveries = [delivery, hiddenDelivery]
        pages.body = .text("{\n  \"action\": \"<b>\"\n}\n", isCut: true)
        pages.found.deliveries = [.init(receivedAt: now, entry: delivery.summary)]
        pages.notExplained = notExplained
        pages.report = report
        pages.holding = .holding(.sample(), .sample("PackitSLOBlind", severity: .warning, party: .observer))
        pages.notes = [
            TimeNoteSnapshot(
                id: 7, kind: .maintenance, from: now - .hours(3), to: now + .hours(1), words: "<new> builders")
        ]
        pages.incidents = [.sample(), .sample(ended: now - .hours(1))]
        return pages
    }

    private static let prod = Deployment("prod")

    static let delivery = ShownDelivery(
        summary: .init(
            sequence: 1, receivedAt: now, source: .github, event: "check_run", result: "accepted", bodyByteCount: 1),
        id: "2d2fbf28-c8d8-11f0-8de9-0242ac120002", action: "created", repository: .known("acme/rocket"),
        facts: [
            DeliveryFact(
                kind: .statusReported, deployment: prod, pullRequests: [12], sha: "a1b2c3d4e5",
                name: "rpm-build:epel-9-x86_64", state: "in_progress", title: "RPM build has started...",
                chroot: "epel-9-x86_64", backendID: "9001", statedAt: now + .hours(1))
        ])

    private static let hiddenDelivery = ShownDelivery(
        summary: .init(
            sequence: 2, receivedAt: now, source: .copr, event: "build.start", result: "accepted", bodyByteCount: 1),
        repository: .hidden, facts: [DeliveryFact(kind: .buildReported, deployment: prod)])

    private static let notExplained = UnexplainedSnapshot(
        at: now, since: now - .days(1),
        names: [
            .init(
                rule: NameRule(.template("Image for {chroot}"), subject: .build),
                example: .init(
                    name: "Image for epel-9-x86_64", deployment: prod, repository: "acme/rocket", pullRequest: 12,
                    sha: "a1", checkRunID: 77, sequence: 1, receivedAt: now), statuses: 3)
        ], hiddenNames: 2,
        contradictions: UnexplainedSnapshot.Contradiction.Kind.allCases.map { kind in
            UnexplainedSnapshot.Contradiction(
                kind: kind, deployment: prod, repository: .known("acme/rocket"), pullRequest: 12,
                name: "rpm-build:epel-9-x86_64", backendID: "9001", stated: "check: success",
                instead: "backend: failure", at: now, sequence: 1)
        }, counts: [.joinConflict: 5])

    static func standing(_ objective: Objective) -> Overview.Standing {
        let tally = ObjectiveTally(good: 96, bad: 4)
        return Overview.Standing(
            objective: objective, deployment: prod, tally: tally,
            doubt: .init(doubtful: 1, unknown: 3), burns: [.init(over: .hours(1), tally: tally)],
            days: [.init(beginsAt: now.startOfDay, tally: tally)])
    }

    private static let change = OpenWorkSnapshot.Item(
        kind: .change(.learned), deployment: prod, repository: .known("acme/rocket"), pullRequest: 12, sha: "a1",
        name: nil, chroot: nil, since: now - .minutes(3), startedAt: nil, hop: .status, deadline: .seconds(15),
        isOverdue: true, isCounted: true)

    static let event = ObjectiveEvent(
        objective: .builds, deployment: prod, kind: .run(.build), verdict: .bad, judgedAt: now - .minutes(1),
        deadline: .hours(12), cause: .unfinished, repository: .known("acme/rocket"),
        subject: .init(
            pullRequest: 12, sha: "a1b2c3d4e5", name: "rpm-build:epel-9-x86_64", chroot: "epel-9-x86_64",
            branch: "main", backendID: "9001"),
        since: now - .hours(13), startedAt: now - .hours(12), endedAt: now - .minutes(2), outcome: .success,
        reason: .stated, changeVerdict: .late, hop: .started)

    static let hiddenEvent = ObjectiveEvent(
        objective: .initialStatus, deployment: prod, kind: .change, verdict: .good, judgedAt: now - .minutes(2),
        deadline: .seconds(15), cause: nil, repository: .hidden, subject: .init(), since: nil, startedAt: nil,
        endedAt: nil, outcome: nil, reason: nil, changeVerdict: nil, hop: nil)

    private static let record = RunRecord(
        run: EntityID(7), kind: .build, deployment: prod, repository: 1, repositoryName: "acme/rocket", sha: "a1",
        pullRequest: 12, name: "rpm-build:epel-9-x86_64", chroot: "epel-9-x86_64", backendID: "9001",
        queuedAt: now - .minutes(9), startedAt: now - .minutes(8), backendEndedAt: now - .minutes(3),
        finishedAt: now - .minutes(2), outcome: .error, reason: .stated, revisedOutcome: .success,
        countedAt: now - .minutes(1), isCounted: true)

    private static var pullRequest: PullRequestSnapshot {
        let queuedAt = now - .hours(1)
        let startedAt = now - .minutes(50)
        let endedAt = now - .minutes(9)
        let finishedAt = now - .minutes(8)
        let run = PullRequestStory.Run(
            id: EntityID(1), kind: .build, deployment: prod, name: "rpm-build:epel-9-x86_64", chroot: "epel-9-x86_64",
            phase: .finished(.failure, .srpm), isOverdue: false, queuedAt: queuedAt,
            firstSeenAt: queuedAt, startedAt: startedAt, backendEndedAt: endedAt,
            hasBackendEnded: true, finishedAt: finishedAt, isShownByCheck: true, checkState: "failure",
            checkRunID: 77, backendOutcome: .failure, job: JobLink(job: .copr, id: 5), build: 9_001, request: "b-1",
            proof: .proven)
        let change = PullRequestSnapshot.Change(
            deployment: prod, startedAt: now - .hours(1), answeredAt: now - .hours(1) + .seconds(4), verdict: .onTime,
            exclusion: nil, eligibility: .learned, isCounted: true)
        return PullRequestSnapshot(
            at: now, repositoryName: "acme/rocket", isPrivate: false, number: 12, isOpen: false, closedAt: now,
            heads: [
                .init(
                    sha: "0123456789abcdef", moves: [.init(at: now - .hours(1), action: .opened)], changes: [change],
                    runs: [.init(story: run, revisedOutcome: .error, isCounted: true)])
            ], previous: nil, next: nil)
    }

    private static var group: HistorySnapshot.Group {
        var numbers = HistorySnapshot.Numbers()
        for outcome in Outcome.allCases { numbers.add(outcome, after: .minutes(7)) }
        let slices = [RepositoryName.known("epel-9-x86_64"), .hidden, .unknown].map {
            HistorySnapshot.Slice(name: $0, numbers: numbers)
        }
        return HistorySnapshot.Group(
            kind: .build, deployment: prod, total: numbers,
            days: [.init(beginsAt: now.startOfDay, numbers: numbers), .init(beginsAt: now.startOfDay)],
            slowestChroots: slices, slowestRepositories: slices, failingChroots: slices, failingRepositories: slices)
    }

    private static var report: Report {
        let subject = ObjectiveSelection.Subject(
            repository: "acme/rocket", branch: "main", chroot: "fedora-40-x86_64", name: "rpm-build:fedora-40-x86_64")
        var builder = ReportBuilder(settings: LedgerSettings(), at: now, looksBack: false)
        for (number, verdict) in ObjectiveJudgement.Verdict.allCases.enumerated() {
            builder.add(
                .init(
                    ObjectiveJudgement(
                        objective: .builds, deployment: prod, entity: EntityID(Int64(number)),
                        subject: number == 0 ? .init() : subject, verdict: verdict, at: now - .hours(2))))
        }
        return builder.report(basis: .database, blindIntervals: [], openWorkOf: nil)
    }
}
