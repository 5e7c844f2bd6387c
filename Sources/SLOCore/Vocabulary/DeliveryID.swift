/// The id of a delivery as GitHub and Fedora Messaging give it: a UUID in lower case.
public struct DeliveryID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// - Returns: `nil` for any other text.
    public init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (place, byte) in text.utf8.enumerated() {
            if Self.dashes.contains(place) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.value(ofDigit: byte) else { return nil }
            // The 18th byte is the last of the first 16 digits.
            if place < 18 { words.0 = words.0 << 4 | digit } else { words.1 = words.1 << 4 | digit }
        }
        (high, low) = words
    }

    /// The 36 bytes of the text.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 36) { buffer, count in
            var digits = 0
            for place in 0..<36 {
                guard !Self.dashes.contains(place) else {
                    buffer[place] = UInt8(ascii: "-")
                    continue
                }
                let word = digits < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - digits % 16 * 4) & 0xF)
                buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                digits += 1
            }
            count = 36
        }
    }

    private static let dashes: [Int] = [8, 13, 18, 23]

    private static func value(ofDigit byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}

extension DeliveryID: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
