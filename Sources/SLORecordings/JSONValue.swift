/// A JSON text as a tree that keeps the order of keys and the spelling of numbers. For export only: deliveries on their
/// way in are never made into trees.
indirect enum JSONValue: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        let key: String
        let value: JSONValue
    }

    case null
    case bool(Bool)
    /// As it was written: ids are larger than some readers' numbers.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    init(parsing bytes: [UInt8]) throws(JSONFault) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(JSONFault) in
            var scanner = JSONScanner(UnsafeRawBufferPointer(buffer))
            let value = try scanner.value(depth: 0)
            try scanner.expectEnd()
            return value
        }
    }

    var bytes: [UInt8] {
        var text = JSONText()
        write(to: &text)
        return text.bytes
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    private func write(to text: inout JSONText) {
        switch self {
        case .null: text.append("null")
        case .bool(let value): text.append(value ? "true" : "false")
        case .number(let number): text.append(number)
        case .string(let string): text.append(quoted: string)
        case .array(let elements):
            text.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(",") }
                element.write(to: &text)
            }
            text.append("]")
        case .object(let members):
            text.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(",") }
                text.append(quoted: member.key)
                text.append(":")
                member.value.write(to: &text)
            }
            text.append("}")
        }
    }
}

extension JSONScanner {
    fileprivate mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth < Self.maxDepth else { throw JSONFault("is nested too deeply") }
        switch peek() {
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "{"):
            var read: [JSONValue.Member] = []
            try members { scanner, key throws(JSONFault) in
                read.append(JSONValue.Member(key: key, value: try scanner.value(depth: depth + 1)))
            }
            return .object(read)
        case UInt8(ascii: "["):
            var read: [JSONValue] = []
            try elements { scanner throws(JSONFault) in read.append(try scanner.value(depth: depth + 1)) }
            return .array(read)
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: return .number(try number())
        }
    }
}
