/// Values of counters and histograms under their stable keys: what a commit is to add to the stored ones, or what is
/// stored.
public struct PersistentDeltas: Equatable, Sendable {
    /// In the family's smallest unit: `packit_slo_blind_seconds_total` in milliseconds, all others as they are exposed.
    public var counters: [String: Int64]
    public var histograms: [String: PersistentHistogram]

    public init(counters: [String: Int64] = [:], histograms: [String: PersistentHistogram] = [:]) {
        self.counters = counters
        self.histograms = histograms
    }

    public var isEmpty: Bool { counters.isEmpty && histograms.isEmpty }

    public mutating func merge(_ more: PersistentDeltas) {
        counters.merge(more.counters) { $0 &+ $1 }
        histograms.merge(more.histograms) { $0.adding($1) }
    }
}

/// A histogram as it is stored, or what is to be added to it.
///
/// A stored one with other bounds is to be *replaced* by the delta: changed bounds restart a histogram.
public struct PersistentHistogram: Equatable, Sendable {
    /// Upper bounds in seconds, ascending, without the infinite one, as text: `1.0 2.5 10.0`. Compared as a whole.
    public let bounds: String
    /// Observations per bucket, not cumulative; the last is beyond all bounds. Empty ones at the end may be left out.
    public var buckets: [Int64]
    /// In the family's smallest unit: whole seconds for the mission's histograms, milliseconds for the delivery lag,
    /// microseconds for the others.
    public var sum: Int64

    public init(bounds: String, buckets: [Int64], sum: Int64) {
        self.bounds = bounds
        self.buckets = buckets
        self.sum = sum
    }

    public var count: Int64 { buckets.reduce(0, &+) }

    /// The sum of both, or `more` alone where the bounds differ.
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

/// What `MetricsRegistry.restore` found that did not fit.
public struct RestoreReport: Equatable, Sendable {
    /// Families of histograms whose bounds have changed, sorted: they begin anew, which deserves a line in the log.
    public internal(set) var restartedHistograms: [String] = []
    /// Stored keys that no family of the catalogue has any more, sorted. They are left alone.
    public internal(set) var unknownKeys: [String] = []
}
