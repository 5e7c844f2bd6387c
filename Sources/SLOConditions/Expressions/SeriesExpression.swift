public import SLOCore

/// What a condition asks of the series. It has two readings: `promQL`, which Prometheus evaluates over its scrapes, and
/// `value`, which the server evaluates over its own samples. The vocabulary is as small as the conditions need.
public indirect enum SeriesExpression: Sendable {
    public enum RangeFunction: String, Sendable {
        case increase
        case lowest = "min_over_time"
        case highest = "max_over_time"
        case last = "last_over_time"
    }

    public enum Aggregation: String, Sendable {
        case sum, max, min
    }

    public enum Arithmetic: String, Sendable {
        case minus = "-"
        case times = "*"
        case per = "/"
    }

    public enum Comparison: String, Sendable {
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
        case differs = "!="
    }

    public enum Combination: String, Sendable {
        /// What both have.
        case and
        /// The first, and what only the second has.
        case or
        /// What the second does not have.
        case unless
    }

    case number(Double)
    /// Seconds since 1970.
    case time
    case value(Selector, before: TimeSpan)
    case over(RangeFunction, Selector, TimeSpan, before: TimeSpan)
    case aggregated(Aggregation, by: [String], SeriesExpression)
    /// `on` names the labels that both sides have in common, where Prometheus adds others to one of them.
    case calculated(SeriesExpression, Arithmetic, SeriesExpression, on: [String])
    /// Keeps what fulfils the comparison.
    case compared(SeriesExpression, Comparison, SeriesExpression)
    case combined(SeriesExpression, Combination, SeriesExpression)
    /// A recording rule of the objectives that the matchers select.
    case recorded(Recording, over: TimeSpan, [Selector.Matcher])
    /// Seconds since the start of the process. Every program has that series.
    case sinceStart
    /// 1 if no such series exists. The server itself cannot know: it exports them.
    case absent(Selector)
}

extension SeriesExpression: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(floatLiteral value: Double) { self = .number(value) }
    init(_ value: Int) { self = .number(Double(value)) }
}

// MARK: Building expressions

extension SeriesExpression {
    public func sum(by labels: String...) -> SeriesExpression { .aggregated(.sum, by: labels, self) }
    public func max(by labels: String...) -> SeriesExpression { .aggregated(.max, by: labels, self) }
    public func max(by labels: [String]) -> SeriesExpression { .aggregated(.max, by: labels, self) }
    public func sum(by labels: [String]) -> SeriesExpression { .aggregated(.sum, by: labels, self) }
    public func min(by labels: String...) -> SeriesExpression { .aggregated(.min, by: labels, self) }

    public func and(_ other: SeriesExpression) -> SeriesExpression { .combined(self, .and, other) }
    public func or(_ other: SeriesExpression) -> SeriesExpression { .combined(self, .or, other) }
    public func unless(_ other: SeriesExpression) -> SeriesExpression { .combined(self, .unless, other) }

    public func divided(by other: SeriesExpression, on labels: String...) -> SeriesExpression {
        .calculated(self, .per, other, on: labels)
    }

    public static func - (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .calculated(left, .minus, right, on: [])
    }
    public static func * (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .calculated(left, .times, right, on: [])
    }
    public static func < (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .compared(left, .less, right)
    }
    public static func <= (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .compared(left, .atMost, right)
    }
    public static func > (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .compared(left, .more, right)
    }
    public static func >= (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .compared(left, .atLeast, right)
    }
    public static func != (left: SeriesExpression, right: SeriesExpression) -> SeriesExpression {
        .compared(left, .differs, right)
    }
}

// MARK: What it needs

extension SeriesExpression {
    /// The same without recording rules, whose definitions would otherwise be made at each evaluation.
    var withDefinitions: SeriesExpression {
        switch self {
        case .number, .time, .value, .over, .sinceStart, .absent: self
        case .aggregated(let aggregation, let labels, let inner):
            .aggregated(aggregation, by: labels, inner.withDefinitions)
        case .calculated(let left, let operation, let right, let labels):
            .calculated(left.withDefinitions, operation, right.withDefinitions, on: labels)
        case .compared(let left, let comparison, let right):
            .compared(left.withDefinitions, comparison, right.withDefinitions)
        case .combined(let left, let combination, let right):
            .combined(left.withDefinitions, combination, right.withDefinitions)
        case .recorded(let recording, let span, let matchers):
            recording.definition(over: span, matchers).withDefinitions
        }
    }

    /// The series that must be sampled.
    var selectors: Set<Selector> {
        switch self {
        case .number, .time, .absent: []
        case .value(let selector, _), .over(_, let selector, _, _): [selector]
        case .aggregated(_, _, let inner): inner.selectors
        case .calculated(let left, _, let right, _), .compared(let left, _, let right),
            .combined(let left, _, let right):
            left.selectors.union(right.selectors)
        case .recorded(let recording, let span, let matchers): recording.definition(over: span, matchers).selectors
        case .sinceStart: [.processStart]
        }
    }

    /// How far it looks back.
    var reach: TimeSpan {
        switch self {
        case .number, .time, .absent, .sinceStart: .zero
        case .value(_, let before): before
        case .over(_, _, let span, let before): span + before
        case .aggregated(_, _, let inner): inner.reach
        case .calculated(let left, _, let right, _), .compared(let left, _, let right),
            .combined(let left, _, let right):
            Swift.max(left.reach, right.reach)
        case .recorded(let recording, let span, let matchers): recording.definition(over: span, matchers).reach
        }
    }
}

extension Selector {
    static let processStart = Selector("process_start_time_seconds")
}
