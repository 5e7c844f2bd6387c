/// The two text formats that Prometheus reads.
public enum ExpositionFormat: CaseIterable, Sendable {
    /// Prometheus' text format 0.0.4.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    /// The value of `Content-Type`.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The lines before a family's samples.
    func head(of family: MetricFamily) -> [UInt8] {
        var lines = ""
        switch self {
        case .text:
            let type = family.kind == .info ? MetricFamily.Kind.gauge : family.kind
            lines += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
            lines += "# TYPE \(family.name) \(type.rawValue)\n"
        case .openMetrics:
            let name = family.openMetricsName
            lines += "# TYPE \(name) \(family.kind.rawValue)\n"
            if let unit = family.unit { lines += "# UNIT \(name) \(unit)\n" }
            lines += "# HELP \(name) \(escaped(family.help, quotes: true))\n"
        }
        return Array(lines.utf8)
    }

    /// The line after the last family.
    var end: String {
        switch self {
        case .text: ""
        case .openMetrics: "# EOF\n"
        }
    }
}

/// Which families to expose.
public enum ExpositionScope: Sendable {
    case all
    /// Only those that depend on nothing but deliveries and decisions, so that a replay of the same recording gives the
    /// same text on every host.
    case deterministic
    /// Only those that a process of a cluster counts of itself.
    case process
    /// All others: what a cluster counts, whichever of its processes decides.
    case cluster

    func includes(_ family: MetricFamily) -> Bool {
        switch self {
        case .all: true
        case .deterministic: family.isDeterministic
        // What it refuses is no node's but its own.
        case .process: family.isOfProcess || family == MetricsCatalogue.deliveries || Self.infos.contains(family)
        case .cluster: !family.isOfProcess && !Self.infos.contains(family)
        }
    }

    /// What each process tells of itself.
    private static let infos = [MetricsCatalogue.buildInfo, MetricsCatalogue.settingsInfo]
}
