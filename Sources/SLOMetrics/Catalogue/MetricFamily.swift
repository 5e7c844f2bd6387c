/// A family of series: name, help and labels. The registry contains the values.
public struct MetricFamily: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
        /// A gauge that is always 1, with information in its labels.
        case info
    }

    /// How many of the registry's integers make one of the family's units. Integers keep sums of fractions exact.
    public enum Scale: Int64, Sendable {
        case whole = 1
        case thousandths = 1000
        case millionths = 1_000_000
    }

    /// As in Prometheus' text format: a counter's name ends in `_total`, an info's in `_info`.
    public let name: String
    public let kind: Kind
    /// The labels' names, in the order in which they are printed and stored.
    public let labels: [String]
    /// One line.
    public let help: String
    public let scale: Scale
    /// A histogram's upper bounds in seconds, ascending, without the infinite one. The registry adds the configured
    /// deadline to those of the indicators.
    public let bounds: [Double]
    /// Whether a replay of the same recording always gives the same values, on every host.
    public let isDeterministic: Bool
    /// Whether each process of a cluster has values of its own, which no database keeps for all.
    public let isOfProcess: Bool

    private init(
        _ kind: Kind, _ name: String, _ labels: [String], _ help: String, scale: Scale, bounds: [Double],
        ofThisHost: Bool, ofProcess: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
        self.scale = scale
        self.bounds = bounds
        self.isDeterministic = !ofThisHost && !ofProcess
        self.isOfProcess = ofProcess
    }

    static func counter(
        _ name: String, _ labels: [String], scale: Scale = .whole, ofThisHost: Bool = false,
        ofProcess: Bool = false, _ help: String
    ) -> MetricFamily {
        MetricFamily(
            .counter, name, labels, help, scale: scale, bounds: [], ofThisHost: ofThisHost, ofProcess: ofProcess)
    }

    static func gauge(
        _ name: String, _ labels: [String], scale: Scale = .whole, ofThisHost: Bool = false,
        ofProcess: Bool = false, _ help: String
    ) -> MetricFamily {
        MetricFamily(
            .gauge, name, labels, help, scale: scale, bounds: [], ofThisHost: ofThisHost, ofProcess: ofProcess)
    }

    static func histogram(
        _ name: String, _ labels: [String], bounds: [Double], scale: Scale = .whole, ofThisHost: Bool = false,
        ofProcess: Bool = false, _ help: String
    ) -> MetricFamily {
        MetricFamily(
            .histogram, name, labels, help, scale: scale, bounds: bounds, ofThisHost: ofThisHost,
            ofProcess: ofProcess)
    }

    static func info(_ name: String, _ labels: [String], _ help: String) -> MetricFamily {
        MetricFamily(.info, name, labels, help, scale: .whole, bounds: [], ofThisHost: false)
    }

    /// OpenMetrics names the family without the suffix of its samples.
    public var openMetricsName: String {
        switch kind {
        case .counter: String(name.dropLast("_total".count))
        case .info: String(name.dropLast("_info".count))
        case .gauge, .histogram: name
        }
    }

    /// The base unit at the end of the name, if there is one.
    public var unit: String? {
        ["seconds", "bytes", "ratio"].first { openMetricsName.hasSuffix("_" + $0) }
    }

    /// Whether the values continue across restarts.
    public var isPersistent: Bool {
        switch kind {
        case .counter: self != MetricsCatalogue.processCPU
        case .histogram: true
        case .gauge, .info: false
        }
    }
}
