/// GitHub's form encoding: `payload=` and the JSON, percent-encoded.
enum FormPayload {
    private static let prefix = Array("payload=".utf8)

    static func isUsed(by delivery: RecordedDelivery) -> Bool {
        delivery.headers["Content-Type"]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
    }

    static func decoded(_ body: [UInt8]) -> [UInt8]? {
        let field = body.split(separator: UInt8(ascii: "&")).first { $0.starts(with: prefix) }
        guard let field else { return nil }
        var decoded: [UInt8] = []
        var rest = field.dropFirst(prefix.count)
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    static func encoded(_ json: [UInt8]) -> [UInt8] {
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
