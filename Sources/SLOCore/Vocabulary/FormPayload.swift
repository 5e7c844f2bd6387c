/// GitHub's form encoding of a delivery: the JSON is the percent-encoded field `payload`. The signature is over the
/// form as it was sent.
public enum FormPayload {
    private static let prefix = Array("payload=".utf8)

    /// The field's bytes; `nil` if there is none, or an escape in it is broken.
    public static func decoded(_ form: UnsafeRawBufferPointer) -> [UInt8]? {
        var fields = form[...]
        while true {
            let field = fields.prefix { $0 != UInt8(ascii: "&") }
            if field.starts(with: prefix) {
                return PercentEncoding.decoded(
                    UnsafeRawBufferPointer(rebasing: field.dropFirst(prefix.count)), plusIsSpace: true)
            }
            guard field.endIndex < form.endIndex else { return nil }
            fields = form[(field.endIndex + 1)...]
        }
    }

    public static func encoded(_ json: [UInt8]) -> [UInt8] {
        json.reduce(into: prefix) { form, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                form.append(byte)
            default:
                form.append(UInt8(ascii: "%"))
                form.append(contentsOf: (byte < 16 ? "0" : "").utf8)
                form.append(contentsOf: String(byte, radix: 16, uppercase: true).utf8)
            }
        }
    }
}
