/// The effects of deciding inputs. The ledger itself performs no I/O.
public struct Effects: Equatable, Sendable {
    public var increments: [Counter: Int64] = [:]
    /// Who decided the latest of them, where that is known and may be shown.
    public private(set) var decisions: [Counter: Decision] = [:]
    /// Repositories were hidden, or are known by other names: what was shown before may not be shown any more.
    public var hidesRepositories = false
    public var observations: [HistogramObservation] = []
    /// Final verdicts and outcomes, and corrections to them, for history.
    public var changeRecords: [ChangeRecord] = []
    public var runRecords: [RunRecord] = []
    /// Records to delete: a check turned out to show the same runs.
    public var withdrawnRuns: [EntityID] = []
    /// By how much the gauges change.
    public var gauges: [Gauge: Int64] = [:]
    /// The changes of the ledger's state to store.
    public var state: [StateChange] = []
    /// The events of objectives that were judged.
    public var judgements: [ObjectiveJudgement] = []
    /// Lookups to make without delay.
    public var lookupRequests: [LookupRequest] = []

    public init() {}

    public var isEmpty: Bool { self == Effects() }

    /// Call it with each increment: a decision that is not known replaces one that is.
    public mutating func note(_ decision: Decision?, on counter: Counter) {
        if decision != nil || !decisions.isEmpty { decisions[counter] = decision }
    }
}

public struct HistogramObservation: Equatable, Sendable {
    public let histogram: Histogram
    public let span: TimeSpan
    /// `nil` if it is not known, or must not be shown.
    public let decision: Decision?

    public init(_ histogram: Histogram, _ span: TimeSpan, decision: Decision? = nil) {
        self.histogram = histogram
        self.span = span
        self.decision = decision
    }

    public init(_ histogram: Histogram, seconds: Int64) {
        self.init(histogram, .seconds(seconds))
    }

    /// Most histograms are of whole seconds.
    public var seconds: Int64 { span.wholeSeconds }
}

/// A changed entry of the ledger's state, as bytes under a key.
public struct StateChange: Equatable, Sendable {
    public let key: StateKey
    /// `nil` if the entry is deleted.
    public let value: [UInt8]?

    public init(key: StateKey, value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}

/// The key of an entry of the ledger's state. It contains the repository, by which the work could be distributed.
public struct StateKey: Hashable, Sendable {
    /// The ledger's table to which the entry belongs.
    public let table: UInt8
    /// The stored form of a `RepositoryID`; 0 for entries that are asked for by nothing of the kind.
    public let repository: Int64
    public let key: [UInt8]

    public init(table: UInt8, repository: Int64, key: [UInt8]) {
        self.table = table
        self.repository = repository
        self.key = key
    }
}

/// A moment at which the ledger must look at an entity again.
public struct Deadline: Hashable, Sendable {
    public let entity: EntityID
    public let due: Timestamp

    public init(entity: EntityID, due: Timestamp) {
        self.entity = entity
        self.due = due
    }
}

/// A change or run that the ledger tracks, by a number that is never reused.
public struct EntityID: Hashable, Comparable, Sendable {
    public let number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (left: EntityID, right: EntityID) -> Bool {
        left.number < right.number
    }

    /// The ledger assigns consecutive numbers, so nobody outside can cause collisions. A keyed hash would take several
    /// times as long.
    public func _rawHashValue(seed: Int) -> Int {
        let product = UInt64(bitPattern: number ^ Int64(seed)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: product ^ product >> 32)
    }
}

/// The result of one deployment's wait on one change, for history.
public struct ChangeRecord: Equatable, Sendable {
    public let change: EntityID
    public let deployment: Deployment
    public let repository: RepositoryID
    public let repositoryName: String
    public let number: Int
    public let action: ChangePushed.Action
    public let headSHA: String
    public let baseRef: String
    public let startedAt: Timestamp
    public let receivedAt: Timestamp
    public let answeredAt: Timestamp?
    public let verdict: Verdict
    public let exclusion: Exclusion?
    public let eligibility: Eligibility
    public let judgedAt: Timestamp
    /// Whether the objective counts it.
    public let isCounted: Bool

    public init(
        change: EntityID, deployment: Deployment, repository: RepositoryID, repositoryName: String, number: Int,
        action: ChangePushed.Action, headSHA: String, baseRef: String, startedAt: Timestamp, receivedAt: Timestamp,
        answeredAt: Timestamp?, verdict: Verdict, exclusion: Exclusion?, eligibility: Eligibility,
        judgedAt: Timestamp, isCounted: Bool
    ) {
        self.change = change
        self.deployment = deployment
        self.repository = repository
        self.repositoryName = repositoryName
        self.number = number
        self.action = action
        self.headSHA = headSHA
        self.baseRef = baseRef
        self.startedAt = startedAt
        self.receivedAt = receivedAt
        self.answeredAt = answeredAt
        self.verdict = verdict
        self.exclusion = exclusion
        self.eligibility = eligibility
        self.judgedAt = judgedAt
        self.isCounted = isCounted
    }
}

/// How a run ended, for history. Written again if later evidence revises it.
public struct RunRecord: Equatable, Sendable {
    public let run: EntityID
    public let kind: RunKind
    public let deployment: Deployment
    /// `nil` if only a backend reported the run and no check claimed it.
    public let repository: RepositoryID?
    public let repositoryName: String?
    public let sha: String?
    public let pullRequest: Int?
    public let name: String
    public let chroot: String?
    /// Copr's build or Testing Farm's request, if one was joined.
    public let backendID: String?
    public let queuedAt: Timestamp?
    public let startedAt: Timestamp?
    /// When it ended at its backend, as far as that was known when it was counted; `nil` if the join is proposed only.
    public let backendEndedAt: Timestamp?
    public let finishedAt: Timestamp
    public let outcome: Outcome
    public let reason: OutcomeReason
    /// The outcome by later evidence, if it differs.
    public let revisedOutcome: Outcome?
    public let countedAt: Timestamp
    /// Whether the run was counted: one that was never queued is in history only.
    public let isCounted: Bool
    /// The evidence by which the backend run was joined; `nil` without a join.
    public let proof: JoinProof?

    public init(
        run: EntityID, kind: RunKind, deployment: Deployment, repository: RepositoryID?, repositoryName: String?,
        sha: String?, pullRequest: Int?, name: String, chroot: String?, backendID: String?, queuedAt: Timestamp?,
        startedAt: Timestamp?, backendEndedAt: Timestamp? = nil, finishedAt: Timestamp, outcome: Outcome,
        reason: OutcomeReason, revisedOutcome: Outcome?, countedAt: Timestamp, isCounted: Bool,
        proof: JoinProof? = nil
    ) {
        self.proof = proof
        self.backendEndedAt = backendEndedAt
        self.run = run
        self.kind = kind
        self.deployment = deployment
        self.repository = repository
        self.repositoryName = repositoryName
        self.sha = sha
        self.pullRequest = pullRequest
        self.name = name
        self.chroot = chroot
        self.backendID = backendID
        self.queuedAt = queuedAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.outcome = outcome
        self.reason = reason
        self.revisedOutcome = revisedOutcome
        self.countedAt = countedAt
        self.isCounted = isCounted
    }
}
