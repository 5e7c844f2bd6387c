/// Text as it stands in paths and queries.
public enum PercentEncoding {
    /// What needs no escape anywhere, besides letters and digits (RFC 3986, unreserved).
    public static let unreserved = "-._~"

    /// Everything but letters, digits and what is kept is written as its bytes.
    public static func encoded(_ text: String, keeping kept: String = unreserved) -> String {
        let kept = Set(kept.utf8)
        return text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                return String(UnicodeScalar(byte))
            case _ where kept.contains(byte): return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }.joined()
    }
}
