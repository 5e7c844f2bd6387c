import SLOCore
import SLOStore

/// Compares what the rules made of deliveries with what these say.
struct UnexplainedQuery {
    let settings: LedgerSettings
    let mask: EventMask
    let now: Timestamp
    let store: any StoreReading

    /// The pull requests whose stories are read, for each kind of contradiction.
    private static let pullRequests = 200
    /// The pages of one pull request's story that are read.
    private static let pages = 3
    private static let namesShown = 200
    private static let shownOfAKind = 100
    /// How far back ends are looked at.
    private static let conflictSpan = TimeSpan.days(7)

    func snapshot(_ survey: JournalSurvey) throws -> UnexplainedSnapshot {
        let shown = survey.names.filter { mask.shows(repository: $0.value.example.repository) }
        let names = shown.map { key, seen in
            UnexplainedSnapshot.Name(
                rule: key.pattern.map { NameRule($0, subject: seen.subject) }, example: seen.example,
                statuses: seen.statuses)
        }.sorted { ($1.statuses, $0.example.name) < ($0.statuses, $1.example.name) }
        let unfinished = try unfinishedThoughCompleted()
        let conflicts = try joinConflicts()
        let ahead = survey.timesAhead.reversed().map(contradiction)
        return UnexplainedSnapshot(
            at: now, since: survey.since, names: Array(names.prefix(Self.namesShown)),
            hiddenNames: survey.names.count - shown.count,
            contradictions: [unfinished, conflicts, ahead].flatMap { $0.prefix(Self.shownOfAKind) },
            counts: [
                .unfinishedThoughCompleted: unfinished.count, .joinConflict: conflicts.count,
                .futureTime: survey.timesAheadCount,
            ])
    }

    // MARK: - Runs

    private struct Place: Hashable {
        let repository: String
        let number: Int

        init?(_ repository: String?, _ number: Int?) {
            guard let repository, let number else { return nil }
            self.repository = repository
            self.number = number
        }
    }

    /// Runs that have not ended, though GitHub shows the latest check of each as completed.
    private func unfinishedThoughCompleted() throws -> [UnexplainedSnapshot.Contradiction] {
        let work = try Ledger.openWork(settings: settings, since: now, from: store)
        let places = work.unfinishedRuns.compactMap { Place($0.repositoryName, $0.pullRequest) }
        return try runs(of: places) { $0.phase == .unfinished && $0.isShownAsCompleted }
            .map { place, run in
                contradiction(
                    .unfinishedThoughCompleted, run, place, stated: "GitHub: \(run.checkState ?? "")",
                    instead: "not ended by the rules", at: run.queuedAt ?? run.firstSeenAt)
            }
    }

    /// Runs whose proposed backend run ended otherwise.
    private func joinConflicts() throws -> [UnexplainedSnapshot.Contradiction] {
        let ended = try store.endedRuns(
            before: nil, repository: nil, from: now - Self.conflictSpan, through: now, atMost: Self.pullRequests
        ) { $0.proof == .proposed }
        return try runs(of: ended.runs.compactMap { Place($0.repositoryName, $0.pullRequest) }) { $0.isInConflict }
            .map { place, run in
                contradiction(
                    .joinConflict, run, place, stated: "check: \(run.ending?.rawValue ?? "")",
                    instead: "backend: \(run.backendOutcome?.rawValue ?? "")", at: run.finishedAt ?? run.firstSeenAt)
            }
    }

    private func runs(
        of places: [Place], where isWanted: (PullRequestStory.Run) -> Bool
    ) throws -> [(Place, PullRequestStory.Run)] {
        var known: Set<Place> = []
        var found: [(Place, PullRequestStory.Run)] = []
        for place in places where known.count < Self.pullRequests && known.insert(place).inserted {
            guard let id = mask.directory.id(of: place.repository) else { continue }
            var next: PullRequestStory.Place? = .start
            for _ in 0..<Self.pages {
                guard let page = next,
                    let story = try Ledger.story(
                        ofPullRequest: place.number, inRepository: id, from: page, settings: settings, source: store)
                else { break }
                found += story.heads.flatMap(\.runs).filter(isWanted).map { (place, $0) }
                next = story.next
            }
        }
        return found
    }

    private func contradiction(
        _ kind: UnexplainedSnapshot.Contradiction.Kind, _ run: PullRequestStory.Run, _ place: Place, stated: String,
        instead: String, at: Timestamp
    ) -> UnexplainedSnapshot.Contradiction {
        let isShown = mask.shows(repository: place.repository)
        return UnexplainedSnapshot.Contradiction(
            kind: kind, deployment: run.deployment, repository: isShown ? .known(place.repository) : .hidden,
            pullRequest: isShown ? place.number : nil, name: isShown ? run.name : nil,
            backendID: isShown ? run.build.map { String($0) } ?? run.request : nil, stated: stated, instead: instead,
            at: at)
    }

    // MARK: - Times

    private func contradiction(_ ahead: JournalSurvey.TimeAhead) -> UnexplainedSnapshot.Contradiction {
        let fact = DeliveryFact(ahead.observation)
        let repository = mask.repository(of: [ahead.observation]) ?? .unknown
        let shown = repository == .hidden ? nil : fact
        return UnexplainedSnapshot.Contradiction(
            kind: .futureTime, deployment: fact.deployment, repository: repository,
            pullRequest: shown?.pullRequests.first, name: shown?.name, backendID: shown?.backendID,
            stated: "stated: \(fact.statedAt?.rfc3339 ?? "")", instead: "received: \(ahead.receivedAt.rfc3339)",
            at: ahead.receivedAt, sequence: ahead.sequence)
    }
}

extension JournalSurvey.Key {
    fileprivate var pattern: NameRule.Pattern? {
        if case .pattern(let pattern) = self { pattern } else { nil }
    }
}

extension PullRequestStory.Run {
    /// The states of checks before their end.
    private static var openStates: Set<String> { ["queued", "in_progress", "waiting", "requested", "pending"] }

    fileprivate var isShownAsCompleted: Bool {
        isShownByCheck && checkState.map { !Self.openStates.contains($0) } ?? false
    }

    fileprivate var ending: Outcome? {
        if case .finished(let outcome, _) = phase { outcome } else { nil }
    }

    /// Copr's messages say "failed" of everything that is not a success.
    fileprivate var isInConflict: Bool {
        guard proof == .proposed, let ending, ending != .superseded, let backendOutcome else { return false }
        return kind == .testRun
            ? backendOutcome != ending : (backendOutcome == .success) != (ending == .success)
    }
}
