/// A JSON text as a tree that keeps the order of members and the spelling of numbers, for documents, recordings and
/// reports. Incoming deliveries are never converted to trees.
package indirect enum JSONValue: Equatable, Sendable {
    package struct Member: Equatable, Sendable {
        package let key: String
        package let value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    /// As it is written: ids exceed the range of some readers' numbers.
    case number(String)
    case text(String)
    case array([JSONValue])
    case object([Member])

    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}

// MARK: - Construction

extension JSONValue {
    package static func integer(_ value: Int64) -> JSONValue { .number(String(value)) }

    /// `null` for infinity and NaN.
    package static func decimal(_ value: Double) -> JSONValue { value.isFinite ? .number("\(value)") : .null }

    /// An object. Members without a value are left out.
    package static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }
}

// MARK: - Parsing

extension JSONValue {
    package init(parsing bytes: [UInt8]) throws(JSONFault) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(JSONFault) in
            var scanner = JSONScanner(UnsafeRawBufferPointer(buffer))
            let value = try scanner.value(depth: 0)
            try scanner.expectEnd()
            return value
        }
    }
}

extension JSONScanner {
    fileprivate mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth < Self.maxDepth else { throw JSONFault("is nested too deeply") }
        switch peek() {
        case UInt8(ascii: "\""): return .text(try text())
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

// MARK: - Writing

extension JSONValue {
    /// Without white space.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output, indentation: nil)
        return output
    }

    /// For people: two spaces per level, a line for each element, and a line feed at the end.
    package var document: String {
        var output: [UInt8] = []
        write(to: &output, indentation: 0)
        output.append(UInt8(ascii: "\n"))
        return String(decoding: output, as: UTF8.self)
    }

    private func write(to output: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.utf8)
        case .text(let text): output.append(jsonString: text)
        case .array(let elements):
            Self.write(elements, between: ("[", "]"), to: &output, indentation: indentation) {
                element, output, deeper in
                element.write(to: &output, indentation: deeper)
            }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &output, indentation: indentation) { member, output, deeper in
                output.append(jsonString: member.key)
                output.append(contentsOf: (deeper == nil ? ":" : ": ").utf8)
                member.value.write(to: &output, indentation: deeper)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], between brackets: (Unicode.Scalar, Unicode.Scalar), to output: inout [UInt8],
        indentation: Int?, each: (Element, inout [UInt8], _ indentation: Int?) -> Void
    ) {
        output.append(UInt8(ascii: brackets.0))
        for (place, element) in elements.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            if let indentation { beginLine(in: &output, indentation: indentation + 2) }
            each(element, &output, indentation.map { $0 + 2 })
        }
        if let indentation, !elements.isEmpty { beginLine(in: &output, indentation: indentation) }
        output.append(UInt8(ascii: brackets.1))
    }

    private static func beginLine(in output: inout [UInt8], indentation: Int) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
    }
}
