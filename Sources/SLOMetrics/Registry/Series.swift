import SLOCore

/// A counter or a gauge: its value, and the bytes before it on its line.
final class ScalarSeries: Sendable {
    /// The value of a gauge that is not set.
    static let absent = Int64.min

    let key: String
    let cell: TrackedCell
    /// The value before anything has changed it.
    let unset: Int64
    private let head: [UInt8]
    private let scale: MetricFamily.Scale

    /// One of the family's units.
    var one: Int64 { scale.rawValue }

    init(_ id: SeriesID, initially value: Int64 = 0) {
        key = id.key
        unset = value
        cell = TrackedCell(value)
        head = Array((id.key + " ").utf8)
        scale = id.family.scale
    }

    /// - Parameter exemplars: `nil` in a format without them.
    func write(to output: inout [UInt8], _ exemplars: ExemplarTable? = nil) {
        let value = cell.value
        guard value != Self.absent else { return }
        output.append(line: head, value, scale, exemplars?[.init(self)].map { ($0, scale) })
    }
}

/// A histogram: observations per bucket, and their sum in the family's smallest unit.
final class HistogramSeries: Sendable {
    let key: String
    /// As they are stored.
    private let boundsText: String
    private let limits: [Int64]
    private let scale: MetricFamily.Scale
    private let buckets: [TrackedCell]
    private let sum = TrackedCell()
    private let bucketHeads: [[UInt8]]
    private let sumHead: [UInt8]
    private let countHead: [UInt8]

    init(_ id: SeriesID, bounds: [Double]) {
        key = id.key
        boundsText = bounds.map(\.description).joined(separator: " ")
        scale = id.family.scale
        let perSecond = Double(scale.rawValue)
        // 0.29 × 100 is slightly less than 29 in floating point: a millionth of the smallest unit corrects that without
        // moving a bound.
        limits = bounds.map { Int64(clamping: $0 * perSecond + 1e-6) }
        buckets = (0...bounds.count).map { _ in TrackedCell() }
        let name = id.family.name
        let labels = id.labelText
        bucketHeads = (bounds.map(\.description) + ["+Inf"]).map { bound in
            Array((name + "_bucket{" + labels + (labels.isEmpty ? "" : ",") + "le=\"" + bound + "\"} ").utf8)
        }
        let braced = labels.isEmpty ? " " : "{" + labels + "} "
        sumHead = Array((name + "_sum" + braced).utf8)
        countHead = Array((name + "_count" + braced).utf8)
    }

    /// - Parameter value: in the family's smallest unit. Negative values count as 0.
    func observe(_ value: Int64) {
        let value = max(0, value)
        buckets[bucket(of: value)].add(1)
        sum.add(value)
    }

    /// A duration in the family's smallest unit.
    func units(of duration: Duration) -> Int64 {
        let perSecond = scale.rawValue
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: perSecond)
        guard !overflow else { return seconds < 0 ? 0 : .max / 2 }
        return whole &+ attoseconds / (1_000_000_000_000_000_000 / perSecond)
    }

    /// A span in the family's smallest unit, rounded towards zero.
    func units(of span: TimeSpan) -> Int64 {
        // A span is clamped to some ten thousand years, so this cannot overflow.
        span.milliseconds * scale.rawValue / 1000
    }

    func bucket(of value: Int64) -> Int {
        limits.firstIndex { value <= $0 } ?? limits.count
    }

    var count: Int64 { buckets.reduce(0) { $0 &+ $1.value } }

    /// In seconds.
    func bound(atQuantile quantile: Double) -> Double? {
        let counts = buckets.map(\.value)
        let all = counts.reduce(0, &+)
        guard all > 0 else { return nil }
        var rest = Int64((Double(all) * quantile).rounded(.up))
        for (limit, count) in zip(limits, counts) {
            rest &-= count
            if rest <= 0 { return Double(limit) / Double(scale.rawValue) }
        }
        return nil
    }

    /// - Parameter exemplars: `nil` in a format without them.
    func write(to output: inout [UInt8], _ exemplars: ExemplarTable? = nil) {
        var cumulative: Int64 = 0
        for (index, (head, bucket)) in zip(bucketHeads, buckets).enumerated() {
            cumulative &+= bucket.value
            let exemplar = exemplars?[.init(self, bucket: index)]
            output.append(line: head, cumulative, .whole, exemplar.map { ($0, scale) })
        }
        output.append(line: sumHead, sum.value, scale)
        output.append(line: countHead, cumulative, .whole)
    }
}

// The persisted part of a histogram.
extension HistogramSeries {
    /// What these observations add to an empty histogram.
    func delta(of values: [Int64]) -> PersistentHistogram {
        var delta = PersistentHistogram(bounds: boundsText, buckets: buckets.map { _ in 0 }, sum: 0)
        for value in values {
            let value = max(0, value)
            delta.buckets[bucket(of: value)] &+= 1
            delta.sum &+= value
        }
        return delta
    }

    func takeUnkept() -> PersistentHistogram? {
        let delta = PersistentHistogram(
            bounds: boundsText, buckets: buckets.map { $0.takeUnkept() }, sum: sum.takeUnkept())
        return delta.buckets.contains { $0 != 0 } || delta.sum != 0 ? delta : nil
    }

    func fits(_ stored: PersistentHistogram) -> Bool {
        stored.bounds == boundsText && stored.buckets.count <= buckets.count
    }

    /// Applies `change` to each bucket and the sum, with the value of `stored`. The bounds must be equal.
    func forEachCell(with stored: PersistentHistogram, _ change: (TrackedCell, Int64) -> Void) {
        for (index, cell) in buckets.enumerated() {
            change(cell, index < stored.buckets.count ? stored.buckets[index] : 0)
        }
        change(sum, stored.sum)
    }
}

extension Int64 {
    /// Truncated to an integer and clamped to its range; 0 for NaN.
    init(clamping value: Double) {
        guard !value.isNaN else {
            self = 0
            return
        }
        self = Int64(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : .min)
    }
}
