import SLOCore

/// Formats times, durations and ratios for people.
enum DisplayFormat {
    /// In its two largest units: `0.4 s`, `4 s`, `3 min 20 s`, `5 h 2 min`, `2 d 4 h`.
    static func duration(_ span: TimeSpan) -> String {
        let sign = span.milliseconds < 0 ? "−" : ""
        let milliseconds = span.milliseconds.magnitude
        if case 1..<1000 = milliseconds { return "\(sign)0.\(max(1, milliseconds / 100))\u{A0}s" }
        let seconds = abs(span.wholeSeconds)
        let parts: [(Int64, String)] = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
        let shown = parts[first...].prefix(2).filter { $0.0 > 0 }
        return sign + shown.map { "\($0.0)\u{A0}\($0.1)" }.joined(separator: " ")
    }

    /// In all units, for hovering.
    static func exactDuration(_ span: TimeSpan) -> String {
        if case 1..<1000 = span.milliseconds.magnitude { return "\(span.milliseconds) milliseconds" }
        let seconds = span.wholeSeconds
        return "\(duration(span)) = \(grouped(seconds)) seconds"
    }

    /// In ISO 8601, as the `datetime` attribute requires.
    static func machineDuration(_ span: TimeSpan) -> String { "PT\(max(0, span.wholeSeconds))S" }

    /// Relative to now; the date if it is long ago.
    static func time(_ time: Timestamp, now: Timestamp) -> String {
        let age = now - time
        switch age {
        case _ where age < .seconds(-1): return "in \(coarse(time - now))"
        case _ where age < .seconds(5): return "just now"
        case _ where age < .days(2): return "\(coarse(age)) ago"
        default: return date(time)
        }
    }

    /// In its largest unit only.
    private static func coarse(_ span: TimeSpan) -> String {
        let seconds = span.wholeSeconds
        if seconds < 60 { return "\(seconds)\u{A0}s" }
        if seconds < 3600 { return "\(seconds / 60)\u{A0}min" }
        return seconds < 86_400 * 2 ? "\(seconds / 3600)\u{A0}h" : "\(seconds / 86_400)\u{A0}d"
    }

    /// `17 Nov 14:03`
    static func date(_ time: Timestamp) -> String {
        let fields = Fields(time)
        return "\(fields.day)\u{A0}\(fields.month) \(fields.clock)"
    }

    /// `Tue 17 Nov`
    static func day(_ time: Timestamp) -> String {
        let fields = Fields(time)
        return "\(fields.weekday)\u{A0}\(fields.day)\u{A0}\(fields.month)"
    }

    /// `17 Nov 14:03:30`; if `earlier` is on the same day, `14:03:30`.
    static func moment(_ time: Timestamp, after earlier: Timestamp? = nil) -> String {
        let clock = String(time.rfc3339.dropFirst(11).prefix(8))
        if let earlier, earlier.rfc3339.prefix(10) == time.rfc3339.prefix(10) { return clock }
        let fields = Fields(time)
        return "\(fields.day)\u{A0}\(fields.month) \(clock)"
    }

    /// The duration of something that has not ended. Never negative: a provider's clock may be ahead, and a recording
    /// that was sent may have times in the future.
    static func lasting(since start: Timestamp, until now: Timestamp) -> String {
        duration(max(.zero, now - start))
    }

    /// `2026-11-17 14:03:30 UTC (+00:00)`
    static func exact(_ time: Timestamp) -> String {
        let text = time.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC (+00:00)"
    }

    /// `99.42 %`, truncated and not rounded, so that a missed target never looks met.
    static func percent(_ ratio: Double, digits: Int = 2) -> String {
        guard ratio.isFinite else { return "–" }
        let scale = digits == 0 ? 1.0 : digits == 1 ? 10.0 : 100.0
        // A ratio such as 0.99 may be slightly less in floating point.
        let scaled = (ratio * 100 * scale + (ratio < 0 ? -1e-7 : 1e-7)).rounded(.towardZero)
        let whole = Int64(exactly: (abs(scaled) / scale).rounded(.towardZero)) ?? 0
        let rest = Int64(exactly: abs(scaled) - Double(whole) * scale) ?? 0
        let zeros = String(repeating: "0", count: max(0, digits - "\(rest)".count))
        let fraction = digits == 0 ? "" : ".\(zeros)\(rest)"
        return "\(scaled < 0 ? "−" : "")\(grouped(whole))\(fraction)\u{A0}%"
    }

