import SLOCore
import Testing

@testable import SLOConditions

/// Each term: what Prometheus is asked, and what the server makes of the same series.
@Suite struct ExpressionTests {
    /// A term, and series with a value for each minute; `nil` where it is absent.
    struct Case: Sendable, CustomTestStringConvertible {
        let term: SeriesExpression
        let promQL: String
        let series: [String: [Double?]]
        let value: [String: Double]

        var testDescription: String { promQL }
    }

    static let start = Timestamp(seconds: 1_795_341_600)
    private static let risen = Selector("c", .equals("d", "a"))

    static let cases: [Case] = [
        Case(
            term: Selector("g").now, promQL: "g", series: [#"g{d="a"}"#: [1, 2], "g": [3, nil], "h": [7, 7]],
            value: [#"d="a""#: 2]),
        Case(
            term: Selector("g", .isOneOf("d", ["a", "b"]), .differs("e", "x")).now.sum(),
            promQL: #"sum(g{d=~"a|b",e!="x"})"#,
            series: [#"g{d="a"}"#: [1], #"g{d="b",e="y"}"#: [2], #"g{d="b",e="x"}"#: [4], #"g{d="c"}"#: [8]],
            value: ["": 3]),
        Case(
            term: Selector("g").value(before: .minutes(2)), promQL: "g offset 2m", series: ["g": [1, 2, 3, 4]],
            value: ["": 2]),
        // What rose within the last three minutes, counted from the sample before them.
        Case(
            term: risen.increase(over: .minutes(3)), promQL: #"increase(c{d="a"}[3m])"#,
            series: [#"c{d="a"}"#: [0, 5, 6, 6, 9], #"c{d="b"}"#: [0, 1, 1, 1, 1]], value: [#"d="a""#: 4]),
        // It fell, so it began again at 0.
        Case(
            term: risen.increase(over: .minutes(3)), promQL: #"increase(c{d="a"}[3m])"#,
            series: [#"c{d="a"}"#: [7, 7, 2, 2, 3]], value: [#"d="a""#: 3]),
        // One sample shows no increase.
        Case(
            term: risen.increase(over: .minutes(3)), promQL: #"increase(c{d="a"}[3m])"#,
            series: [#"c{d="a"}"#: [nil, nil, nil, nil, 5], "x": [1, 1, 1, 1, 1]], value: [:]),
        Case(
            term: Selector("g").lowest(over: .minutes(2)), promQL: "min_over_time(g[2m])", series: ["g": [1, 5, 3, 4]],
            value: ["": 3]),
        Case(
            term: Selector("g").highest(over: .minutes(2)), promQL: "max_over_time(g[2m])",
            series: ["g": [9, 5, 3, 4]],
            value: ["": 4]),
        Case(
            term: Selector("g").last(over: .minutes(5), before: .minutes(1)), promQL: "last_over_time(g[5m] offset 1m)",
            series: ["g": [1, 2, nil, nil, 7], "x": [1, 1, 1, 1, 1]], value: ["": 2]),
        Case(
            term: Selector("g").now.max(by: "d"), promQL: "max by (d) (g)",
            series: [#"g{d="a",e="1"}"#: [1], #"g{d="a",e="2"}"#: [2], #"g{d="b"}"#: [5]],
            value: [#"d="a""#: 2, #"d="b""#: 5]),
        Case(
            term: Selector("g").now.min(), promQL: "min(g)", series: [#"g{d="a"}"#: [1], #"g{d="b"}"#: [5]],
            value: ["": 1]),
        Case(
            term: SeriesExpression.time - Selector("g").now > 60, promQL: "time() - g > 60",
            series: [#"g{d="a"}"#: [1_795_341_500], #"g{d="b"}"#: [1_795_341_541]], value: [#"d="a""#: 100]),
        Case(
            term: Selector("f").now < 0.5 * Selector("g").now, promQL: "f < 0.5 * g",
            series: [#"f{d="a"}"#: [1], #"f{d="b"}"#: [3], #"g{d="a"}"#: [4], #"g{d="b"}"#: [4], #"g{d="c"}"#: [4]],
            value: [#"d="a""#: 1]),
        Case(
            term: (Selector("f").now > 1).and(Selector("g").now <= 1).or(Selector("h").now != 0),
            promQL: "f > 1\nand\ng <= 1\nor\nh != 0",
            series: ["f": [2], "g": [1], #"h{d="a"}"#: [3], #"h{d="b"}"#: [0]], value: ["": 2, #"d="a""#: 3]),
        Case(
            term: (Selector("f").now.or(Selector("g").now)).unless(Selector("h").now.and(Selector("f").now)),
            promQL: "(\n  f\n  or\n  g\n)\nunless\n(\n  h\n  and\n  f\n)",
            series: [#"f{d="a"}"#: [1], #"f{d="b"}"#: [2], #"g{d="c"}"#: [3], #"h{d="a"}"#: [4]],
            value: [#"d="b""#: 2, #"d="c""#: 3]),
        Case(
            term: Selector("f").now - (Selector("g").now - Selector("h").now), promQL: "f - (g - h)",
            series: ["f": [10], "g": [5], "h": [3]], value: ["": 8]),
        Case(
            term: Selector("f").now.divided(by: 1 - Selector("g").now, on: "d"), promQL: "f / on (d) (1 - g)",
            series: ["f": [10], "g": [0.5]], value: ["": 20]),
        // It cannot see that it is absent itself.
        Case(term: .absent(Selector("g")), promQL: "absent(g)", series: ["f": [1]], value: [:]),
    ]

    @Test(arguments: cases)
    func `A term asks Prometheus and the server for the same`(tried: Case) throws {
        #expect(tried.term.promQL() == tried.promQL)
        let minutes = tried.series.values.map(\.count).max() ?? 0
        var history = SampleHistory(for: [.trying(tried.term)])
        for minute in 0..<minutes {
            let values = tried.series.compactMap { series, values in
                values.dropFirst(minute).first.flatMap { $0 }.map { (series, $0) }
            }
            _ = history.record(values, at: Self.start + .minutes(Int64(minute)))
        }
        let value = tried.term.value(in: history, at: Self.start + .minutes(Int64(minutes - 1)))
        #expect(
            value == Dictionary(uniqueKeysWithValues: try tried.value.map { (try #require(Labels($0.key)), $0.value) }))
    }

    @Test func `A scrape job is asked for in every selector`() {
        let term = Selector("f", .equals("d", "a")).increase(over: .hours(1)).sum(by: "d").unless(.sinceStart < 60)
        #expect(
            term.promQL(job: "slo") == """
                sum by (d) (increase(f{d="a",job="slo"}[1h]))
                unless
                time() - max(process_start_time_seconds{job="slo"} and on (instance, job) \
                packit_slo_build_info{job="slo"}) < 60
                """)
    }

    @Test func `A value is valid for five minutes`() {
        let term = Selector("g").now
        var history = SampleHistory(for: [.trying(term)])
        _ = history.record([("g", 1)], at: Self.start)
        #expect(term.value(in: history, at: Self.start + .milliseconds(299_999)) == [.none: 1])
        #expect(term.value(in: history, at: Self.start + .minutes(5)).isEmpty)
    }

    @Test(arguments: [
        ("d=\"a\"", ["d": "a"]), ("d=\"a\\\"b\\\\c\\nd\",e=\"\"", ["d": "a\"b\\c\nd", "e": ""]), ("", [:]),
    ])
    func `Labels are written and read`(text: String, values: [String: String]) throws {
        #expect(try #require(Labels(text)) == Labels(values))
        #expect(Labels(values).description == text)
    }

    @Test(arguments: ["d", "d=a", "d=\"a", "d=\"a\",", "=\"a\"", "d=\"a\"e=\"b\""])
    func `What is no list of labels is not read`(text: String) {
        #expect(Labels(text) == nil)
    }
}

extension Condition {
    /// A condition with nothing but an expression.
    static func trying(_ expression: SeriesExpression, name: String = "Tried", hold: TimeSpan = .zero) -> Condition {
        Condition(
            name: name, severity: .warning, hold: hold, owner: .party(.observer), expression: expression,
            summary: "It is \(value: .plain)", description: "Look.", page: .overview)
    }
}
