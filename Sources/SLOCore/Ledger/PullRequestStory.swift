/// What is known of a pull request while the ledger remembers it: head by head, and hop by hop.
public struct PullRequestStory: Equatable, Sendable {
    public let repositoryName: String
    public let isPrivate: Bool
    public let number: Int
    public let isOpen: Bool
    public let closedAt: Timestamp?
    /// The latest first.
    public let heads: [Head]

    /// One commit that was the pull request's head.
    public struct Head: Equatable, Sendable {
        public let sha: String
        /// When it became the head, and how; the latest last.
        public let moves: [Move]
        public let changes: [Change]
        /// Runs in the order in which they were queued, and what only waits behind them.
        public let runs: [Run]
    }

    public struct Move: Equatable, Sendable {
        public let at: Timestamp
        public let action: ChangePushed.Action

        public init(at: Timestamp, action: ChangePushed.Action) {
            self.at = at
            self.action = action
        }
    }

    /// How one deployment stands to one push.
    public struct Change: Equatable, Sendable {
        public let deployment: Deployment
        public let startedAt: Timestamp
        public let answeredAt: Timestamp?
        /// `nil` until it is given.
        public let verdict: Verdict?
        public let isOwner: Bool
    }

    public struct Run: Equatable, Sendable {
        public enum Phase: Equatable, Sendable {
            /// Nothing is counted yet, such as of a test that waits for its build.
            case waiting
            case unfinished
            /// An end was heard of that better evidence may still correct.
            case settling(until: Timestamp)
            case finished(Outcome, OutcomeReason)
        }

        public let id: EntityID
        public let kind: RunKind
        public let deployment: Deployment
        public let name: String
        public let chroot: String?
        public let phase: Phase
        public let isOverdue: Bool
        /// Provider times; `firstSeenAt` is the receipt where the provider gave none.
        public let queuedAt: Timestamp?
        public let firstSeenAt: Timestamp
        public let startedAt: Timestamp?
        /// When the backend ended it; its end may be known without its time.
        public let backendEndedAt: Timestamp?
        public let hasBackendEnded: Bool
        /// When its check showed its end, or, for one without a check, when it ended.
        public let finishedAt: Timestamp?
        public let isShownByCheck: Bool
        /// What its latest check says: `queued`, `in_progress`, or a conclusion.
        public let checkState: String?
        public let checkRunID: Int64?
        public let backendOutcome: Outcome?
        public let job: JobLink?
        public let build: Int64?
        public let request: String?
    }
}

extension Ledger {
    /// Of a pull request with more heads than this the latest are told.
    private static let headsTold = 50

    /// The story of one pull request, read by following its keys; nothing else of the state is touched.
    /// - Returns: `nil` if the ledger does not remember it.
    /// - Throws: what the source throws, or `RestoreError`.
    public static func story(
        ofPullRequest number: Int, inRepository repository: Int64, settings: LedgerSettings,
        from source: some StateSource
    ) throws -> PullRequestStory? {
        var ledger = Ledger(settings: settings)
        let key = PullRequestKey(repository: repository, number: number)
        try ledger.takeUp([StateKey(.repositories, repository)], from: source)
        try ledger.takeUp([StateKey(.pullRequests, key)], from: source)
        guard let pullRequest = ledger.state.pullRequests[key], let known = ledger.state.repositories[repository]
        else { return nil }
        let shas = pullRequest.headsInOrder.suffix(headsTold)
        try ledger.takeUp(shas.map { sha in
            StateKey(.heads, HeadKey(repository: repository, sha: sha))
        }, from: source)
        try ledger.takeUpRuns(from: source)
        let story = ledger.story(of: pullRequest)
        return PullRequestStory(
            repositoryName: known.fullName, isPrivate: known.isPrivate, number: number, isOpen: pullRequest.isOpen,
            closedAt: pullRequest.isOpen ? nil : pullRequest.closings.last,
            heads: shas.reversed().map(story))
    }

    /// What hangs on the heads: their changes, lanes, runs and backends.
    private mutating func takeUpRuns(from source: some StateSource) throws {
        let heads = state.heads.values
        try takeUp(heads.flatMap(\.changes).map { StateKey(.changes, $0) }, from: source)
        try takeUp(heads.flatMap(\.lanes).map { StateKey(.lanes, $0) }, from: source)
        let runs = state.lanes.values.flatMap(\.runs)
        try takeUp(runs.map { StateKey(.runs, $0) }, from: source)
        let backends = state.runs.values.compactMap(\.backend)
        try takeUp(backends.map { StateKey(.backends, $0) }, from: source)
    }