    /// `12.3 %` of all, for one of many parts; a part that is there is never shown as none.
    static func share(_ ratio: Double) -> String {
        ratio > 0 && ratio < 0.001 ? "<\u{A0}0.1\u{A0}%" : percent(ratio, digits: 1)
    }

    /// `99 %` of a target, without trailing zeros.
    static func target(_ ratio: Double) -> String {
        let text = percent(ratio)
        guard let dot = text.firstIndex(of: ".") else { return text }
        let digits = text[dot...].dropFirst().prefix { $0.isNumber }
        let kept = String(digits).replacing(/0+$/, with: "")
        return text[..<dot] + (kept.isEmpty ? "" : "." + kept) + "\u{A0}%"
    }

    /// `0.4 ×`, `14 ×`
    static func times(_ rate: Double) -> String {
        guard rate.isFinite else { return "–" }
        // Larger values are capped.
        let rate = min(max(rate, -1e12), 1e12)
        if rate >= 10 { return "\(grouped(Int64(clamping: Int(rate.rounded()))))\u{A0}×" }
        let tenths = Int((rate * 10).rounded())
        return rate > 0 && tenths == 0 ? "<\u{A0}0.1\u{A0}×" : "\(tenths / 10).\(tenths % 10)\u{A0}×"
    }

    /// With narrow spaces between thousands.
    static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text += "\u{202F}" }
            text.append(digit)
        }
        return (number < 0 ? "−" : "") + text
    }

    static func count(_ number: Int, _ singular: String, _ plural: String) -> String {
        "\(grouped(Int64(number)))\u{A0}\(number == 1 ? singular : plural)"
    }

    static func bytes(_ count: Int64) -> String {
        if count < 1000 { return "\(count)\u{A0}B" }
        if count < 1_000_000 { return "\(count / 1000).\(count / 100 % 10)\u{A0}kB" }
        return "\(count / 1_000_000).\(count / 100_000 % 10)\u{A0}MB"
    }

    private struct Fields {
        let weekday: String
        let day: Int
        let month: String
        let clock: String

        init(_ time: Timestamp) {
            let text = time.rfc3339
            day = Int(text.dropFirst(8).prefix(2)) ?? 0
            month = DisplayFormat.months[(Int(text.dropFirst(5).prefix(2)) ?? 1) - 1]
            clock = String(text.dropFirst(11).prefix(5))
            let days = time.seconds >= 0 ? time.seconds / 86_400 : (time.seconds - 86_399) / 86_400
            // 1970-01-01 was a Thursday.
            weekday = DisplayFormat.weekdays[Int(((days + 3) % 7 + 7) % 7)]
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
}

/// A time for templates: readable on the page, exact on hover.
struct TimeText {
    let datetime: String
    let exact: String
    let text: String

    init(_ time: Timestamp, now: Timestamp) {
        self.init(time, text: DisplayFormat.time(time, now: now))
    }

    /// To the second. Shows the day unless it is the same as that of `earlier`.
    init(moment time: Timestamp, after earlier: Timestamp? = nil) {
        self.init(time, text: DisplayFormat.moment(time, after: earlier))
    }

    init(_ time: Timestamp, text: String) {
        datetime = time.rfc3339
        exact = DisplayFormat.exact(time)
        self.text = text
    }
}

/// A duration for templates.
struct SpanText {
    let datetime: String
    let exact: String
    let text: String

    init(_ span: TimeSpan) {
        datetime = DisplayFormat.machineDuration(span)
        exact = DisplayFormat.exactDuration(span)
        text = DisplayFormat.duration(span)
    }
}
