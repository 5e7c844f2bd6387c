/// JSON under construction. Commas are its business; that what is opened is closed is the caller's.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(reserving count: Int = 2048) {
        bytes.reserveCapacity(count)
    }

    mutating func open(_ key: StaticString? = nil) { begin(key, "{") }

    mutating func openList(_ key: StaticString? = nil) { begin(key, "[") }

    mutating func close() { end("}") }

    mutating func closeList() { end("]") }

    mutating func object(_ key: StaticString, _ content: (inout JSONWriter) -> Void) {
        open(key)
        content(&self)
        close()
    }

    /// `nil` is written as null.
    mutating func field(_ key: StaticString, _ text: String?) {
        name(key)
        if let text { quote(text.utf8) } else { raw("null") }
        needsComma = true
    }

    mutating func field(_ key: StaticString, _ number: Int64?) {
        name(key)
        raw(number.map(String.init) ?? "null")
        needsComma = true
    }

    mutating func field(_ key: StaticString, _ isSo: Bool) {
        name(key)
        raw(isSo ? "true" : "false")
        needsComma = true
    }

    /// A number of thousandths, `12.5`.
    mutating func field(_ key: StaticString, thousandths: Int64?) {
        name(key)
        if let thousandths {
            let rest = String(thousandths % 1000)
            raw("\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest)
        } else {
            raw("null")
        }
        needsComma = true
    }

    mutating func null(_ key: StaticString) {
        field(key, String?.none)
    }

    /// A key that is not known beforehand.
    mutating func field(named key: String, _ text: String) {
        comma()
        quote(key.utf8)
        raw(":")
        quote(text.utf8)
        needsComma = true
    }

    /// A text of bytes, as they are but for what JSON needs escaped.
    mutating func field(_ key: StaticString, bytes text: [UInt8]) {
        name(key)
        quote(text)
        needsComma = true
    }

    private mutating func begin(_ key: StaticString?, _ bracket: StaticString) {
        if let key { name(key) } else { comma() }
        raw(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: StaticString) {
        raw(bracket)
        needsComma = true
    }

    private mutating func name(_ key: StaticString) {
        comma()
        raw("\"")
        raw(key)
        raw("\":")
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        let isDone: Void? = text.withContiguousStorageIfAvailable { appendEscaped($0) }
        if isDone == nil { Array(text).withUnsafeBufferPointer { appendEscaped($0) } }
        bytes.append(UInt8(ascii: "\""))
    }

    /// What needs no escape is copied in one go.
    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for (index, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            escape(byte)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x0A: raw("\\n")
        default: raw((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
        }
    }
}
