public import SLOCore

/// All that one transaction writes. Empty parts cost nothing.
public struct CommitBatch: Equatable, Sendable {
    /// Whose numbers these are, once several processes share the work. One process alone is shard 0.
    public var shard: Int64 = 0
    public var journal: [JournalEntry] = []
    /// Later changes of a key win over earlier ones.
    public var state: [StateChange] = []
    /// What to add, by series.
    public var counters: [String: Int64] = [:]
    public var histograms: [HistogramDelta] = []
    public var objectiveHours: [ObjectiveHour] = []
    public var changes: [ChangeRecord] = []
    public var runs: [RunRecord] = []
    /// Records of runs that are taken out again.
    public var withdrawnRuns: [EntityID] = []
    public var judgements: [ObjectiveJudgement] = []
    public var blindIntervals: [BlindInterval] = []
    /// Blind times of which nothing is missing any more.
    public var caughtUp: [CaughtUp] = []
    /// What comparing a source's own list with the journal remembers.
    public var reconciliationMemory: [Source: [UInt8]] = [:]
    /// When the process was last alive.
    public var heartbeat: Timestamp?
    /// Set with the last commit of a process that ends as it should.
    public var cleanStop: Timestamp?
    /// The first number that no entity was given yet.
    public var nextEntity: Int64?

    public init() {}
}

/// What to add to a histogram. A histogram whose stored bounds are others starts again from these numbers.
public struct HistogramDelta: Equatable, Sendable {
    public let series: String
    /// The bounds as text, compared as a whole.
    public let bounds: String
    /// Observations per bucket, not cumulated; the last one is beyond all bounds.
    public let buckets: [Int64]
    /// In the unit of the series.
    public let sum: Int64

    public init(series: String, bounds: String, buckets: [Int64], sum: Int64) {
        self.series = series
        self.bounds = bounds
        self.buckets = buckets
        self.sum = sum
    }
}

/// Good and bad events of one hour, by what they were judged. In a batch: what to add.
public struct ObjectiveHour: Equatable, Sendable {
    public let objective: Objective.Name
    public let deployment: Deployment
    /// Whole hours since 1970 UTC.
    public let hour: Int64
    public let deadlineSeconds: Int64
    public let target: Double
    public let good: Int64
    public let bad: Int64

    public init(
        objective: Objective.Name, deployment: Deployment, hour: Int64, deadlineSeconds: Int64, target: Double,
        good: Int64, bad: Int64
    ) {
        self.objective = objective
        self.deployment = deployment
        self.hour = hour
        self.deadlineSeconds = deadlineSeconds
        self.target = target
        self.good = good
        self.bad = bad
    }
}

/// A time in which deliveries were missed, or may have been. Its start and cause are its identity.
public struct BlindInterval: Equatable, Sendable {
    public let startedAt: Timestamp
    /// A short word: `down`, `suspended`, `refused`, `missing`, `unverified`.
    public let cause: String
    /// `nil` while it lasts.
    public let endedAt: Timestamp?
    /// When all that was missed had been caught up.
    public let caughtUpAt: Timestamp?
    /// Deliveries that were missed; `nil` where not all of them are known.
    public let missing: [DeliveryIdentity]?

    public init(
        startedAt: Timestamp, cause: String, endedAt: Timestamp?, caughtUpAt: Timestamp? = nil,
        missing: [DeliveryIdentity]? = nil
    ) {
        self.startedAt = startedAt
        self.cause = cause
        self.endedAt = endedAt
        self.caughtUpAt = caughtUpAt
        self.missing = missing
    }

    /// Whether the deadlines in it are excluded. What requests that nobody had checked tell of only casts doubt
    /// (docs/counting.md, rule 38).
    public var excludes: Bool { cause != "unverified" }
}

/// What had been missed since a time had been caught up at another.
public struct CaughtUp: Equatable, Sendable {
    public let startedAt: Timestamp
    public let at: Timestamp

    public init(startedAt: Timestamp, at: Timestamp) {
        self.startedAt = startedAt
        self.at = at
    }
}
