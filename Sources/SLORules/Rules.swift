import SLOConditions

/// The files that can be generated for monitoring systems; the same settings give the same text.
public enum Rules: String, CaseIterable, Sendable {
    /// Recording rules and alerts.
    case prometheus
    /// The same as a resource of Kubernetes, for the Prometheus operator.
    case prometheusOperator = "prometheus-operator"
    /// A dashboard.
    case grafana
    /// OpenSLO v1 objects.
    case openslo

    public func text(_ settings: RuleSettings) -> String {
        switch self {
        case .prometheus: PrometheusRules.text(settings)
        case .prometheusOperator: PrometheusRules.resource(settings)
        case .grafana: Dashboard.document(settings).json
        case .openslo: OpenSLO.text(settings)
        }
    }

    /// The names of the alerts without repetitions, in the order of the rule file.
    public static func alertNames(_ settings: RuleSettings) -> [String] {
        var seen: Set<String> = []
        return Condition.all(settings.conditions).map(\.name).filter { seen.insert($0).inserted }
    }
}

/// The first difference between a file and what it should contain.
public struct Drift: Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// `nil` if the file has ended.
    public let found: String?
    /// `nil` if the file should have ended.
    public let expected: String?

    /// - Returns: `nil` if the texts are the same.
    public init?(found: String, expected: String) {
        guard found != expected else { return nil }
        let (foundLines, expectedLines) = (Self.lines(found), Self.lines(expected))
        let same = zip(foundLines, expectedLines).prefix { $0 == $1 }.count
        line = same + 1
        self.found = same < foundLines.count ? String(foundLines[same]) : nil
        self.expected = same < expectedLines.count ? String(expectedLines[same]) : nil
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    public var description: String {
        func shown(_ text: String?) -> String {
            text.map { "\u{201C}\($0.drop { $0 == " " })\u{201D}" } ?? "the end of the file"
        }
        return "line \(line) is \(shown(found)), and should be \(shown(expected))"
    }
}
