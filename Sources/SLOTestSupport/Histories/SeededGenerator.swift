/// Pseudo-random numbers: the same for a seed on every machine, in every build and run.
///
/// SplitMix64. The functions below do not use the standard library's, whose algorithms may change.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// The generator of a seed for one of several independent purposes.
    init(seed: UInt64, for purpose: StaticString) {
        self.init(seed: seed)
        purpose.withUTF8Buffer { for byte in $0 { state = next() ^ UInt64(byte) } }
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A new generator for a part of the work. However many numbers that part draws, the rest stays the same.
    public mutating func fork() -> SeededGenerator {
        SeededGenerator(seed: next())
    }
}

extension SeededGenerator {
    /// `true` with this probability.
    public mutating func chance(_ share: Double) -> Bool {
        fraction() < share
    }

    /// 0 or more, less than 1.
    public mutating func fraction() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    /// A whole number of the range.
    public mutating func whole(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
        guard span != 0 else { return Int64(bitPattern: next()) }
        return range.lowerBound &+ Int64(bitPattern: next().multipliedFullWidth(by: span).high)
    }

    /// A whole number of the range, with equal probability for each order of magnitude. The range begins at 1 or above.
    public mutating func magnitude(_ range: ClosedRange<Int64>) -> Int64 {
        let doublings = Int64(64 - range.upperBound.leadingZeroBitCount)
        let top = min(range.upperBound, max(range.lowerBound, 1 << whole(1...max(1, doublings))))
        return whole(range.lowerBound...top)
    }

    /// A random element. The array must not be empty.
    public mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(whole(0...Int64(elements.count - 1)))]
    }

    /// A text of this many hexadecimal digits: 40 make a commit.
    public mutating func hexadecimal(digits count: Int) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var bits = next()
            for _ in 0..<min(16, count - bytes.count) {
                bytes.append(Self.digits[Int(bits & 15)])
                bits >>= 4
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A UUID of version 4.
    public mutating func uuid() -> String {
        let digits = Array(hexadecimal(digits: 30).utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 15, 18].contains(index) { bytes.append(UInt8(ascii: "-")) }
            if index == 12 { bytes.append(UInt8(ascii: "4")) }
            if index == 15 { bytes.append(UInt8(ascii: "a")) }
            bytes.append(digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
