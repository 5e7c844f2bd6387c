import SLOCore

/// A sentence about a condition, with places for labels and the value: told once, and read by Prometheus as a template
/// and by the server's pages as text.
public struct Sentence: Sendable {
    public enum Format: Sendable {
        case plain
        case whole
        case oneDecimal
        case percentage
        case duration
    }

    enum Part: Sendable {
        case text(String)
        case label(String)
        case value(Format)
    }

    private(set) var parts: [Part]

    /// Whether it names that label.
    func names(_ label: String) -> Bool {
        parts.contains { if case .label(label) = $0 { true } else { false } }
    }

    /// For Prometheus.
    public var template: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .label(let name): "{{ $labels.\(name) }}"
            case .value(let format): "{{ $value\(format.template) }}"
            }
        }.joined()
    }

    /// For people, who know a source by its name; Prometheus has only the label.
    public func text(_ labels: Labels, value: Double) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .label("source"): labels["source"].map { Source(rawValue: $0)?.title ?? $0 } ?? ""
            case .label(let name): labels[name] ?? ""
            case .value(let format): format.text(value)
            }
        }.joined()
    }
}

extension Sentence: ExpressibleByStringInterpolation {
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }
        public mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            parts.append(.text(text.description))
        }
        public mutating func appendInterpolation(_ sentence: Sentence) { parts += sentence.parts }
        public mutating func appendInterpolation(label: String) { parts.append(.label(label)) }
        public mutating func appendInterpolation(value: Format) { parts.append(.value(value)) }
    }

    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }
    public init(stringLiteral text: String) { parts = [.text(text)] }

    /// The value if it is the increase of a counter. Prometheus extrapolates to the edges of the window, so that one
    /// event may count as two.
    static let aboutSoMany: Sentence = "About \(value: .whole)"
}

extension Sentence.Format {
    fileprivate var template: String {
        switch self {
        case .plain: ""
        case .whole: #" | printf "%.0f""#
        case .oneDecimal: #" | printf "%.1f""#
        case .percentage: " | humanizePercentage"
        case .duration: " | humanizeDuration"
        }
    }

    fileprivate func text(_ value: Double) -> String {
        switch self {
        case .plain: value.decimal
        case .whole: value.rounded().decimal
        case .oneDecimal: ((value * 10).rounded() / 10).decimal
        case .percentage: ((value * 10_000).rounded() / 100).decimal + "%"
        case .duration: Self.duration(value)
        }
    }

    /// As Prometheus writes it: `1h 30m 0s`.
    private static func duration(_ seconds: Double) -> String {
        guard let whole = Int64(exactly: seconds.rounded(.towardZero)) else { return seconds.decimal + "s" }
        let rest = abs(whole)
        let parts = [(rest / 86400, "d"), (rest / 3600 % 24, "h"), (rest / 60 % 60, "m"), (rest % 60, "s")]
        let shown = parts.drop { $0.0 == 0 && $0.1 != "s" }
        return (whole < 0 ? "-" : "") + shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
