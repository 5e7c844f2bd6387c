/// Reads a pull request page by page. The rows of a page, and what is read for it, are bounded, however many commits,
/// checks and runs the pull request has.
struct PullRequestPages<Source: StateSource> {
    /// A page ends after the change or lane that fills it. A lane has no more runs than facts.
    private static var rowsOnPage: Int { 50 }
    /// The limit of changes and lanes that are read without being shown.
    private static var unitsLookedAt: Int { 200 }
    private static var headsLookedAt: Int { 50 }
    private static var unitsAtOnce: Int { 20 }

    private typealias Place = PullRequestStory.Place

    private var ledger: Ledger
    private let source: Source
    private var key = PullRequestKey(repository: 0, number: 0)
    /// The pull request's commits without repetitions, the latest first.
    private var shas: [String] = []

    init(ledger: Ledger, source: Source) {
        self.ledger = ledger
        self.source = source
    }

    /// An element of a head.
    private enum Unit {
        case change(EntityID)
        case lane(EntityID)
    }

    /// Some elements of one head.
    private struct Stretch {
        let head: Int
        var units: [Unit] = []
    }

    mutating func story(of key: PullRequestKey, from start: PullRequestStory.Place) throws -> PullRequestStory? {
        self.key = key
        try ledger.takeUp([StateKey(.repositories, key.repository), StateKey(.pullRequests, key)], from: source)
        guard let pullRequest = ledger.state.pullRequests[key], let known = ledger.state.repositories[key.repository]
        else { return nil }
        shas = pullRequest.headsInOrder
        let previous = try placeBefore(start)
        let (stretches, next) = try stretches(from: start)
        try takeUpRuns(of: stretches)
        return PullRequestStory(
            repositoryName: known.fullName, isPrivate: !known.isPublic, number: key.number, isOpen: pullRequest.isOpen,
            closedAt: pullRequest.isOpen ? nil : pullRequest.closings.last?.at,
            heads: stretches.map { story(of: $0, pullRequest) }, previous: previous, next: next)
    }

    // MARK: - Content of a page

    private mutating func stretches(from start: Place) throws -> ([Stretch], next: Place?) {
        var (place, rows, looked) = (start, 0, 0)
        var stretches: [Stretch] = []
        while place.head < shas.count, stretches.count < Self.headsLookedAt {
            let units = try units(ofHead: place.head)
            var stretch = Stretch(head: place.head)
            while place.unit < units.count, rows < Self.rowsOnPage, looked < Self.unitsLookedAt {
                let some = units[place.unit...].prefix(Self.unitsAtOnce)
                try takeUp(some)
                for unit in some where rows < Self.rowsOnPage && looked < Self.unitsLookedAt {
                    stretch.units.append(unit)
                    rows += self.rows(of: unit)
                    looked += 1
                    place = Place(head: place.head, unit: place.unit + 1)
                }
            }
            stretches.append(stretch)
            guard place.unit >= units.count else { break }
            place = Place(head: place.head + 1, unit: 0)
            if rows >= Self.rowsOnPage || looked >= Self.unitsLookedAt { break }
        }
        return (stretches, place.head < shas.count ? place : nil)
    }

    /// Where the previous page begins: as far back as a page reaches.
    private mutating func placeBefore(_ start: Place) throws -> Place? {
        var place = min(start, Place(head: shas.count, unit: 0))
        guard place > .start else { return nil }
        var (rows, looked, heads) = (0, 0, 0)
        while rows < Self.rowsOnPage, looked < Self.unitsLookedAt, heads < Self.headsLookedAt {
            guard place.unit > 0 else {
                guard place.head > 0 else { break }
                place = Place(head: place.head - 1, unit: try units(ofHead: place.head - 1).count)
                heads += 1
                continue
            }
            let units = try units(ofHead: place.head)
            let end = min(place.unit, units.count)
            guard end > 0 else {
                place = Place(head: place.head, unit: 0)
                continue
            }
            let some = units[..<end].suffix(Self.unitsAtOnce)
            try takeUp(some)
            var unit = end
            for back in some.reversed() where rows < Self.rowsOnPage && looked < Self.unitsLookedAt {
                rows += self.rows(of: back)
                looked += 1
                unit -= 1
            }
            place = Place(head: place.head, unit: unit)
        }
        return place
    }

