/// What can be written for those who read the series: one text each, the same for the same settings.
public enum Rules: String, CaseIterable, Sendable {
    /// Recording rules and alerts.
    case prometheus
    /// A dashboard.
    case grafana
    /// OpenSLO v1 objects.
    case openslo

    public func text(_ settings: RuleSettings) -> String {
        switch self {
        case .prometheus: PrometheusRules.text(settings)
        case .grafana: Dashboard.document(settings).json
        case .openslo: OpenSLO.text(settings)
        }
    }

    /// The names of the alerts, each once, in the order of the rule file.
    public static func alertNames(_ settings: RuleSettings) -> [String] {
        var seen: Set<String> = []
        return Alert.all(settings).map(\.name).filter { seen.insert($0).inserted }
    }
}

/// The first place in which a file differs from what it should be.
public struct Drift: Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    /// `nil` where the file has ended.
    public let found: String?
    /// `nil` where the file should have ended.
    public let expected: String?

    /// - Returns: `nil` when the texts are the same.
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
