/// Percent-encoding for paths and queries.
public enum PercentEncoding {
    /// The characters besides letters and digits that never need an escape (RFC 3986, unreserved).
    public static let unreserved = "-._~"

    /// Encodes everything except letters, digits and `kept`.
    public static func encoded(_ text: String, keeping kept: String = unreserved) -> String {
        var encoded: [UInt8] = []
        append(text.utf8, keeping: Array(kept.utf8), to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Appends bytes, encoding everything except letters, digits and `kept`.
    static func append(_ bytes: some Sequence<UInt8>, keeping kept: [UInt8] = [], to encoded: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                encoded.append(byte)
            case _ where kept.contains(byte): encoded.append(byte)
            default:
                encoded.append(UInt8(ascii: "%"))
                encoded.append(contentsOf: (byte < 16 ? "0" : "").utf8)
                encoded.append(contentsOf: String(byte, radix: 16, uppercase: true).utf8)
            }
        }
    }

    /// - Parameter plusIsSpace: as in forms and queries.
    /// - Returns: `nil` where a `%` is not followed by two hexadecimal digits.
    public static func decoded(_ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count, let high = hexDigit(bytes[index + 1]),
                    let low = hexDigit(bytes[index + 2])
                else { return nil }
                decoded.append(high << 4 | low)
                index += 2
            case let byte: decoded.append(byte)
            }
            index += 1
        }
        return decoded
    }

    /// The value of a hexadecimal digit of either case; `nil` for any other byte.
    @inlinable
    public static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
