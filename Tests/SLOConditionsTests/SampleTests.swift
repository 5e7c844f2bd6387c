import SLOConfiguration
import SLOCore
import Testing

@testable import SLOConditions

/// Samples in memory, and as they are stored.
@Suite struct SampleTests {
    private static let start = Timestamp(seconds: 1_795_341_600)

    @Test func `A sample is stored and read`() throws {
        let values = [
            0, 1, -1, -2, 127, 1e15, -1e15, 0.97, -0.25, .nan, 4.5e15, 9e18, .infinity, 1_795_341_600.123,
        ]
        let sample = StoredSample(at: Self.start, values: values)
        #expect(try StoredSample(at: Self.start, bytes: sample.bytes) == sample)
        #expect(StoredSample(at: Self.start, values: [0, 5, 60]).bytes.count == 4)
    }

    @Test(
        arguments: [[], [5], [1, 1], [2, 2], [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]] as [[UInt8]])
    func `Bytes that are no sample are refused`(bytes: [UInt8]) {
        #expect(throws: (any Error).self) { try StoredSample(at: Self.start, bytes: bytes) }
    }

    @Test func `Stored samples give the same values, and numbers go on`() throws {
        let conditions: [Condition] = [
            .trying(Selector("c").increase(over: .minutes(10))), .trying(Selector("g").now, name: "Other"),
        ]
        var history = SampleHistory(for: conditions)
        var (series, samples): ([SampledSeries], [StoredSample]) = ([], [])
        for minute in 0..<30 {
            var values = [(series: #"c{d="a"}"#, value: Double(minute)), ("unwanted", 5)]
            if minute > 20 { values.append(("g", 0.5)) }
            let (sample, new) = history.record(values, at: Self.start + .minutes(Int64(minute)))
            series += new
            samples.append(sample)
        }
        #expect(series == [.init(number: 0, series: #"c{d="a"}"#), .init(number: 1, series: "g")])
        var restored = SampleHistory(for: conditions)
        series.forEach { restored.restore($0) }
        for sample in samples { restored.restore(try StoredSample(at: sample.at, bytes: sample.bytes)) }
        let now = Self.start + .minutes(29)
        for condition in conditions {
            #expect(!condition.expression.value(in: history, at: now).isEmpty)
            #expect(
                condition.expression.value(in: restored, at: now) == condition.expression.value(in: history, at: now))
        }
        #expect(restored.record([(#"c{d="b"}"#, 1)], at: now + .minutes(1)).newSeries.map(\.number) == [2])
    }

    @Test func `What no condition looks back to is forgotten`() {
        let term = Selector("c").increase(over: .minutes(30))
        var history = SampleHistory(for: [.trying(term)])
        for minute in 0..<1000 {
            _ = history.record([("c", Double((minute + 15) / 100))], at: Self.start + .minutes(Int64(minute)))
        }
        let now = Self.start + .minutes(999)
        #expect(now - (history.first ?? now) <= .minutes(35 + 60))
        #expect(term.value(in: history, at: now) == [.none: 1])
        #expect(term.value(in: history, at: Self.start + .minutes(984)) == [.none: 0])
    }

    @Test func `A clock that is set back forgets what was sampled in the future`() {
        let term = Selector("c").increase(over: .minutes(5))
        var history = SampleHistory(for: [.trying(term)])
        for (minute, value) in [(0, 1.0), (1, 2), (60, 50), (61, 60), (2, 3), (3, 4)] {
            _ = history.record([("c", value)], at: Self.start + .minutes(Int64(minute)))
        }
        #expect(history.last == Self.start + .minutes(3))
        #expect(term.value(in: history, at: Self.start + .minutes(3)) == [.none: 3])
    }

    @Test func `Samples reach as far back as the conditions`() {
        let history = SampleHistory(for: Condition.all(ConditionSettings(Configuration())))
        #expect(history.horizon(at: Self.start) == Self.start - .days(7) - .hours(1) - .minutes(5))
    }
}
