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
        var form = prefix
        PercentEncoding.append(json, to: &form)
        return form
    }
}
