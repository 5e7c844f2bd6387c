/// Recognises a repeated delivery: 16 bytes of its source's identifier or of a digest.
public struct DeliveryIdentity: Hashable, Comparable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first 16 bytes of a digest over source and identifier, or over source and body.
    /// - Returns: `nil` if there are fewer.
    public init?(digest: ArraySlice<UInt8>) {
        guard digest.count >= 16 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for byte in digest.prefix(8) { words.0 = words.0 << 8 | UInt64(byte) }
        for byte in digest.dropFirst(8).prefix(8) { words.1 = words.1 << 8 | UInt64(byte) }
        (high, low) = words
    }

    /// A UUID as text, `8-4-4-4-12` hexadecimal digits in either case.
    ///
    /// GitHub's UUIDs begin with the low bits of a clock. The high bits are put first here, so that deliveries of one
    /// time are neighbours in the index and a batch touches few of its pages.
    /// - Returns: `nil` for any other text.
    public init?(uuid text: String) {
        guard text.utf8.count == 36 else { return nil }
        var digits: (UInt64, UInt64) = (0, 0)
        var position = 0
        for byte in text.utf8 {
            switch position {
            case 8, 13, 18, 23:
                guard byte == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = Self.hexValue(byte) else { return nil }
                if position < 18 { digits.0 = digits.0 << 4 | digit } else { digits.1 = digits.1 << 4 | digit }
            }
            position += 1
        }
        let (clockLow, clockMiddle, clockHigh) = (digits.0 >> 32, digits.0 >> 16 & 0xFFFF, digits.0 & 0xFFFF)
        high = clockHigh << 48 | clockMiddle << 32 | clockLow
        low = digits.1
    }

    /// The identity under which a delivery with the same identity and another body is stored, so that its repetition is
    /// recognised. The inverted bits make it different from every UUID.
    public func conflicting(with body: BodyFingerprint) -> DeliveryIdentity {
        DeliveryIdentity(high: high ^ body.bits, low: ~low)
    }

    /// The identity of a delivery that GitHub sends under one UUID to several hooks, distinguished by a digest that
    /// includes the hook's target. It keeps the UUID's place in the index.
    /// - Returns: `nil` if the digest is too short.
    public func distinguished(by digest: ArraySlice<UInt8>) -> DeliveryIdentity? {
        DeliveryIdentity(digest: digest).map { DeliveryIdentity(high: high, low: $0.low) }
    }

    /// All that GitHub may have sent under one UUID: that to each hook has the UUID's place and a digest of its own.
    public var ofAllTargets: ClosedRange<DeliveryIdentity> {
        DeliveryIdentity(high: high, low: 0)...DeliveryIdentity(high: high, low: .max)
    }

    /// Splits concatenated identities.
    public static func all(in bytes: [UInt8]) -> [DeliveryIdentity] {
        stride(from: 0, to: bytes.count, by: 16).compactMap { DeliveryIdentity(digest: bytes[$0...].prefix(16)) }
    }

    /// The 16 bytes, as stored.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - index * 8))
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - index * 8))
            }
            count = 16
        }
    }

    /// As in the index.
    public static func < (left: DeliveryIdentity, right: DeliveryIdentity) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func hexValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