    private mutating func units(ofHead place: Int) throws -> [Unit] {
        let key = HeadKey(repository: key.repository, sha: shas[place])
        if !ledger.state.heads.contains(key) { try ledger.takeUp([StateKey(.heads, key)], from: source) }
        guard let head = ledger.state.heads[key] else { return [] }
        return head.changes.map(Unit.change) + head.lanes.map(Unit.lane)
    }

    private mutating func takeUp(_ units: some Sequence<Unit>) throws {
        let keys = units.compactMap { unit -> StateKey? in
            switch unit {
            case .change(let id): ledger.state.changes.contains(id) ? nil : StateKey(.changes, id)
            case .lane(let id): ledger.state.lanes.contains(id) ? nil : StateKey(.lanes, id)
            }
        }
        try ledger.takeUp(keys, from: source)
    }

    private func rows(of unit: Unit) -> Int {
        switch unit {
        case .change(let id): change(id)?.waits.count ?? 0
        case .lane(let id): lane(id)?.runs.count ?? 0
        }
    }

    /// One of this pull request's changes.
    private func change(_ id: EntityID) -> Change? {
        ledger.state.changes[id].flatMap { $0.pullRequest == key ? $0 : nil }
    }

    private func lane(_ id: EntityID) -> Lane? {
        guard let lane = ledger.state.lanes[id] else { return nil }
        return ledger.pullRequest(of: lane).map { $0 == key } ?? (lane.name.event == nil) ? lane : nil
    }

    // MARK: - Building the story

    /// Runs, and their evidence.
    private mutating func takeUpRuns(of stretches: [Stretch]) throws {
        let runs = stretches.flatMap(\.units).flatMap { unit in
            if case .lane(let id) = unit { lane(id)?.runs ?? [] } else { [EntityID]() }
        }
        try ledger.takeUp(runs.map { StateKey(.runs, $0) }, from: source)
        let backends = ledger.state.runs.values.compactMap(\.backend)
        try ledger.takeUp(backends.map { StateKey(.backends, $0) }, from: source)
    }

    private func story(of stretch: Stretch, _ pullRequest: PullRequest) -> PullRequestStory.Head {
        var (changes, runs): ([PullRequestStory.Change], [Run]) = ([], [])
        for unit in stretch.units {
            switch unit {
            case .change(let id):
                if let change = change(id) { changes += change.waits.map { .init($0, of: change) } }
            case .lane(let id): runs += (lane(id)?.runs ?? []).compactMap { ledger.state.runs[$0] }
            }
        }
        let sha = shas[stretch.head]
        return PullRequestStory.Head(
            sha: sha, moves: pullRequest.moves.filter { $0.sha == sha }.map { .init(at: $0.at, action: $0.action) },
            changes: changes, runs: runs.sorted { ($0.base, $0.id) < ($1.base, $1.id) }.map(ledger.story))
    }
}

extension PullRequest {
    /// Each commit once, by when it last became the head, the latest first.
    fileprivate var headsInOrder: [String] {
        var seen: Set<String> = []
        // A commit known from a closing only is the last one of its time.
        let closedWith = closedHead.flatMap { head in moves.contains { $0.sha == head } ? nil : head }
        return ([closedWith].compactMap { $0 } + moves.reversed().map(\.sha)).filter { seen.insert($0).inserted }
    }
}

extension PullRequestStory.Change {
    fileprivate init(_ wait: Change.Wait, of change: Change) {
        self.init(
            id: change.id, deployment: wait.deployment, startedAt: change.startedAt, answeredAt: wait.answeredAt,
            verdict: wait.verdict, isOwner: wait.isOwner)
    }
}
