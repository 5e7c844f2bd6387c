public import SLOCore

/// The state that a new process needs to continue.
public struct LoadedState: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public let key: StateKey
        public let value: [UInt8]

        public init(key: StateKey, value: [UInt8]) {
            self.key = key
            self.value = value
        }
    }

    public struct Histogram: Equatable, Sendable {
        public var bounds: String
        /// Per bucket, not cumulative. Trailing empty buckets are left out.
        public var buckets: [Int64]
        /// In the unit of the series.
        public var sum: Int64

        public init(bounds: String, buckets: [Int64], sum: Int64) {
            self.bounds = bounds
            self.buckets = buckets
            self.sum = sum
        }
    }

    /// The ledger's entries, in order of their keys.
    public var state: [Entry] = []
    /// Summed over shards.
    public var counters: [String: Int64] = [:]
    public var histograms: [String: Histogram] = [:]
    /// The gauges that outlast a process.
    public var gauges: [String: Int64] = [:]
    public var objectiveHours: [ObjectiveHour] = []
    /// In order of their starts.
    public var blindIntervals: [BlindInterval] = []
    /// The state of reconciling each source's delivery log.
    public var reconciliationMemory: [Source: [UInt8]] = [:]
    /// The last heartbeat; `nil` for a new database.
    public var lastHeartbeat: Timestamp?
    /// When the last process stopped regularly; `nil` if it did not, or if there was none.
    public var lastCleanStop: CleanStop?
    /// The sequence of the next journal entry.
    public var nextSequence: Int64 = 1
    /// The number of the next entity, as far as batches recorded it.
    public var nextEntity: Int64 = 1
    /// The last decided position of each of a cluster's streams.
    public var consumed: [StreamID: Int64] = [:]

    /// The state of a new database.
    public init() {}
}
