import SLOCore
import SLOStore

extension EventsSnapshot {
    /// A hidden event matches no filter for a name, so that a filter cannot reveal it.
    init(
        _ query: EventQuery, at now: Timestamp, settings: LedgerSettings, directory: RepositoryDirectory,
        showing showsPrivate: Bool, from store: any StoreReading
    ) throws {
        let mask = EventMask(directory: directory, showsPrivate: showsPrivate)
        // Not searched at all, because the length of the search would reveal that it exists.
        if let name = query.filter.repository, !mask.shows(repository: name) {
            self.init(at: now, events: [], next: nil)
            return
        }
        let reading = EventReading(settings: settings, mask: mask, store: store)
        let order: TimeOrder
        switch query.order {
        case .longest:
            self = try reading.longest(query, at: now)
            return
        case .newest: order = .newest
        case .oldest: order = .oldest
        }
        let found = try reading.judgements(query.filter, order, after: query.place, atMost: query.limit)
        self.init(at: now, events: try reading.events(of: found.items), next: found.next)
    }
}

/// Reads judgements, with the changes and runs behind them.
private struct EventReading {
    let settings: LedgerSettings
    let mask: EventMask
    let store: any StoreReading

    /// A hidden event matches no filter for a name.
    func judgements(
        _ filter: JudgementFilter, _ order: TimeOrder, after place: JudgementPlace?, atMost limit: Int
    ) throws -> FoundJudgements {
        try store.judgements(filter, order: order, after: place, atMost: limit) {
            !filter.asksForNames || mask.shows($0)
        }
    }

    func events(of items: [FoundJudgements.Item]) throws -> [ObjectiveEvent] {
        let changes = Dictionary(
            grouping: try store.changes(entities(of: items) { $0.runKind == nil }), by: \.change)
        let runs = Dictionary(
            uniqueKeysWithValues: try store.runs(entities(of: items) { $0.runKind != nil }).map { ($0.run, $0) })
        return items.map { item in
            let judgement = item.judgement
            return ObjectiveEvent(
                judgement, cause: item.cause, objective: settings[judgement.objective],
                change: changes[judgement.entity]?.first { $0.deployment == judgement.deployment },
                run: runs[judgement.entity], mask: mask)
        }
    }

    /// In their order, so that neighbours are read together. An objective that is not configured any more may have been
    /// of either.
    private func entities(
        of items: [FoundJudgements.Item], where isWanted: (Objective.Indicator) -> Bool
    ) -> [EntityID] {
        let wanted = items.map(\.judgement).filter { judgement in
            // What was filled in has numbers of its own.
            judgement.entity.number > 0 && settings[judgement.objective].map { isWanted($0.indicator) } ?? true
        }
        return Set(wanted.map(\.entity)).sorted()
    }

    /// The events that are compared by their duration, which no index has.
    private static let compared = 1000
    /// The searches that look for them.
    private static let searches = 2

    /// A page of the latest events that match, by duration. Its beginning names when the first page was read: what is
    /// judged since then is left out, so no event moves from one page to another.
    func longest(_ query: EventQuery, at now: Timestamp) throws -> EventsSnapshot {
        let end = query.place?.at ?? now + .milliseconds(1)
        var filter = query.filter
        filter.to = min(filter.to ?? end, end)
        var items: [FoundJudgements.Item] = []
        var next: JudgementPlace?
        for _ in 0..<Self.searches {
            let found = try judgements(filter, .newest, after: next, atMost: Self.compared - items.count)
            items += found.items
            next = found.next
            if next == nil || items.count == Self.compared { break }
        }
        let events = try events(of: items)
        let spans = events.map { $0.lasting(until: end)?.milliseconds ?? -1 }
        let order = events.indices.sorted { (-spans[$0], $0) < (-spans[$1], $1) }
        let start = max(0, Int(clamping: query.place?.entity ?? 0))
        let page = order.dropFirst(start).prefix(query.limit)
        let isLast = start + page.count >= order.count
        return EventsSnapshot(
            at: now, events: page.map { events[$0] },
            next: isLast
                ? nil : JudgementPlace(at: end, objective: "", entity: Int64(start + page.count), deployment: ""),
            isPartial: next != nil)
    }
}

/// Which names of events may be shown.
struct EventMask {
    let directory: RepositoryDirectory
    let showsPrivate: Bool

