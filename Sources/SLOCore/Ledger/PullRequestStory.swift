/// What is known of a tracked pull request, by head and hop.
public struct PullRequestStory: Equatable, Sendable {
    public let repositoryName: String
    public let isPrivate: Bool
    public let number: Int
    public let isOpen: Bool
    public let closedAt: Timestamp?
    /// The heads on this page, the latest first.
    public let heads: [Head]
    /// Where the previous page begins; `nil` on the first one.
    public let previous: Place?
    /// Where the next page begins; `nil` on the last one.
    public let next: Place?

    /// Where a page begins.
    public struct Place: Equatable, Comparable, Sendable {
        /// Counted from the latest head.
        public let head: Int
        /// Counted from the head's first change; its lanes follow its changes.
        public let unit: Int

        public init(head: Int, unit: Int) {
            self.head = head
            self.unit = unit
        }

        public static let start = Place(head: 0, unit: 0)
        /// After all heads.
        public static let end = Place(head: .max, unit: 0)

        public static func < (left: Place, right: Place) -> Bool {
            (left.head, left.unit) < (right.head, right.unit)
        }
    }

    /// One commit that was the pull request's head.
    public struct Head: Equatable, Sendable {
        public let sha: String
        /// When and how it became the head; the latest last.
        public let moves: [Move]
        public let changes: [Change]
        /// Runs in the order in which they were queued, followed by those that only wait.
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

    /// One deployment's wait on one push.
    public struct Change: Equatable, Sendable {
        public let id: EntityID
        public let deployment: Deployment
        public let startedAt: Timestamp
        public let answeredAt: Timestamp?
        /// `nil` until it is final.
        public let verdict: Verdict?
        public let isOwner: Bool
    }

    public struct Run: Equatable, Sendable {
        public enum Phase: Equatable, Sendable {
            /// Nothing is counted yet, for example for a test that waits for its build.
            case waiting
            case unfinished
            /// An end was received that better evidence may still change.
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
        /// Provider times; `firstSeenAt` is the receipt if the provider gave none.
        public let queuedAt: Timestamp?
        public let firstSeenAt: Timestamp
        public let startedAt: Timestamp?
        /// When the backend ended it; its end may be known without its time.
        public let backendEndedAt: Timestamp?
        public let hasBackendEnded: Bool
        /// When its check showed its end or, without a check, when it ended.
        public let finishedAt: Timestamp?
        public let isShownByCheck: Bool
        /// The state of its latest check: `queued`, `in_progress`, or a conclusion.
        public let checkState: String?
        public let checkRunID: Int64?
        public let backendOutcome: Outcome?
        public let job: JobLink?
        public let build: Int64?
        public let request: String?
        /// The evidence by which the backend run was joined; `nil` without a join.
        public let proof: JoinProof?
    }
}

extension Ledger {
    /// A page of one pull request, read by following its keys: nothing else of the state is read, and little more of
    /// the pull request than the page contains.
    /// - Returns: `nil` if the ledger does not track it.
    /// - Throws: what the source throws, or `RestoreError`.
    public static func story(
        ofPullRequest number: Int, inRepository repository: RepositoryID, from place: PullRequestStory.Place = .start,
        settings: LedgerSettings, source: some StateSource
    ) throws -> PullRequestStory? {
        var pages = PullRequestPages(ledger: Ledger(settings: settings), source: source)
        return try pages.story(of: PullRequestKey(repository: repository, number: number), from: place)
    }

    /// Which of some changes and runs the ledger tracks.
    /// - Throws: what the source throws, or `RestoreError`.
    public static func remembered(
        changes: [EntityID], runs: [EntityID], in source: some StateSource
    ) throws -> Set<EntityID> {
        var ledger = Ledger(settings: LedgerSettings())
        try ledger.takeUp(changes.map { StateKey(.changes, $0) } + runs.map { StateKey(.runs, $0) }, from: source)
        return Set(ledger.state.changes.keys).union(ledger.state.runs.keys)
    }

    func story(of run: Run) -> PullRequestStory.Run {
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
            checkState: last?.state, checkRunID: facts.last { $0.checkRunID != nil }?.checkRunID,
            backendOutcome: backend?.end?.outcome, job: facts.last { $0.job != nil }?.job ?? lane?.closing?.jobs.last,
            build: build, request: request,
            proof: lane == nil ? nil : backend.map { $0.proof ?? .proven })
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

extension PullRequestStory.Run {
    /// A run from history that the ledger no longer tracks.
    public init(_ record: RunRecord) {
        self.init(
            id: record.run, kind: record.kind, deployment: record.deployment, name: record.name, chroot: record.chroot,
            phase: .finished(record.outcome, record.reason), isOverdue: false, queuedAt: record.queuedAt,
            firstSeenAt: record.queuedAt ?? record.startedAt ?? record.finishedAt, startedAt: record.startedAt,
            backendEndedAt: nil, hasBackendEnded: false, finishedAt: record.finishedAt,
            isShownByCheck: record.repository != nil, checkState: nil, checkRunID: nil, backendOutcome: nil, job: nil,
            build: record.kind == .build ? record.backendID.flatMap { Int64($0) } : nil,
            request: record.kind == .testRun ? record.backendID : nil, proof: record.proof)
    }
}
