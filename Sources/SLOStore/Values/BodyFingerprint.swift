/// A 64-bit hash that tells whether a repeated delivery has the same body.
///
/// Stored, so the algorithm never changes. Not cryptographic: whoever can sign a body has no need to forge one.
public struct BodyFingerprint: Hashable, Sendable {
    public let bits: UInt64

    public init(bits: UInt64) {
        self.bits = bits
    }

    /// Four lanes of multiply and mix, each over every fourth 8-byte word, so that the multiplications overlap.
    public init(of body: UnsafeRawBufferPointer) {
        var lanes = (Self.odd0, Self.odd1, Self.odd2, Self.odd3)
        var offset = 0
        let wholeStrides = body.count / 32 * 32
        while offset < wholeStrides {
            lanes.0 = Self.mix(lanes.0 ^ Self.word(body, at: offset), Self.odd1)
            lanes.1 = Self.mix(lanes.1 ^ Self.word(body, at: offset + 8), Self.odd2)
            lanes.2 = Self.mix(lanes.2 ^ Self.word(body, at: offset + 16), Self.odd3)
            lanes.3 = Self.mix(lanes.3 ^ Self.word(body, at: offset + 24), Self.odd0)
            offset += 32
        }
        while offset + 8 <= body.count {
            lanes.0 = Self.mix(lanes.0 ^ Self.word(body, at: offset), Self.odd1)
            offset += 8
        }
        var rest: UInt64 = 0
        for (position, byte) in body[offset...].enumerated() {
            rest |= UInt64(byte) << UInt64(position * 8)
        }
        lanes.1 = Self.mix(lanes.1 ^ rest, Self.odd2)
        let front = Self.mix(lanes.0 ^ Self.odd2, lanes.1 ^ Self.odd3)
        let back = Self.mix(lanes.2 ^ Self.odd0, lanes.3 ^ Self.odd1)
        // Without the length, bodies that differ only in trailing zero bytes would be equal.
        bits = Self.mix(front ^ back ^ UInt64(body.count), Self.odd0)
    }

    public init(of body: [UInt8]) {
        self = body.withUnsafeBytes { BodyFingerprint(of: $0) }
    }

    // Odd numbers with about as many ones as zeros: the fractions of the square roots of 2, 3, 5 and 7.
    private static let odd0: UInt64 = 0x6A09_E667_F3BC_C909
    private static let odd1: UInt64 = 0xBB67_AE85_84CA_A73B
    private static let odd2: UInt64 = 0x3C6E_F372_FE94_F82B
    private static let odd3: UInt64 = 0xA54F_F53A_5F1D_36F1

    /// Both halves of the product, folded. Adding one factor keeps a zero from cancelling everything before it.
    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return (product.high ^ product.low) &+ left
    }

    @inline(__always)
    private static func word(_ body: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: body.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
