public import SLOCore

/// What a batch writes of the conditions.
public struct ConditionRecords: Equatable, Sendable {
    /// Series that were not sampled before.
    public var series: [SampledSeriesRecord] = []
    /// In order of time. If the clock was set back, stored samples from the first of them on are deleted.
    public var samples: [SampleRecord] = []
    /// Samples before this are deleted.
    public var keepSamplesFrom: Timestamp?
    /// Those that began, or of which something changed.
    public var incidents: [Incident] = []
    /// Those to delete.
    public var withdrawnIncidents: [Incident.Key] = []

    public init() {}

    public var isEmpty: Bool {
        series.isEmpty && samples.isEmpty && incidents.isEmpty && withdrawnIncidents.isEmpty
    }
}

/// A series that is sampled.
public struct SampledSeriesRecord: Equatable, Sendable {
    /// From 0 on, without a gap.
    public let number: Int64
    /// As the exposition writes it.
    public let series: String

    public init(number: Int64, series: String) {
        self.number = number
        self.series = series
    }
}

/// The values of one moment, in the format of who samples them.
public struct SampleRecord: Equatable, Sendable {
    public let at: Timestamp
    public let bytes: [UInt8]

    public init(at: Timestamp, bytes: [UInt8]) {
        self.at = at
        self.bytes = bytes
    }
}

/// A place in the list of incidents, the latest first.
public struct IncidentPlace: Equatable, Sendable {
    /// The beginning of the last incident before the place.
    public let beganAt: Timestamp
    /// How many with this beginning are before it.
    public let skipping: Int

    public init(beganAt: Timestamp, skipping: Int) {
        self.beganAt = beganAt
        self.skipping = skipping
    }
}
