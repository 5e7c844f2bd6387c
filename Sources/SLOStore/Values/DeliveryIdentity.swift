/// By what a delivery is recognised when it comes again: 16 bytes out of its source's own identifier or a digest.
public struct DeliveryIdentity: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first 16 bytes of a digest over source and identifier, or over source and body.
    /// - Returns: `nil` when there are fewer.
    public init?(digest: ArraySlice<UInt8>) {
        guard digest.count >= 16 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for byte in digest.prefix(8) { words.0 = words.0 << 8 | UInt64(byte) }
        for byte in digest.dropFirst(8).prefix(8) { words.1 = words.1 << 8 | UInt64(byte) }
        (high, low) = words
    }

    /// A UUID as text, `8-4-4-4-12` hexadecimal digits in either case.
    ///
    /// GitHub's are of the kind that begins with the low bits of a clock. Its high bits are put first, so that what
    /// arrives together lies together in the index, and a batch touches few of its pages. Nothing is lost by that.
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

    /// For a delivery that has this identity and another body than the one that is held: its own, so that it is
    /// recognised when it comes again. The bits that are turned make it none that a UUID could be.
    public func conflicting(with body: BodyFingerprint) -> DeliveryIdentity {
        DeliveryIdentity(high: high ^ body.bits, low: ~low)
    }

    /// What is delivered under one UUID to several addresses, told apart by a digest that the address is part of. It
    /// stays in the index where the UUID lies.
    /// - Returns: `nil` when the digest is too short.
    public func distinguished(by digest: ArraySlice<UInt8>) -> DeliveryIdentity? {
        DeliveryIdentity(digest: digest).map { DeliveryIdentity(high: high, low: $0.low) }
    }

    /// Identities stored one behind the other.
    static func all(in bytes: [UInt8]) -> [DeliveryIdentity] {
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

    private static func hexValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
