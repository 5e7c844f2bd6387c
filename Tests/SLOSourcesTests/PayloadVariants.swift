import SLOJSON

/// A payload with one of its fields changed.
struct PayloadVariant {
    /// Keys with dots between; `[]` stands for the first element of an array.
    let path: String
    let change: String
    let body: [UInt8]
}

/// Every payload that differs from a real one in one field.
struct PayloadVariants {
    private let document: JSONValue
    let paths: [[String]]

    init(of body: [UInt8]) throws {
        self.document = try JSONValue(parsing: body)
        self.paths = Self.paths(in: self.document)
    }

    /// What GitHub's events come in kinds by.
    var action: String { document["action"]?.text ?? "" }

    /// The field in turn null, removed, of other types, empty and far longer than any provider sends.
    func all(at path: [String]) -> [PayloadVariant] {
        Self.changes(of: document.value(at: path)).map { name, value in
            PayloadVariant(
                path: path.joined(separator: "."), change: name,
                body: document.replacing(at: path[...], with: value).bytes)
        }
    }

    /// `nil` as a value removes the field.
    private static func changes(of value: JSONValue?) -> [(String, JSONValue?)] {
        let others: [(String, JSONValue?)] = [
            ("null", .null), ("removed", nil), ("a flag", .bool(true)), ("a number", .number("-7")),
            ("a fraction", .number("1e300")), ("a text", .text("x")), ("empty", .text("")),
            ("a list", .array([.null, .number("1")])), ("an object", .object([.init(key: "x", value: .null)])),
        ]
        return others + [("longer", longer(value))]
    }

    private static func longer(_ value: JSONValue?) -> JSONValue {
        switch value {
        case .text(let text): .text(text + String(repeating: "é-", count: 5000))
        case .number: .number("9" + String(repeating: "0", count: 60))
        case .array(let elements): .array(Array(repeating: elements.first ?? .null, count: 1000))
        case .object(let members):
            .object(members + (0..<1000).map { .init(key: "more\($0)", value: .text("x")) })
        case .bool, .null, nil: .array(Array(repeating: .array([]), count: 1000))
        }
    }

    private static func paths(in value: JSONValue) -> [[String]] {
        switch value {
        case .object(let members):
            members.flatMap { member in [[member.key]] + paths(in: member.value).map { [member.key] + $0 } }
        case .array(let elements): elements.first.map { paths(in: $0).map { ["[]"] + $0 } } ?? []
        case .null, .bool, .number, .text: []
        }
    }
}

extension JSONValue {
    fileprivate func value(at path: [String]) -> JSONValue? {
        path.reduce(Optional(self)) { value, key in
            if key == "[]", case .array(let elements)? = value { return elements.first }
            return value?[key]
        }
    }

    fileprivate func replacing(at path: ArraySlice<String>, with value: JSONValue?) -> JSONValue {
        guard let key = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch self {
        case .object(let members):
            return .object(
                members.compactMap { member in
                    guard member.key == key else { return member }
                    if rest.isEmpty { return value.map { Member(key: key, value: $0) } }
                    return Member(key: key, value: member.value.replacing(at: rest, with: value))
                })
        case .array(let elements):
            return .array(elements.prefix(1).map { $0.replacing(at: rest, with: value) } + elements.dropFirst())
        case .null, .bool, .number, .text:
            return self
        }
    }
}
