import Foundation
import SLOCore
import Testing

@testable import SLOWeb
@testable import SLOHTTP

/// How pages say times, lengths and shares.
@Suite struct DisplayFormatTests {
    private static let now = Timestamp(seconds: 1_795_348_800)

    @Test(
        "Durations are told in their two largest units",
        arguments: [
            (0, "0 s"), (4, "4 s"), (60, "1 min"), (200, "3 min 20 s"), (3600, "1 h"), (3605, "1 h"),
            (18_120, "5 h 2 min"),
            (187_200, "2 d 4 h"), (-90, "−1 min 30 s"),
        ])
    func durations(seconds: Int64, expected: String) {
        #expect(DisplayFormat.duration(.seconds(seconds)).replacing("\u{A0}", with: " ") == expected)
    }

    @Test(
        "What took less than a second is not told as nothing",
        arguments: [(1, "0.1 s"), (99, "0.1 s"), (430, "0.4 s"), (999, "0.9 s"), (1000, "1 s"), (-430, "−0.4 s")])
    func shortDurations(milliseconds: Int64, expected: String) {
        #expect(DisplayFormat.duration(.milliseconds(milliseconds)).replacing("\u{A0}", with: " ") == expected)
    }

    @Test(
        "Times are told by how long ago they are, and from two days on by their date",
        arguments: [
            (0, "just now"), (59, "59 s ago"), (60, "1 min ago"), (7199, "1 h ago"), (40 * 3600, "40 h ago"),
            (5 * 86_400, "17 Nov 12:00"), (-120, "in 2 min"),
        ])
    func times(age: Int64, expected: String) {
        #expect(DisplayFormat.time(Self.now - .seconds(age), now: Self.now).replacing("\u{A0}", with: " ") == expected)
    }

    @Test("Any time can be told", arguments: [Int64.min, -62_167_219_200_001, 0, 318_000_000_000_000, .max])
    func anyTime(milliseconds: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(TimeText(time, now: Self.now).datetime.utf8.count <= 24)
        #expect(TimeText(moment: time, after: Self.now).text.count <= 16)
        #expect(DisplayFormat.day(time).count <= 10)
        #expect(!SpanText(Self.now - time).text.isEmpty)
        #expect(!DisplayFormat.lasting(since: time, until: Self.now).isEmpty)
    }

    @Test("On hover a time is exact, with its offset")
    func exact() {
        let text = TimeText(Self.now + .milliseconds(125), now: Self.now)
        #expect(text.datetime == "2026-11-22T12:00:00.125Z")
        #expect(text.exact == "2026-11-22 12:00:00 UTC (+00:00)")
        #expect(SpanText(.seconds(4000)).datetime == "PT4000S")
    }

    @Test(
        "Shares are cut off, so that what is missed is never called met",
        arguments: [
            (0.989999, "98.99 %"), (0.99, "99.00 %"), (1.0, "100.00 %"), (0.29, "29.00 %"), (0.0, "0.00 %"),
            (-1.5, "−150.00 %"), (-22.8095, "−2 280.95 %"),
        ])
    func shares(ratio: Double, expected: String) {
        let text = DisplayFormat.percent(ratio).replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
        #expect(text == expected)
    }

    @Test("What is no number is not printed as one")
    func noNumber() {
        #expect(DisplayFormat.percent(.nan) == "–")
        #expect(DisplayFormat.times(.infinity) == "–")
        #expect(DisplayFormat.times(1e300).hasSuffix("×"))
        #expect(DisplayFormat.times(-1e300).hasSuffix("×"))
        #expect(SVG.number(.nan) == "0")
        #expect(SVG.number(1e300) == "0")
    }

    @Test(
        "Targets have no more digits than it takes",
        arguments: [
            (0.99, "99 %"), (0.995, "99.5 %"), (0.9999, "99.99 %"),
        ])
    func targets(target: Double, expected: String) {
        #expect(DisplayFormat.target(target).replacing("\u{A0}", with: " ") == expected)
    }

    @Test("Burn rates", arguments: [(0.0, "0.0 ×"), (0.04, "< 0.1 ×"), (1.25, "1.3 ×"), (14.4, "14 ×")])
    func rates(rate: Double, expected: String) {
        #expect(DisplayFormat.times(rate).replacing("\u{A0}", with: " ") == expected)
    }

    @Test(
        "Coordinates are written with two digits at most",
        arguments: [
            (0, "0"), (1.5, "1.5"), (0.05, "0.05"), (-0.25, "-0.25"), (12.3456, "12.35"), (-3, "-3"),
        ])
    func coordinates(value: Double, text: String) { #expect(SVG.number(value) == text) }

    @Test("Links keep what names are made of and write the rest as bytes")
    func links() {
        #expect(Path.escaped("acme/r_o-c.k~") == "acme/r_o-c.k~")
        #expect(Path.escaped("a\"b<ü ?#") == "a%22b%3C%C3%BC%20%3F%23")
        #expect(Path.query([("a", "x/y&z"), ("b", "")]) == "?a=x%2Fy%26z")
    }
}

/// Whether colours can be told apart by those who see little contrast (WCAG 2.2, AA).
@Suite struct ContrastTests {
    @Test("Text stands out from whatever it stands on, light and dark")
    func text() throws {
        for name in ["text", "soft", "link", "good", "warn", "bad"] {
            for ground in ["ground", "card"] { try expect(name, on: ground, atLeast: 4.5) }
        }
        for tone in ["good", "warn", "bad"] { try expect(tone, on: "\(tone)-wash", atLeast: 4.5) }
    }

    @Test("Shapes and controls stand out from what they are drawn on, light and dark")
    func shapes() throws {
        for name in ["good-fill", "warn-fill", "bad-fill", "quiet-fill", "wait-fill", "run-fill", "edge"] {
            for ground in ["ground", "card"] { try expect(name, on: ground, atLeast: 3) }
        }
    }

    private func expect(_ name: String, on ground: String, atLeast least: Double) throws {
        let (above, below) = (try colour(name), try colour(ground))
        for (upper, lower, theme) in [(above.light, below.light, "light"), (above.dark, below.dark, "dark")] {
            let ratio = try contrast(upper, lower)
            #expect(ratio >= least, "\(name) on \(ground), \(theme): \(ratio)")
        }
    }

    private func colour(_ name: String) throws -> (light: String, dark: String) {
        let colour = try #require(Style.colours.first { $0.name == name })
        return (colour.light, colour.dark)
    }

    private func contrast(_ one: String, _ other: String) throws -> Double {
        let (a, b) = (try luminance(one), try luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private func luminance(_ colour: String) throws -> Double {
        let value = try #require(Int(colour.dropFirst(), radix: 16))
        let channels = [value >> 16 & 255, value >> 8 & 255, value & 255].map { channel -> Double in
            let share = Double(channel) / 255
            return share > 0.03928 ? pow((share + 0.055) / 1.055, 2.4) : share / 12.92
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }
}
