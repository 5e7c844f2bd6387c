public import SLOCore

/// Everything a process needs to go on where the last one ended.
public struct LoadedState: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public let key: StateKey
        public let value: [UInt8]
    }

    public struct Histogram: Equatable, Sendable {
        public var bounds: String
        /// Per bucket, not cumulated. As long as the last bucket that ever held something: the rest is 0.
        public var buckets: [Int64]
        /// In the unit of its series.
        public var sum: Int64
    }

    /// The ledger's, in the order of their keys.
    public var state: [Entry] = []
    /// Summed over shards.
    public var counters: [String: Int64] = [:]
    public var histograms: [String: Histogram] = [:]
    public var objectiveHours: [ObjectiveHour] = []
    /// In the order of their starts.
    public var blindIntervals: [BlindInterval] = []
    /// What comparing sources' own lists with the journal remembered.
    public var reconciliationMemory: [Source: [UInt8]] = [:]
    /// When a process was last alive. `nil` for a new database.
    public var lastHeartbeat: Timestamp?
    /// When the last process ended as it should. `nil` when it did not, or when there was none.
    public var lastCleanStop: Timestamp?
    /// The first sequence to give to a journal entry.
    public var nextSequence: Int64 = 1
    /// The first number to give to an entity, as far as batches told.
    public var nextEntity: Int64 = 1

    /// What a database holds that is new.
    public init() {}
}
