public import SLOCore
import SLOConfiguration

extension SeriesExpression {
    /// As Prometheus reads it.
    /// - Parameter job: restricts every selector to this scrape job.
    public func promQL(job: String? = nil) -> String {
        PromQL(job: job).text(self)
    }
}

extension Selector {
    public func promQL(job: String? = nil) -> String {
        var all = matchers.map(\.promQL)
        if let job { all.append(Matcher.equals("job", job).promQL) }
        return all.isEmpty ? metric : "\(metric){\(all.joined(separator: ","))}"
    }
}

extension Selector.Matcher {
    fileprivate var promQL: String {
        switch self {
        case .equals(let name, let value): "\(name)=\"\(escaped(value))\""
        case .isOneOf(let name, let values): "\(name)=~\"\(escaped(values.joined(separator: "|")))\""
        case .differs(let name, let value): "\(name)!=\"\(escaped(value))\""
        }
    }
}

extension TimeSpan {
    /// As Prometheus and OpenSLO write it: `6h`.
    public var text: String { DurationText.text(self) }
}

extension Double {
    /// The shortest text with at most six decimals, `13.44`.
    public var decimal: String {
        let rounded = (self * 1e6).rounded() / 1e6
        let text = String(rounded)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

private struct PromQL {
    let job: String?

    func text(_ expression: SeriesExpression) -> String {
        switch expression {
        case .number(let value): value.decimal
        case .time: "time()"
        case .value(let selector, let before): selector.promQL(job: job) + offset(before)
        case .over(let function, let selector, let span, let before):
            "\(function.rawValue)(\(selector.promQL(job: job))[\(span.text)]\(offset(before)))"
        case .aggregated(let aggregation, let labels, let inner):
            aggregation.rawValue + (labels.isEmpty ? "" : " by (\(labels.joined(separator: ", "))) ")
                + "(\(text(inner)))"
        case .calculated(let left, let operation, let right, let labels):
            "\(operand(left, below: expression)) \(operation.rawValue) "
                + (labels.isEmpty ? "" : "on (\(labels.joined(separator: ", "))) ")
                + operand(right, below: expression, isRight: true)
        case .compared(let left, let comparison, let right):
            "\(operand(left, below: expression)) \(comparison.rawValue) "
                + operand(right, below: expression, isRight: true)
        case .combined(let left, let combination, let right):
            "\(operand(left, below: expression))\n\(combination.rawValue)\n"
                + operand(right, below: expression, isRight: true)
        case .recorded(let recording, let span, let matchers):
            Selector(recording.name(over: span), matchers).promQL(job: job)
        case .sinceStart:
            "time() - max(\(Selector.processStart.promQL(job: job)) "
                + "and on (instance, job) \(Selector("packit_slo_build_info").promQL(job: job)))"
        case .absent(let selector): "absent(\(selector.promQL(job: job)))"
        }
    }

    private func offset(_ span: TimeSpan) -> String {
        span > .zero ? " offset \(span.text)" : ""
    }

    /// In parentheses where PromQL would bind otherwise: its operators of one rank bind from the left.
    private func operand(
        _ expression: SeriesExpression, below outer: SeriesExpression, isRight: Bool = false
    ) -> String {
        let inner = text(expression)
        guard expression.rank < outer.rank || expression.rank == outer.rank && isRight else { return inner }
        guard case .combined = expression else { return "(\(inner))" }
        return "(\n" + inner.split(separator: "\n").map { "  \($0)\n" }.joined() + ")"
    }
}

extension SeriesExpression {
    /// How tightly PromQL binds its operator.
    fileprivate var rank: Int {
        switch self {
        case .combined(_, .or, _): 0
        case .combined: 1
        case .compared: 2
        case .calculated(_, .minus, _, _), .sinceStart: 3
        case .calculated: 4
        case .number, .time, .value, .over, .aggregated, .recorded, .absent: 5
        }
    }
}
