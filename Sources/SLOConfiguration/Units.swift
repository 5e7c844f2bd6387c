package import SLOCore

/// Durations as people write them: a number and a unit, `15s`.
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60000), ("s", 1000), ("ms", 1),
    ]

    static func span(_ text: String) -> TimeSpan? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text[digits.endIndex...]
        guard
            let number = Int64(digits),
            let unit = units.first(where: { $0.suffix == suffix })
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : TimeSpan(exactly: milliseconds)
    }

    static func required(_ text: String) throws(Mismatch) -> TimeSpan {
        guard let span = span(text) else {
            throw Mismatch("'\(text)' is not a duration; write for example 15s, 10m, 12h or 28d")
        }
        return span
    }

    static func text(_ range: ClosedRange<TimeSpan>) -> String {
        "\(text(range.lowerBound)) to \(text(range.upperBound))"
    }

    /// In the largest unit without a fraction.
    package static func text(_ span: TimeSpan) -> String {
        guard span != .zero, let unit = units.first(where: { span.milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(span.milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}

/// Sizes as people write them: `256MiB`, or a plain number of bytes.
enum SizeText {
    private static let units: [(suffix: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1),
    ]

    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text[digits.endIndex...]
        guard
            let number = Int(digits),
            let unit = units.first(where: { $0.suffix == suffix })
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    static func text(_ bytes: Int) -> String {
        guard bytes != 0, let unit = units.first(where: { bytes % $0.bytes == 0 }) else { return "0" }
        return "\(bytes / unit.bytes)\(unit.suffix)"
    }
}
