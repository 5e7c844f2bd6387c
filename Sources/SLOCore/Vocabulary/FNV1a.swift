/// A small digest of texts that nobody chooses to collide.
struct FNV1a {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Texts are told apart: "ab", "c" gives another value than "a", "bc".
    mutating func add(_ text: String) {
        for byte in text.utf8 { mix(UInt64(byte)) }
        mix(0xFF)
    }

    private mutating func mix(_ byte: UInt64) {
        value = (value ^ byte) &* 0x100_0000_01B3
    }
}
