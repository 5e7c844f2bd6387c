public import SLOCore

/// Moves recorded deliveries in time, receipt and provider times alike, by one constant.
///
/// A recording of last month, sent as it is, tells of changes whose deadlines are long past. Moved to now, it is judged
/// as if it happened now.
public struct TimeShift: Sendable {
    /// Whole seconds: providers' times have no fraction that a shift could keep.
    private let seconds: Int64

    /// The shift that brings one moment to another, rounded down to whole seconds.
    public init(from: Timestamp, to: Timestamp) {
        seconds = (to - from).milliseconds / 1000
    }

    /// The delivery with its receipt, and every string of its body that is a time, moved. Times written as numbers are
    /// left alone: nothing that is measured is.
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

    /// Overwrites times in place: a moved time is as long as it was.
    private func shift(_ json: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        var index = json.startIndex
        while let start = json[index...].firstIndex(of: quote) {
            index = start + 1
            // 19 characters to the second; with fraction and offset no more than 40.
            guard
                json.count > start + 20, Self.looksLikeDate(json[(start + 1)...]),
                let end = json[(start + 20)...].prefix(24).firstIndex(of: quote),
                Timestamp(rfc3339: json[(start + 1)..<end]) != nil,
                let written = Timestamp(rfc3339: json[(start + 1)..<(start + 20)])
            else { continue }
            index = end + 1
            // What would leave the years 0 to 9999 stays as it is.
            guard let time = written.adding(.seconds(seconds)) else { continue }
            let moved = Array(time.rfc3339.utf8.prefix(19))
            for offset in 0..<19 where offset != 10 { json[start + 1 + offset] = moved[offset] }
        }
    }

    /// Whether it goes on like `2025-11`: few strings do, and only those are read as times.
    private static func looksLikeDate(_ text: ArraySlice<UInt8>) -> Bool {
        let first = text.startIndex
        return text[first + 4] == UInt8(ascii: "-") && text[first + 7] == UInt8(ascii: "-")
            && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[first])
    }
}
