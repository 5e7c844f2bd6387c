extension [UInt8] {
    /// Appends a text as a JSON string with quotes.
    package mutating func append(jsonString text: String) {
        var text = text
        append(UInt8(ascii: "\""))
        text.withUTF8 { append(escaping: $0) }
        append(UInt8(ascii: "\""))
    }

    /// Appends UTF-8 as a JSON string with quotes.
    package mutating func append(jsonString text: [UInt8]) {
        append(UInt8(ascii: "\""))
        text.withUnsafeBufferPointer { append(escaping: $0) }
        append(UInt8(ascii: "\""))
    }

    /// Copies everything that needs no escape at once: single characters would cost as much as parsing a body.
    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for (index, byte) in text.enumerated() where Self.needsEscape(byte) {
            append(contentsOf: text[start..<index])
            append(escapeOf: byte)
            start = index + 1
        }
        append(contentsOf: text[start...])
    }

    /// DEL is escaped, too, so that a document printed on a terminal contains no control character.
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func append(escapeOf byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(contentsOf: "u00".utf8)
            append(contentsOf: [Self.hexDigit(byte >> 4), Self.hexDigit(byte & 15)])
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// The text as a JSON string with quotes. Control characters are escaped, so that it stays on one line.
package func jsonString(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 2)
    bytes.append(jsonString: text)
    return String(decoding: bytes, as: UTF8.self)
}
