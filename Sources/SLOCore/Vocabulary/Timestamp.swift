/// A time in milliseconds since 1970 UTC, within the years 0 to 9999 (docs/counting.md, rule 39).
///
/// Values outside that range are clamped to it, wherever they come from: stored rows, sums, upstreams' replies.
/// Arithmetic therefore never overflows, and every time can be printed and parsed again. `init(exactly:)` and
/// `adding(_:)` return `nil` instead of clamping.
///
/// Provider times are whole seconds (`flooredToSecond`); times of receipt keep their milliseconds.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    /// From 0000-01-01T00:00:00Z to the last millisecond of 9999-12-31.
    static let representable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.representable.lowerBound), Self.representable.upperBound)
    }

    public init(seconds: Int64) {
        self.init(milliseconds: seconds.multipliedClamping(by: 1000))
    }

    /// `nil` outside the years 0 to 9999.
    public init?(exactly milliseconds: Int64) {
        guard Self.representable.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// The time plus a span; `nil` outside the years 0 to 9999.
    public func adding(_ span: TimeSpan) -> Timestamp? {
        Timestamp(exactly: milliseconds + span.milliseconds)
    }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    /// The time without its milliseconds, as providers print theirs: durations are differences of whole seconds.
    public var flooredToSecond: Timestamp {
        Timestamp(seconds: seconds)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public static func + (moment: Timestamp, span: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + span.milliseconds)
    }

    public static func - (moment: Timestamp, span: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds - span.milliseconds)
    }

    public static func - (later: Timestamp, earlier: Timestamp) -> TimeSpan {
        TimeSpan(milliseconds: later.milliseconds - earlier.milliseconds)
    }
}

extension Timestamp {
    /// The earlier of two optional times.
    static func earliest(_ one: Timestamp?, _ other: Timestamp?) -> Timestamp? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}

/// A duration in milliseconds. May be negative.
///
/// Clamped to the length of the years 0 to 9999, so that sums of times and spans never overflow.
public struct TimeSpan: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    /// The span between the first and the last representable time.
    static let longest = Timestamp.representable.upperBound - Timestamp.representable.lowerBound

    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, -Self.longest), Self.longest)
    }

    /// `nil` if it is longer than the years 0 to 9999.
    public init?(exactly milliseconds: Int64) {
        guard (-Self.longest...Self.longest).contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    public static let zero = TimeSpan(milliseconds: 0)

    public static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count) }
    public static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count.multipliedClamping(by: 1000))
    }
    public static func minutes(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count.multipliedClamping(by: 60_000))
    }
    public static func hours(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count.multipliedClamping(by: 3_600_000))
    }
    public static func days(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count.multipliedClamping(by: 86_400_000))
    }

    /// Whole seconds, rounded towards zero.
    public var wholeSeconds: Int64 { milliseconds / 1000 }

    /// Seconds with their fraction, for printing and for bucket bounds.
    public var inSeconds: Double { Double(milliseconds) / 1000 }

    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds + right.milliseconds)
    }

    public static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds - right.milliseconds)
    }
}

extension Int64 {
    /// The product, clamped to the range of the type.
    fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}
