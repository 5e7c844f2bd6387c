/// Values of counters and histograms by their stable keys: stored ones, or what a commit adds to them; and gauges that
/// outlast the process.
public struct PersistentDeltas: Equatable, Sendable {
    /// In the family's smallest unit: `packit_slo_blind_seconds_total` in milliseconds, all others as they are exposed.
    public var counters: [String: Int64]
    public var histograms: [String: PersistentHistogram]
    /// Values, not what to add.
    public var gauges: [String: Int64]

    public init(
        counters: [String: Int64] = [:], histograms: [String: PersistentHistogram] = [:], gauges: [String: Int64] = [:]
    ) {
        self.counters = counters
        self.histograms = histograms
        self.gauges = gauges
    }

    public var isEmpty: Bool { counters.isEmpty && histograms.isEmpty && gauges.isEmpty }

    public mutating func merge(_ more: PersistentDeltas) {
        counters.merge(more.counters) { $0 &+ $1 }
        histograms.merge(more.histograms) { $0.adding($1) }
        gauges.merge(more.gauges) { $1 }
    }
}

/// A stored histogram, or what to add to it.
///
/// If the bounds differ, the delta *replaces* the stored histogram: changed bounds restart it.
public struct PersistentHistogram: Equatable, Sendable {
    /// Upper bounds in seconds, ascending, without the infinite one, as text: `1.0 2.5 10.0`. Compared as a whole.
    public let bounds: String
    /// Observations per bucket, not cumulative; the last one is above all bounds. Empty ones at the end may be left
    /// out.
    public var buckets: [Int64]
    /// In the family's smallest unit: whole seconds for most of the ledger's histograms, milliseconds for the delivery
    /// lag and the deliveries to an App, microseconds for the others.
    public var sum: Int64

    public init(bounds: String, buckets: [Int64], sum: Int64) {
        self.bounds = bounds
        self.buckets = buckets
        self.sum = sum
    }

    public var count: Int64 { buckets.reduce(0, &+) }

    /// The sum of both, or `more` alone if the bounds differ.
    public func adding(_ more: PersistentHistogram) -> PersistentHistogram {
        guard bounds == more.bounds else { return more }
        var result = PersistentHistogram(bounds: bounds, buckets: more.buckets, sum: sum &+ more.sum)
        for (index, count) in buckets.enumerated() {
            if index < result.buckets.count {
                result.buckets[index] &+= count
            } else {
                result.buckets.append(count)
            }
        }
        return result
    }
}

/// What `MetricsRegistry.restore` could not use.
public struct RestoreReport: Equatable, Sendable {
    /// Histograms that restart because their bounds have changed, sorted; to be logged.
    public internal(set) var restartedHistograms: [String] = []
    /// Stored keys that belong to no family of the catalogue any more, sorted. They are left unchanged.
    public internal(set) var unknownKeys: [String] = []
}
