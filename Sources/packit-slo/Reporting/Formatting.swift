import SLOCore

/// Formats numbers and times for people.
enum Formatting {
    /// Two decimals, truncated, so that a missed target never looks met.
    static func percent(_ ratio: Double) -> String {
        guard abs(ratio) < 1e12 else { return ratio < 0 ? "too low" : "too high" }
        let hundredths = hundredths(of: ratio)
        return (ratio < 0 && hundredths > 0 ? "-" : "") + decimal(hundredths) + " %"
    }

    /// The difference of two percentages as they are shown, in points. For ratios from 0 to 1.
    static func points(from: Double, to: Double) -> String {
        let difference = hundredths(of: to) - hundredths(of: from)
        return (difference < 0 ? "-" : "+") + decimal(abs(difference))
    }

    private static func hundredths(of ratio: Double) -> Int64 {
        Int64((abs(ratio) * 10000 + 1e-6).rounded(.down))
    }

    private static func decimal(_ hundredths: Int64) -> String {
        let fraction = String(hundredths % 100)
        return "\(hundredths / 100)." + (fraction.count < 2 ? "0" : "") + fraction
    }

    /// In its two largest units: `15 s`, `12 h`, `3 d 4 h`.
    static func span(_ span: TimeSpan) -> String {
        let units: [(name: String, seconds: Int64)] = [("d", 86400), ("h", 3600), ("min", 60), ("s", 1)]
        var rest = max(0, span.wholeSeconds)
        var parts: [String] = []
        for unit in units where parts.count < 2 {
            let count = rest / unit.seconds
            rest %= unit.seconds
            if count > 0 { parts.append("\(count) \(unit.name)") } else if !parts.isEmpty { break }
        }
        return parts.isEmpty ? "\(span.milliseconds > 0 ? "under 1" : "0") s" : parts.joined(separator: " ")
    }

    /// To the second, UTC.
    static func time(_ time: Timestamp) -> String {
        time.flooredToSecond.rfc3339
    }

    /// A number with its noun.
    static func count(_ number: Int, _ singular: String, _ plural: String) -> String {
        number == 1 ? "1 \(singular)" : "\(number) \(plural)"
    }
}
