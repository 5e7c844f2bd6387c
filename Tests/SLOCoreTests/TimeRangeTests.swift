import SLOCore
import Testing

/// Times stay within the years 0 to 9999, whatever they are made of (docs/counting.md, rule 39).
@Suite struct TimeRangeTests {
    private static let extremes: [Int64] = [
        .min, .min + 1, -253_402_300_800_000, -62_167_219_200_001, -62_167_219_200_000, -1000, -999, -1, 0, 1,
        253_402_300_799_999, 253_402_300_800_000, 999_999_999_999_999, .max - 1, .max,
    ]

    @Test("a time outside the years 0 to 9999 is the nearest inside", arguments: extremes)
    func clamped(milliseconds: Int64) {
        for time in [Timestamp(milliseconds: milliseconds), Timestamp(seconds: milliseconds)] {
            #expect(time >= Timestamp(milliseconds: .min) && time <= Timestamp(milliseconds: .max))
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
            #expect(time.flooredToSecond <= time)
        }
        #expect(Timestamp(milliseconds: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).rfc3339 == "0000-01-01T00:00:00Z")
    }

    @Test("sums and differences of any times and spans are times and spans", arguments: extremes)
    func arithmetic(milliseconds: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        for other in Self.extremes {
            let span = TimeSpan(milliseconds: other)
            #expect((time + span) - time <= max(.zero, span))
            #expect(time - (time - span) <= max(.zero, span))
            #expect(span + (time - Timestamp(milliseconds: other)) >= TimeSpan(milliseconds: .min))
            #expect(time + (Timestamp(milliseconds: other) - time) == Timestamp(milliseconds: other))
            for unit in [TimeSpan.seconds, TimeSpan.minutes, TimeSpan.hours, TimeSpan.days] {
                let long = unit(other)
                #expect(other == 0 || (long.milliseconds < 0) == (other < 0))
                #expect(Timestamp(rfc3339: (time + long).rfc3339) != nil)
            }
        }
    }

    @Test("a time that would lie outside can be told apart from one inside")
    func unknown() throws {
        let last = try #require(Timestamp(rfc3339: "9999-12-31T23:59:59Z"))
        #expect(last.adding(.milliseconds(999)) == Timestamp(milliseconds: .max))
        #expect(last.adding(.seconds(1)) == nil)
        #expect(Timestamp(milliseconds: .min).adding(.milliseconds(-1)) == nil)
        #expect(Timestamp(exactly: .max) == nil)
        #expect(TimeSpan(exactly: .max) == nil)
    }

    @Test("a stored time outside, of an older version, is read as the nearest inside")
    func stored() throws {
        var writer = ByteWriter()
        writer.write(Int64(317_000_000_000_000))
        #expect(try Timestamp(stored: writer.bytes) == Timestamp(milliseconds: .max))
    }
}