    private func story(of pullRequest: PullRequest) -> (String) -> PullRequestStory.Head {
        { sha in
            let head = state.heads[HeadKey(repository: pullRequest.key.repository, sha: sha)]
            let changes = (head?.changes ?? []).compactMap { state.changes[$0] }
                .filter { $0.pullRequest == pullRequest.key }
            let lanes = (head?.lanes ?? []).compactMap { state.lanes[$0] }
                .filter { self.pullRequest(of: $0).map { $0 == pullRequest.key } ?? ($0.name.event == nil) }
            let runs = lanes.flatMap(\.runs).compactMap { state.runs[$0] }
                .sorted { ($0.base, $0.id) < ($1.base, $1.id) }
            return PullRequestStory.Head(
                sha: sha,
                moves: pullRequest.moves.filter { $0.sha == sha }.map { .init(at: $0.at, action: $0.action) },
                changes: changes.flatMap { change in change.waits.map { .init($0, of: change) } },
                runs: runs.map(story))
        }
    }

    private func story(of run: Run) -> PullRequestStory.Run {
        let lane = run.lane.flatMap { state.lanes[$0] }
        let backend = run.backend.flatMap { state.backends[$0] }
        let facts = facts(of: run)
        let last = facts.last
        var build: Int64?
        var request = facts.last { $0.requestID != nil }?.requestID
        switch backend?.key {
        case .copr(let number, _): build = number
        case .testingFarm(let id): request = id
        case nil: break
        }
        return PullRequestStory.Run(
            id: run.id, kind: run.kind, deployment: run.deployment, name: name(of: run),
            chroot: lane?.name.chroot ?? backend?.chroot, phase: .init(run), isOverdue: run.isOverdue,
            queuedAt: run.queuedAt, firstSeenAt: run.firstSeenAt, startedAt: run.startedAt ?? backend?.startedAt,
            backendEndedAt: backend?.end?.finishedAt, hasBackendEnded: backend?.end != nil,
            finishedAt: run.ending?.finishedAt ?? run.terminal?.finishedAt, isShownByCheck: lane != nil,
            checkState: last?.state, checkRunID: facts.last { $0.carrier.checkRunID != nil }?.carrier.checkRunID,
            backendOutcome: backend?.end?.outcome, job: facts.last { $0.job != nil }?.job ?? lane?.closing?.job,
            build: build, request: request)
    }
}

extension PullRequest {
    /// Each commit once, by when it last became the head.
    fileprivate var headsInOrder: [String] {
        var seen: Set<String> = []
        return moves.reversed().map(\.sha).filter { seen.insert($0).inserted }.reversed()
    }
}

extension PullRequestStory.Change {
    fileprivate init(_ wait: Change.Wait, of change: Change) {
        self.init(
            deployment: wait.deployment, startedAt: change.startedAt, answeredAt: wait.answeredAt,
            verdict: wait.verdict, isOwner: wait.isOwner)
    }
}

extension PullRequestStory.Run.Phase {
    fileprivate init(_ run: Run) {
        switch run.phase {
        case .waiting: self = .waiting
        case .unfinished: self = .unfinished
        case .settling(let until): self = .settling(until: until)
        case .finished(let ending): self = .finished(ending.outcome, ending.reason)
        }
    }
}

extension StatusReported.Carrier {
    fileprivate var checkRunID: Int64? {
        if case .checkRun(let id) = self { id } else { nil }
    }
}

extension PullRequestStory.Run {
    /// What history has of a run that the ledger has forgotten.
    public init(_ record: RunRecord) {
        self.init(
            id: record.run, kind: record.kind, deployment: record.deployment, name: record.name, chroot: record.chroot,
            phase: .finished(record.outcome, record.reason), isOverdue: false, queuedAt: record.queuedAt,
            firstSeenAt: record.queuedAt ?? record.startedAt ?? record.finishedAt, startedAt: record.startedAt,
            backendEndedAt: nil, hasBackendEnded: false, finishedAt: record.finishedAt,
            isShownByCheck: record.repository != nil, checkState: nil, checkRunID: nil, backendOutcome: nil, job: nil,
            build: record.kind == .build ? record.backendID.flatMap { Int64($0) } : nil,
            request: record.kind == .testRun ? record.backendID : nil)
    }
}
