import SLOConditions
import SLOCore
import SLOMetrics
import SLOStore

@testable import SLOService
@testable import SLOQueries

/// Tells what a test wants told.
struct FakePages: QueryAPI {
    static let now = Timestamp(seconds: 1_795_348_800)

    var pageSettings = LedgerSettings()
    var work = OpenWorkSnapshot(at: Self.now, items: [])
    var standings: [Overview.Standing] = []
    var activity: [Overview.Activity] = []
    var blindIntervals: [BlindIntervalSnapshot] = []
    var pullRequest: PullRequestSnapshot?
    /// What is told of other pages of it.
    var otherPage: PullRequestSnapshot?
    var groups: [HistorySnapshot.Group] = []
    var deliveries: [ShownDelivery] = []
    var body = DeliverySnapshot.Body.notKept
    var notExplained = UnexplainedSnapshot(at: Self.now)
    var report = ReportBuilder(settings: LedgerSettings(), at: Self.now, looksBack: false)
        .report(basis: .database, blindIntervals: [], openWorkOf: nil)
    var runs: [EndedRunsSnapshot.Run] = []
    var events: [ObjectiveEvent] = []
    var nextEvents: JudgementPlace?
    var found = SearchSnapshot(at: Self.now)
    var holding = ConditionsNow()
    var incidents: [Incident] = []
    var isBroken = false
    /// What the start has not read yet.
    var unread: Set<HistoryPart> = []

    var notes: [TimeNoteSnapshot] = []

    var chart: ChartSnapshot?

    var cluster: ClusterNodes?

    func nodes() async throws -> NodesSnapshot? { try told(cluster.map(NodesSnapshot.init)) }

    func charts(
        of objective: Objective.Name, _ deployment: Deployment, over range: ChartRange
    ) async throws -> ChartSnapshot? { try told(chart) }

    func timeNotes(
        from: Timestamp?, through: Timestamp?, limit: Int
    ) async throws -> (at: Timestamp, notes: [TimeNoteSnapshot]) {
        try told((Self.now, Array(notes.prefix(limit))))
    }

    func isReading(_ part: HistoryPart) async -> Bool { unread.contains(part) }

    private struct Trouble: Error {}

    private func told<Value>(_ value: Value) throws -> Value {
        if isBroken { throw Trouble() }
        return value
    }

    func overview() async throws -> Overview {
        try told(
            Overview(
                at: Self.now, window: pageSettings.window, standings: standings, blindIntervals: blindIntervals,
                activity: activity,
                changes: [], timeNotes: notes))
    }

    func openWork() async throws -> OpenWorkSnapshot { try told(work) }

    func report(of repository: String?) async throws -> Report? {
        let isKnown = repository.map { $0 == "acme/rocket" } ?? true
        return try told(isKnown ? report : nil)
    }

    func pullRequest(
        _ number: Int, in repository: String, from place: PullRequestSnapshot.Place
    ) async throws -> PullRequestSnapshot? {
        try told(
            (place == .start ? pullRequest : otherPage).flatMap {
                $0.number == number && $0.repositoryName == repository ? $0 : nil
            })
    }

    func history() async throws -> HistorySnapshot {
        try told(HistorySnapshot(at: Self.now, beginsAt: Self.now - pageSettings.window, groups: groups))
    }

    func endedRuns(_ query: RunQuery) async throws -> EndedRunsSnapshot {
        try told(EndedRunsSnapshot(at: Self.now, runs: runs, next: nil))
    }

    func events(_ query: EventQuery) async throws -> EventsSnapshot {
        try told(EventsSnapshot(at: Self.now, events: events, next: nextEvents))
    }

    func search(_ term: SearchTerm) async throws -> SearchSnapshot { try told(found) }

    func blindIntervals() async throws -> (at: Timestamp, times: [BlindIntervalSnapshot]) {
        try told((Self.now, blindIntervals))
    }

    func deliveries(_ query: DeliveryQuery) async throws -> DeliveriesSnapshot {
        try told(DeliveriesSnapshot(at: Self.now, deliveries: deliveries, next: nil, blindIntervals: blindIntervals))
    }

    func delivery(_ sequence: Int64) async throws -> DeliverySnapshot? {
        try told(deliveries.first { $0.summary.sequence == sequence }).map {
            DeliverySnapshot(at: Self.now, delivery: $0, body: body)
        }
    }

    func unexplained() async throws -> UnexplainedSnapshot { try told(notExplained) }

    func conditions() async throws -> ConditionsNow { try told(holding) }

    func incidents(over span: TimeSpan) async throws -> IncidentsSnapshot {
        try told(IncidentsSnapshot(at: Self.now, incidents: incidents))
    }

    func incidents(before place: IncidentsSnapshot.Place?, limit: Int) async throws -> IncidentsSnapshot {
        try told(
            IncidentsSnapshot(
                at: Self.now, incidents: Array(incidents.prefix(limit)),
                next: incidents.count > limit ? .init(beganAt: incidents[limit - 1].beganAt, skipping: 1) : nil))
    }

    func sources() async throws -> [SourceSnapshot] {
        try told(
            Source.allCases.map {
                SourceSnapshot(
                    source: $0, lastDelivery: nil, medianLag: nil, outcomes: DeliveryOutcome.allCases.map { ($0, 0) })
            })
    }
}

extension OpenWorkSnapshot.Item {
    static func run(
        _ name: String = "rpm-build:epel-9-x86_64", in repository: RepositoryName = .known("acme/rocket"),
        kind: RunKind = .build, deployment: String = "prod", pullRequest: Int? = 12, since: TimeSpan = .hours(13),
        hop: Hop = .queued, chroot: String? = nil
    ) -> Self {
        Self(
            kind: .run(kind), deployment: Deployment(deployment), repository: repository, pullRequest: pullRequest,
            sha: nil, name: name, chroot: chroot, since: FakePages.now - since, startedAt: nil, hop: hop,
            deadline: .hours(12), isOverdue: since > .hours(12), isCounted: true)
    }
}
