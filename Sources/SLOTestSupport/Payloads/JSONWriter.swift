import SLOJSON

/// Writes JSON, including commas. The caller must close what it opens.
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
        if let text { quote(text) } else { raw("null") }
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

    /// A key that is not a literal.
    mutating func field(named key: String, _ text: String) {
        comma()
        quote(key)
        raw(":")
        quote(text)
        needsComma = true
    }

    /// A text in bytes, with the necessary escapes.
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

    private mutating func quote(_ text: String) { bytes.append(jsonString: text) }

    private mutating func quote(_ text: [UInt8]) { bytes.append(jsonString: text) }
}
