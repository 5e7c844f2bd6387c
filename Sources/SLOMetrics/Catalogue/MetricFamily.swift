/// One family of series: what it is called, what it means, which labels it has. Values live in the registry.
public struct MetricFamily: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
        /// A gauge that is always 1 and speaks through its labels.
        case info
    }

    /// How many of the integers that the registry keeps make one of the family's units. Sums of fractions stay exact.
    public enum Scale: Int64, Sendable {
        case whole = 1
        case thousandths = 1000
        case millionths = 1_000_000
    }

    /// As Prometheus' text format has it: a counter's ends in `_total`, an info's in `_info`.
    public let name: String
    public let kind: Kind
    /// Names of the labels, in the order in which they are printed and stored.
    public let labels: [String]
    /// One line, without a closing full stop being required of it.
    public let help: String
    public let scale: Scale
    /// A histogram's upper bounds in seconds, ascending, without the infinite one. The registry adds the configured
    /// deadline to the mission's.
    public let bounds: [Double]
    /// Whether a replay of the same recording always gives the same values: nothing of this host is in them.
    public let isDeterministic: Bool

    private init(
        _ kind: Kind, _ name: String, _ labels: [String], _ help: String, scale: Scale, bounds: [Double],
        ofThisHost: Bool
    ) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
        self.scale = scale
        self.bounds = bounds
        self.isDeterministic = !ofThisHost
    }

    static func counter(
        _ name: String, _ labels: [String], scale: Scale = .whole, ofThisHost: Bool = false, _ help: String
    ) -> MetricFamily {
        MetricFamily(.counter, name, labels, help, scale: scale, bounds: [], ofThisHost: ofThisHost)
    }

    static func gauge(
        _ name: String, _ labels: [String], scale: Scale = .whole, ofThisHost: Bool = false, _ help: String
    ) -> MetricFamily {
        MetricFamily(.gauge, name, labels, help, scale: scale, bounds: [], ofThisHost: ofThisHost)
    }

    static func histogram(
        _ name: String, _ labels: [String], bounds: [Double], scale: Scale = .whole, ofThisHost: Bool = false,
        _ help: String
    ) -> MetricFamily {
        MetricFamily(.histogram, name, labels, help, scale: scale, bounds: bounds, ofThisHost: ofThisHost)
    }

    static func info(_ name: String, _ labels: [String], _ help: String) -> MetricFamily {
        MetricFamily(.info, name, labels, help, scale: .whole, bounds: [], ofThisHost: false)
    }

    /// OpenMetrics names the family without the suffix that its samples have.
    public var openMetricsName: String {
        switch kind {
        case .counter: String(name.dropLast("_total".count))
        case .info: String(name.dropLast("_info".count))
        case .gauge, .histogram: name
        }
    }

    /// The base unit that the name ends in, if it ends in one.
    public var unit: String? {
        ["seconds", "bytes", "ratio"].first { openMetricsName.hasSuffix("_" + $0) }
    }

    /// Whether its values go on across restarts.
    public var isPersistent: Bool {
        switch kind {
        case .counter: self != MetricsCatalogue.processCPU
        case .histogram: true
        case .gauge, .info: false
        }
    }
}
