import SLOCore
import SLOStore

extension PullRequestReading {
    private static let changesTold = 200
    private static let runsTold = 500

    /// What the ledger remembers, and what history has of the rest.
    init?(
        _ number: Int, in repository: Int64, named name: String, at now: Timestamp, settings: LedgerSettings,
        from store: StoreReader
    ) throws {
        let story = try Ledger.story(
            ofPullRequest: number, inRepository: repository, settings: settings, from: store)
        let changes = try store.changes(ofPullRequest: number, in: name, atMost: Self.changesTold)
        let runs = try store.runs(ofPullRequest: number, in: name, atMost: Self.runsTold)
        guard story != nil || !changes.isEmpty || !runs.isEmpty else { return nil }
        self.init(
            at: now, repositoryName: name, isPrivate: story?.isPrivate ?? false, number: number, isOpen: story?.isOpen,
            closedAt: story?.closedAt, heads: Self.heads(story?.heads ?? [], changes, runs))
    }

    private static func heads(
        _ told: [PullRequestStory.Head], _ changes: [ChangeRecord], _ runs: [RunRecord]
    ) -> [Head] {
        let remembered = told.map { head in
            Head(
                sha: head.sha, moves: head.moves,
                changes: Self.changes(head.changes, changes.filter { $0.headSHA == head.sha }),
                runs: Self.runs(head.runs, runs.filter { $0.sha == head.sha }))
        }
        let shas: Set<String> = Set(changes.map(\.headSHA)).union(runs.compactMap(\.sha))
        let forgotten: [Head] = shas.subtracting(told.map(\.sha)).map { sha in
            let changes = changes.filter { $0.headSHA == sha }
            return Head(
                sha: sha, moves: changes.reversed().map { PullRequestStory.Move(at: $0.startedAt, action: $0.action) },
                changes: Self.changes([], changes), runs: Self.runs([], runs.filter { $0.sha == sha }))
        }
        return remembered + forgotten.sorted { $0.beganAt > $1.beganAt }
    }

    /// Who was told of by a delivery after the change was forgotten is in history alone; who has no verdict yet is not.
    private static func changes(_ told: [PullRequestStory.Change], _ records: [ChangeRecord]) -> [Change] {
        func isOf(_ record: ChangeRecord, _ change: PullRequestStory.Change) -> Bool {
            record.deployment == change.deployment && record.startedAt == change.startedAt
        }
        let open = told.filter { change in change.isOwner && !records.contains { isOf($0, change) } }
        let judged = records.map { record in
            // An answer that came after the verdict is not in history.
            Change(record, answeredLater: told.first { isOf(record, $0) }?.answeredAt)
        }
        return (open.map(Change.init) + judged)
            .sorted { ($0.startedAt, $0.deployment) < ($1.startedAt, $1.deployment) }
    }

    private static func runs(_ told: [PullRequestStory.Run], _ records: [RunRecord]) -> [Run] {
        let recordsOfID = Dictionary(records.map { ($0.run, $0) }, uniquingKeysWith: { first, _ in first })
        let remembered = told.map { run in
            let record = recordsOfID[run.id]
            return Run(
                story: run, revisedOutcome: record?.revisedOutcome,
                isCounted: record?.isCounted ?? (run.phase != .waiting))
        }
        let known = Set(told.map(\.id))
        let forgotten = records.filter { !known.contains($0.run) }.map { record in
            Run(
                story: PullRequestStory.Run(record), revisedOutcome: record.revisedOutcome, isCounted: record.isCounted)
        }
        return (remembered + forgotten)
            .sorted { ($0.story.firstSeenAt, $0.story.id) < ($1.story.firstSeenAt, $1.story.id) }
    }
}

extension PullRequestReading.Head {
    fileprivate var beganAt: Timestamp {
        moves.first?.at ?? runs.first?.story.firstSeenAt ?? Timestamp(milliseconds: 0)
    }
}

extension PullRequestReading.Change {
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