    func shows(repository: String) -> Bool { showsPrivate || directory.isPublic(repository) }

    /// What is known without its repository may be of a private one.
    func shows(_ judgement: ObjectiveJudgement) -> Bool {
        showsPrivate || judgement.subject.repository.map(directory.isPublic) ?? false
    }

    func repository(of judgement: ObjectiveJudgement, _ run: RunRecord?) -> RepositoryName {
        if let name = judgement.subject.repository { return shows(repository: name) ? .known(name) : .hidden }
        return run.map { repository(of: $0) } ?? .unknown
    }

    /// The name that Packit gave a Copr project may reveal a private repository.
    func repository(of run: RunRecord) -> RepositoryName {
        if let name = run.repositoryName { return shows(repository: name) ? .known(name) : .hidden }
        return !showsPrivate && directory.revealsPrivate(project: run.name) ? .hidden : .unknown
    }
}

extension ObjectiveEvent {
    fileprivate init(
        _ judgement: ObjectiveJudgement, cause: String?, objective: Objective?, change: ChangeRecord?, run: RunRecord?,
        mask: EventMask
    ) {
        let stored = StoredJudgement(
            judgement, changeVerdict: change?.verdict, runEnd: run.map(RunEnd.init), cause: cause)
        let isMissed = judgement.verdict == .bad || judgement.verdict == .doubtful
        self.init(
            objective: judgement.objective, deployment: judgement.deployment,
            kind: Kind(objective?.indicator, change: change, run: run), verdict: judgement.verdict,
            judgedAt: judgement.at, deadline: objective?.statedDeadline,
            cause: objective.flatMap { BudgetCost(stored, of: $0) },
            repository: mask.repository(of: judgement, run),
            subject: mask.shows(judgement) ? Subject(judgement.subject, change: change, run: run) : Subject(),
            since: change?.startedAt ?? run?.queuedAt, startedAt: run?.startedAt,
            endedAt: change?.answeredAt ?? run?.finishedAt, outcome: run?.outcome, reason: run?.reason,
            changeVerdict: change?.verdict,
            hop: isMissed ? objective.flatMap { Hop(atDeadlineOf: $0, change: change, run: run) } : nil)
    }
}

extension ObjectiveEvent.Kind {
    /// By the records if the objective is not configured any more.
    fileprivate init(_ indicator: Objective.Indicator?, change: ChangeRecord?, run: RunRecord?) {
        switch indicator {
        case .commandAnswer: self = .command
        case .appDeliveries: self = .appDelivery
        case .initialStatus, .allStatuses: self = .change
        case .builds, .buildStart, .buildReport: self = .run(.build)
        case .testRuns, .testRunStart, .testRunReport: self = .run(.testRun)
        case .jobs: self = .run(.job)
        case nil: self = run.map { .run($0.kind) } ?? .change
        }
    }

    /// Stable: part of the API.
    public var word: String {
        switch self {
        case .change: "change"
        case .run(let kind): kind.rawValue
        case .command: "command"
        case .appDelivery: "app_delivery"
        }
    }

    public static var words: [String] {
        ["change"] + RunKind.allCases.map(\.rawValue) + ["command", "app_delivery"]
    }
}

extension ObjectiveEvent.Subject {
    fileprivate init(_ subject: ObjectiveSelection.Subject, change: ChangeRecord?, run: RunRecord?) {
        self.init(
            pullRequest: change?.number ?? run?.pullRequest, sha: change?.headSHA ?? run?.sha,
            name: subject.name ?? run?.name, chroot: subject.chroot ?? run?.chroot, branch: subject.branch,
            backendID: run?.backendID)
    }
}

extension ObjectiveEvent.Hop {
    /// Where an event was when its deadline passed; `nil` if it ended before, or if that is not known.
    fileprivate init?(atDeadlineOf objective: Objective, change: ChangeRecord?, run: RunRecord?) {
        switch objective.indicator {
        case .initialStatus, .allStatuses: self = .status
        case .buildStart, .testRunStart: self = .queued
        case .buildReport, .testRunReport: self = .report
        case .commandAnswer, .appDeliveries: return nil
        case .builds, .testRuns, .jobs:
            guard let run, let queuedAt = run.queuedAt else { return nil }
            let due = queuedAt + objective.deadline
            if run.finishedAt <= due { return nil }
            self = run.startedAt.map { $0 <= due } ?? false ? .started : .queued
        }
    }
}
