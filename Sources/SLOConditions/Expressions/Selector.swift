public import SLOCore

/// Which series an expression asks for.
public struct Selector: Hashable, Sendable {
    public enum Matcher: Hashable, Sendable {
        case equals(String, String)
        case isOneOf(String, [String])
        case differs(String, String)
    }

    /// The metric's name; a histogram's with `_count` or `_bucket` at its end.
    public let metric: String
    public let matchers: [Matcher]

    public init(_ metric: String, _ matchers: Matcher...) {
        self.init(metric, matchers)
    }

    public init(_ metric: String, _ matchers: [Matcher]) {
        self.metric = metric
        self.matchers = matchers
    }

    func selects(_ series: SeriesName) -> Bool {
        metric == series.metric && matchers.allSatisfy { $0.allows(series.labels) }
    }
}

extension Selector.Matcher {
    /// A label that is missing counts as empty.
    func allows(_ labels: Labels) -> Bool {
        switch self {
        case .equals(let name, let value): labels[name] ?? "" == value
        case .isOneOf(let name, let values): values.contains(labels[name] ?? "")
        case .differs(let name, let value): labels[name] ?? "" != value
        }
    }
}

// MARK: Terms of one selector

extension Selector {
    /// The present values.
    public var now: SeriesExpression { .value(self, before: .zero) }
    /// The values a while ago.
    public func value(before span: TimeSpan) -> SeriesExpression { .value(self, before: span) }
    /// By how much a counter has risen.
    public func increase(over span: TimeSpan, before: TimeSpan = .zero) -> SeriesExpression {
        .over(.increase, self, span, before: before)
    }
    public func lowest(over span: TimeSpan) -> SeriesExpression { .over(.lowest, self, span, before: .zero) }
    public func highest(over span: TimeSpan) -> SeriesExpression { .over(.highest, self, span, before: .zero) }
    /// The last value of that time.
    public func last(over span: TimeSpan, before: TimeSpan) -> SeriesExpression {
        .over(.last, self, span, before: before)
    }
}
