public import SLOCore

/// Everything that one transaction writes. Empty parts cost nothing.
public struct CommitBatch: Equatable, Sendable {
    /// The shard of the totals to add to. A single process uses shard 0.
    public var shard: Int64 = 0
    public var journal: [JournalEntry] = []
    /// Later changes of a key replace earlier ones.
    public var state: [StateChange] = []
    /// What to add, by series.
    public var counters: [String: Int64] = [:]
    public var histograms: [HistogramDelta] = []
    /// Values of gauges that outlast the process, by series.
    public var gauges: [String: Int64] = [:]
    public var objectiveHours: [ObjectiveHour] = []
    public var changes: [ChangeRecord] = []
    public var runs: [RunRecord] = []
    /// Runs whose records are deleted again.
    public var withdrawnRuns: [EntityID] = []
    public var judgements: [ObjectiveJudgement] = []
    public var blindIntervals: [BlindInterval] = []
    /// Blind intervals whose deliveries have all arrived.
    public var caughtUp: [CaughtUp] = []
    /// The state of reconciling each source's delivery log.
    public var reconciliationMemory: [Source: [UInt8]] = [:]
    /// The objectives to fill in from the journal, each up to and including a moment.
    public var backfills: [Objective.Name: Timestamp] = [:]
    public var conditions = ConditionRecords()
    /// Notes to add.
    public var timeNotes: [TimeNote] = []
    /// Notes to delete, by their ids.
    public var withdrawnTimeNotes: [Int64] = []
    /// The last heartbeat.
    public var heartbeat: Timestamp?
    /// Set in the last commit of a process that stops regularly.
    public var cleanStop: CleanStop?
    /// The first unused number of an entity.
    public var nextEntity: Int64?
    /// The last position of each of a cluster's streams that is decided with this batch. The store of a single process
    /// has no streams, and ignores it.
    public var consumed: [StreamID: Int64] = [:]

    public init() {}
}

/// What to add to a histogram. If the stored bounds differ, the histogram starts again from these counts.
public struct HistogramDelta: Equatable, Sendable {
    public let series: String
    /// The bounds as text, compared as a whole.
    public let bounds: String
    /// Observations per bucket, not cumulative; the last bucket is above all bounds.
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

/// Good and bad events of one hour, by judgement. In a batch: what to add.
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

/// An interval in which deliveries were missed, or may have been. Its start and cause identify it.
public struct BlindInterval: Equatable, Sendable {
    public let startedAt: Timestamp
    /// `down`, `suspended`, `refused`, `missing` or `unverified`.
    public let cause: String
    /// `nil` while it lasts.
    public let endedAt: Timestamp?
    /// When the last missing delivery arrived.
    public let caughtUpAt: Timestamp?
    /// The missed deliveries; `nil` if some of them are unknown.
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

    /// Whether deadlines within it are excluded. Requests that were refused unverified only cast doubt
    /// (docs/counting.md, rule 38).
    public var excludes: Bool { cause != "unverified" }
}

/// All deliveries missed in the interval that starts at `since` had arrived at `at`.
public struct CaughtUp: Equatable, Sendable {
    public let startedAt: Timestamp
    public let at: Timestamp

    public init(startedAt: Timestamp, at: Timestamp) {
        self.startedAt = startedAt
        self.at = at
    }
}

/// A regular stop of a process.
public struct CleanStop: Equatable, Sendable {
    public let at: Timestamp
    /// The identity of the listening socket, if the service manager keeps it open; `nil` if it was closed.
    public let socket: UInt64?

    public init(at: Timestamp, socket: UInt64? = nil) {
        self.at = at
        self.socket = socket
    }
}
