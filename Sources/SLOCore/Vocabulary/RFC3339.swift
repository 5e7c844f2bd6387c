/// A parser for the providers' fixed-width times. Foundation's formatters cost more than the rest of a delivery's
/// decoding.
extension Timestamp {
    /// Parses `2026-11-22T10:00:00Z`, `…+02:00`, `…-0500`, with or without a fraction of a second.
    ///
    /// A time without an offset is UTC, as Testing Farm means it.
    /// - Returns: `nil` for any other text, for days and hours that do not exist, and for times outside the years 0 to
    ///   9999 in UTC, so that every result can be printed and parsed again.
    public init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
        var reader = DigitReader(bytes: bytes)
        guard
            let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2)
        else { return nil }
        guard
            (1...12).contains(month), day >= 1, day <= Self.daysIn(month: month, year: year),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.skip(".") {
            guard let milliseconds = reader.fractionInMilliseconds() else { return nil }
            fraction = milliseconds
        }
        guard let offset = reader.offsetInMinutes(), reader.isAtEnd else { return nil }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let ofDay = Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
        let milliseconds = (days * 86400 + ofDay - Int64(offset) * 60) * 1000 + fraction
        self.init(exactly: milliseconds)
    }

    public init?(rfc3339 bytes: ArraySlice<UInt8>) {
        guard let time = bytes.withUnsafeBufferPointer({ Timestamp(rfc3339: $0) }) else { return nil }
        self = time
    }

    public init?(rfc3339 text: String) {
        self.init(rfc3339: Array(text.utf8)[...])
    }

    /// `2026-11-22T10:00:00.123Z`; whole seconds are printed without a fraction.
    public var rfc3339: String {
        let (year, month, day) = Self.civilDate(daysSinceEpoch: Self.floorDivide(milliseconds, by: 86_400_000))
        let ofDay = milliseconds - Self.floorDivide(milliseconds, by: 86_400_000) * 86_400_000
        let clock = [ofDay / 3_600_000, ofDay / 60000 % 60, ofDay / 1000 % 60].map { Self.padded($0, to: 2) }
        let fraction = ofDay % 1000 == 0 ? "" : "." + Self.padded(ofDay % 1000, to: 3)
        return Self.padded(year, to: 4) + "-" + Self.padded(month, to: 2) + "-" + Self.padded(day, to: 2)
            + "T" + clock.joined(separator: ":") + fraction + "Z"
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that begin in March, so
    /// that the leap day is the last of its year.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = floorDivide(shifted, by: 400)
        let yearOfEra = shifted - era * 400
        let monthFromMarch = Int64((month + 9) % 12)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civilDate(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func floorDivide(_ number: Int64, by divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}

/// Reads decimal digits and separators from the front of some bytes.
private struct DigitReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(digits count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One to nine digits after the point; digits after the third are ignored.
    mutating func fractionInMilliseconds() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = nextDigit() {
            count += 1
            if count <= 3 { value = value * 10 + Int64(digit) }
        }
        guard (1...9).contains(count) else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    /// `Z`, `+02:00`, `-0500` or nothing, as minutes east of Greenwich.
    mutating func offsetInMinutes() -> Int? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2) else { return nil }
        _ = skip(":")
        guard let minutes = number(digits: 2), hours <= 23, minutes <= 59 else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private mutating func nextDigit() -> Int? {
        guard position < bytes.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        defer { position += 1 }
        return Int(bytes[position] - UInt8(ascii: "0"))
    }
}
