public import SLOCore

/// Moves the times of recorded deliveries, receipt and provider times alike, by one constant.
///
/// The deadlines in an old recording have passed long ago. Moved to now, the recording is judged as if it happened now.
public struct TimeShift: Sendable {
    /// Whole seconds, because providers' times have no fraction.
    private let seconds: Int64

    /// The shift from one moment to another, rounded down to whole seconds.
    public init(from: Timestamp, to: Timestamp) {
        seconds = (to - from).milliseconds / 1000
    }

    /// The delivery with its receipt and all times in its body moved. Only times written as strings are moved: no
    /// measured time is a number.
    public func shifted(_ delivery: RecordedDelivery) -> RecordedDelivery {
        var shifted = delivery
        shifted.receivedAt = delivery.receivedAt + .seconds(seconds)
        if delivery.isForm {
            guard var json = delivery.body.withUnsafeBytes(FormPayload.decoded) else { return shifted }
            shift(&json)
            shifted.body = FormPayload.encoded(json)
        } else {
            shift(&shifted.body)
        }
        return shifted
    }

    /// Overwrites times in place: a moved time has the same length.
    private func shift(_ json: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        var index = json.startIndex
        while let start = json[index...].firstIndex(of: quote) {
            index = start + 1
            // At least 19 characters, up to the second; at most 40 with fraction and offset.
            guard
                json.count > start + 20, Self.looksLikeDate(json[(start + 1)...]),
                let end = json[(start + 20)...].prefix(24).firstIndex(of: quote),
                Timestamp(rfc3339: json[(start + 1)..<end]) != nil,
                let written = Timestamp(rfc3339: json[(start + 1)..<(start + 20)])
            else { continue }
            index = end + 1
            // A time that would leave the years 0 to 9999 is not moved.
            guard let time = written.adding(.seconds(seconds)) else { continue }
            let moved = Array(time.rfc3339.utf8.prefix(19))
            for offset in 0..<19 where offset != 10 { json[start + 1 + offset] = moved[offset] }
        }
    }

    /// Whether the string begins like `2025-11`. Only few do, and only those are parsed as times.
    private static func looksLikeDate(_ text: ArraySlice<UInt8>) -> Bool {
        let first = text.startIndex
        return text[first + 4] == UInt8(ascii: "-") && text[first + 7] == UInt8(ascii: "-")
            && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[first])
    }
}
