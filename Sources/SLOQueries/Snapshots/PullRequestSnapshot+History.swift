import SLOCore
import SLOStore

extension PullRequestSnapshot {
    /// The number of changes on a page of history.
    private static let changesPerPage = 25
    private static let runsTold = 50

    /// The ledger's tracked state, and history for the rest.
    init?(
        _ number: Int, in repository: RepositoryID, named name: String, from place: Place, at now: Timestamp,
        settings: LedgerSettings, store: any StoreReading
    ) throws {
        let start = if case .remembered(let start) = place { start } else { PullRequestStory.Place.end }
        let story = try Ledger.story(
            ofPullRequest: number, inRepository: repository, from: start, settings: settings, source: store)
        var history: Forgotten?
        var next = story?.next.map(Place.remembered)
        if next == nil {
            let page = if case .history(let page) = place { page } else { 0 }
            let forgotten = try Forgotten(number, in: repository, named: name, page: page, from: store)
            if case .remembered = place, story != nil, !forgotten.isLast {
                // A long history is shown on pages of its own, after everything that the ledger tracks.
                next = .history(page: 0)
            } else {
                history = forgotten
                next = forgotten.isLast ? nil : .history(page: page + 1)
            }
        }
        guard story != nil || history?.isEmpty == false else { return nil }
        self.init(
            at: now, repositoryName: name, isPrivate: story?.isPrivate ?? false, number: number, isOpen: story?.isOpen,
            closedAt: story?.closedAt,
            heads: Self.joined(
                try Self.remembered(story?.heads ?? [], store),
                Self.forgotten(history?.changes ?? [], history?.runs ?? [])),
            previous: Self.previous(of: place, story), next: next)
    }

    private static func previous(of place: Place, _ story: PullRequestStory?) -> Place? {
        switch place {
        case .history(let page) where page > 0: .history(page: page - 1)
        case .history, .remembered: story?.previous.map(Place.remembered)
        }
    }

    /// A page of what only history contains.
    private struct Forgotten {
        let changes: [ChangeRecord]
        let runs: [RunRecord]
        let isLast: Bool

        var isEmpty: Bool { isLast && changes.isEmpty && runs.isEmpty }

        init(_ number: Int, in repository: RepositoryID, named name: String, page: Int, from store: any StoreReading)
            throws
        {
            let changes = try store.changes(
                ofPullRequest: number, in: repository, named: name, skipping: page * changesPerPage,
                atMost: changesPerPage)
            let runs = try store.runs(
                ofPullRequest: number, in: repository, named: name, skipping: page * runsTold, atMost: runsTold)
            let remembered = try Ledger.remembered(
                changes: changes.map(\.change), runs: runs.map(\.run), in: store)
            isLast = changes.count < changesPerPage && runs.count < runsTold
            self.changes = changes.filter { !remembered.contains($0.change) }
            self.runs = runs.filter { !remembered.contains($0.run) }
        }
    }

    /// Of a commit the ledger may still track the runs, and history alone have the change, or the other way round.
    static func joined(_ remembered: [Head], _ forgotten: [Head]) -> [Head] {
        let remembered = remembered.map { head in
            guard let earlier = forgotten.first(where: { $0.sha == head.sha }) else { return head }
            return Head(
                sha: head.sha, moves: head.moves.isEmpty ? earlier.moves : head.moves,
                changes: earlier.changes + head.changes, runs: earlier.runs + head.runs)
        }
        let shown = Set(remembered.map(\.sha))
        return remembered + forgotten.filter { !shown.contains($0.sha) }
    }

    private static func remembered(_ tracked: [PullRequestStory.Head], _ store: any StoreReading) throws -> [Head] {
        let changes = try store.changes(Array(Set(tracked.flatMap(\.changes).map(\.id))))
        let runs = try store.runs(tracked.flatMap(\.runs).map(\.id))
        return tracked.map { head in
            Head(
                sha: head.sha, moves: head.moves,
                changes: Self.changes(head.changes, changes.filter { $0.headSHA == head.sha }),
                runs: Self.runs(head.runs, runs.filter { $0.sha == head.sha }))
        }
    }

    private static func forgotten(_ changes: [ChangeRecord], _ runs: [RunRecord]) -> [Head] {
        let shas: Set<String> = Set(changes.map(\.headSHA)).union(runs.compactMap(\.sha))
        let forgotten: [Head] = shas.map { sha in
            let changes = changes.filter { $0.headSHA == sha }
            return Head(
                sha: sha, moves: changes.reversed().map { PullRequestStory.Move(at: $0.startedAt, action: $0.action) },
                changes: Self.changes([], changes), runs: Self.runs([], runs.filter { $0.sha == sha }))
        }
        return forgotten.sorted { ($0.beganAt, $0.sha) > ($1.beganAt, $1.sha) }
    }

    /// A change that the ledger no longer tracks is in history only; one without a verdict is in the ledger only.
    private static func changes(_ tracked: [PullRequestStory.Change], _ records: [ChangeRecord]) -> [Change] {
        func isOf(_ record: ChangeRecord, _ change: PullRequestStory.Change) -> Bool {
            record.deployment == change.deployment && record.startedAt == change.startedAt
        }
        let open = tracked.filter { change in change.isOwner && !records.contains { isOf($0, change) } }
        let judged = records.map { record in
            // History lacks an answer that came after the verdict.
            Change(record, answeredLater: tracked.first { isOf(record, $0) }?.answeredAt)
        }
        return (open.map(Change.init) + judged)
            .sorted { ($0.startedAt, $0.deployment) < ($1.startedAt, $1.deployment) }
    }

    private static func runs(_ tracked: [PullRequestStory.Run], _ records: [RunRecord]) -> [Run] {
        let recordsOfID = Dictionary(records.map { ($0.run, $0) }, uniquingKeysWith: { first, _ in first })
        let remembered = tracked.map { run in
            let record = recordsOfID[run.id]
            return Run(
                story: run, revisedOutcome: record?.revisedOutcome,
                isCounted: record?.isCounted ?? (run.phase != .waiting))
        }
        let known = Set(tracked.map(\.id))
        let forgotten = records.filter { !known.contains($0.run) }.map { record in
            Run(
                story: PullRequestStory.Run(record), revisedOutcome: record.revisedOutcome, isCounted: record.isCounted)
        }
        return (remembered + forgotten)
            .sorted { ($0.story.firstSeenAt, $0.story.id) < ($1.story.firstSeenAt, $1.story.id) }
    }
}

extension PullRequestSnapshot.Head {
    fileprivate var beganAt: Timestamp {
        moves.first?.at ?? runs.first?.story.firstSeenAt ?? Timestamp(milliseconds: 0)
    }
}

extension PullRequestSnapshot.Change {
    fileprivate init(_ change: PullRequestStory.Change) {
        self.init(
            deployment: change.deployment, startedAt: change.startedAt, answeredAt: change.answeredAt,
            verdict: change.verdict, exclusion: nil, eligibility: nil, isCounted: false)
    }

    fileprivate init(_ record: ChangeRecord, answeredLater: Timestamp?) {
        self.init(
            deployment: record.deployment, startedAt: record.startedAt, answeredAt: record.answeredAt ?? answeredLater,
            verdict: record.verdict, exclusion: record.exclusion, eligibility: record.eligibility,
            isCounted: record.isCounted)
    }
}
