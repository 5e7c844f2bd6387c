import SLOCore

/// Examples of what counters and buckets have counted: the delivery that decided the latest of it. At most one for each
/// line of the exposition, and never stored.
struct ExemplarTable: Sendable {
    /// A line: a counter, or a bucket of a histogram.
    struct Line: Hashable {
        private let series: ObjectIdentifier
        private let bucket: Int

        init(_ series: ScalarSeries) {
            self.init(series: ObjectIdentifier(series), bucket: 0)
        }

        init(_ series: HistogramSeries, bucket: Int) {
            self.init(series: ObjectIdentifier(series), bucket: bucket)
        }

        private init(series: ObjectIdentifier, bucket: Int) {
            self.series = series
            self.bucket = bucket
        }
    }

    private var exemplars: [Line: Exemplar] = [:]

    /// The limit of lines that have one. There are fewer, unless very many deployments and objectives are configured.
    static let limit = 8192

    var isEmpty: Bool { exemplars.isEmpty }
    var count: Int { exemplars.count }

    subscript(line: Line) -> Exemplar? {
        get { exemplars[line] }
        set {
            guard newValue == nil || exemplars.count < Self.limit || exemplars[line] != nil else { return }
            exemplars[line] = newValue
        }
    }

    /// Keeps those of which that is true.
    mutating func keep(_ isShown: (Decision) -> Bool) {
        exemplars = exemplars.filter { isShown($0.value.decision) }
    }

    mutating func removeAll() { exemplars = [:] }
}

/// One of what a line has counted.
struct Exemplar: Equatable, Sendable {
    let decision: Decision
    /// In the family's smallest unit.
    let value: Int64
}

extension [UInt8] {
    /// ` # {delivery="…"} value time`. The labels have 44 characters; OpenMetrics allows 128.
    mutating func append(_ exemplar: Exemplar, _ scale: MetricFamily.Scale) {
        append(" # {delivery=\"")
        append(contentsOf: exemplar.decision.delivery.bytes)
        append("\"} ")
        append(exemplar.value, scale)
        append(UInt8(ascii: " "))
        append(exemplar.decision.at.milliseconds, .thousandths)
    }
}
