/// The field `payload` of a form body. The signature is over the form as it was sent, not over this.
enum FormBody {
    static let problem = "the form has no field `payload`, or one with a broken percent escape"

    /// The field's bytes; `nil` if there is none or an escape in it is broken.
    static func payload(of body: UnsafeRawBufferPointer) -> [UInt8]? {
        var fields = body[...]
        while true {
            let field = fields.prefix { $0 != UInt8(ascii: "&") }
            if field.starts(with: name) { return decoded(field.dropFirst(name.count)) }
            guard field.endIndex < body.endIndex else { return nil }
            fields = body[(field.endIndex + 1)...]
        }
    }

    private static let name = Array("payload=".utf8)

    private static func decoded(_ text: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(SignatureHeader.nibble),
                    let low = rest.popFirst().flatMap(SignatureHeader.nibble)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return bytes
    }
}
