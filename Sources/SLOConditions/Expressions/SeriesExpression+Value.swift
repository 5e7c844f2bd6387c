public import SLOCore

/// What an expression gives: one number, or a number for each set of labels.
enum SeriesValue: Equatable {
    case scalar(Double)
    case vector([Labels: Double])

    /// Without labels, unless it has some.
    var byLabels: [Labels: Double] {
        switch self {
        case .scalar(let value): [.none: value]
        case .vector(let values): values
        }
    }

    var isEmpty: Bool {
        switch self {
        case .scalar: false
        case .vector(let values): values.isEmpty
        }
    }
}

extension SeriesExpression {
    /// As Prometheus would give it at a moment, with these samples.
    public func value(in history: SampleHistory, at now: Timestamp) -> [Labels: Double] {
        evaluated(in: history, at: now).byLabels
    }

    private func evaluated(in history: SampleHistory, at now: Timestamp) -> SeriesValue {
        switch self {
        case .number(let value): return .scalar(value)
        case .time: return .scalar(Double(now.milliseconds) / 1000)
        case .value(let selector, let before):
            return .vector(history.values(of: selector, at: now - before))
        case .over(let function, let selector, let span, let before):
            return .vector(history.values(of: selector, over: span, until: now - before, function))
        case .aggregated(let aggregation, let labels, let inner):
            return .vector(aggregation.apply(to: inner.evaluated(in: history, at: now).byLabels, by: labels))
        case .calculated(let left, let operation, let right, _):
            return Self.pairwise(left, right, in: history, at: now) { operation.apply($0, $1) }
        case .compared(let left, let comparison, let right):
            return Self.pairwise(left, right, in: history, at: now) { comparison.holds($0, $1) ? $0 : nil }
        case .combined(let left, let combination, let right):
            let values = left.evaluated(in: history, at: now)
            if values.isEmpty, combination != .or { return values }
            return .vector(combination.apply(values.byLabels, right.evaluated(in: history, at: now).byLabels))
        case .recorded(let recording, let span, let matchers):
            return recording.definition(over: span, matchers).evaluated(in: history, at: now)
        case .sinceStart:
            return (SeriesExpression.time - Selector.processStart.now.max()).evaluated(in: history, at: now)
        case .absent: return .vector([:])
        }
    }

    /// Each number of one side with that of the other with the same labels; a single number goes with all. Of nothing
    /// nothing is made, whatever the other side is: most conditions end there.
    private static func pairwise(
        _ left: SeriesExpression, _ right: SeriesExpression, in history: SampleHistory, at now: Timestamp,
        _ combine: (Double, Double) -> Double?
    ) -> SeriesValue {
        let value = left.evaluated(in: history, at: now)
        guard !value.isEmpty else { return value }
        return switch (value, right.evaluated(in: history, at: now)) {
        case (.scalar(let one), .scalar(let other)):
            combine(one, other).map { .scalar($0) } ?? .vector([:])
        case (.vector(let values), .scalar(let number)):
            .vector(values.compactMapValues { combine($0, number) })
        case (.scalar(let number), .vector(let values)):
            .vector(values.compactMapValues { combine(number, $0) })
        case (.vector(let ones), .vector(let others)):
            .vector(
                ones.reduce(into: [:]) { result, one in
                    if let other = others[one.key] { result[one.key] = combine(one.value, other) }
                })
        }
    }
}

extension SeriesExpression.Aggregation {
    fileprivate func apply(to values: [Labels: Double], by names: [String]) -> [Labels: Double] {
        var result: [Labels: Double] = [:]
        for (labels, value) in values {
            let group = labels.only(names)
            guard let before = result[group] else {
                result[group] = value
                continue
            }
            result[group] =
                switch self {
                case .sum: before + value
                case .max: Swift.max(before, value)
                case .min: Swift.min(before, value)
                }
        }
        return result
    }
}

extension SeriesExpression.Arithmetic {
    fileprivate func apply(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .minus: left - right
        case .times: left * right
        case .per: left / right
        }
    }
}

extension SeriesExpression.Comparison {
    fileprivate func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .less: left < right
        case .atMost: left <= right
        case .more: left > right
        case .atLeast: left >= right
        case .differs: left != right
        }
    }
}

extension SeriesExpression.Combination {
    fileprivate func apply(_ left: [Labels: Double], _ right: [Labels: Double]) -> [Labels: Double] {
        switch self {
        case .and: left.filter { right[$0.key] != nil }
        case .or: left.merging(right) { first, _ in first }
        case .unless: left.filter { right[$0.key] == nil }
        }
    }
}
