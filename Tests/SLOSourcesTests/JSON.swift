/// JSON as a value, to build payloads in tests and to change single fields of them.
indirect enum JSON: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])

    static func == (left: JSON, right: JSON) -> Bool { left.text == right.text }

    /// The field at a path of keys with dots between. Setting makes the objects on the way; `nil` removes the field.
    subscript(path: String) -> JSON? {
        get {
            path.split(separator: ".").reduce(Optional(self)) { value, key in
                guard case .object(let fields)? = value else { return nil }
                return fields.first { $0.key == key }?.value
            }
        }
        set { set(path.split(separator: ".").map(String.init)[...], newValue) }
    }

    private mutating func set(_ path: ArraySlice<String>, _ value: JSON?) {
        guard let key = path.first else { return }
        var fields: [(key: String, value: JSON)] = []
        if case .object(let present) = self { fields = present }
        let index = fields.firstIndex { $0.key == key }
        var field = path.count == 1 ? value : (index.map { fields[$0].value } ?? .object([]))
        if path.count > 1 { field?.set(path.dropFirst(), value) }
        switch (index, field) {
        case (let index?, let field?): fields[index].value = field
        case (let index?, nil): fields.remove(at: index)
        case (nil, let field?): fields.append((key, field))
        case (nil, nil): break
        }
        self = .object(fields)
    }

    func with(_ path: String, _ value: JSON?) -> JSON {
        var copy = self
        copy[path] = value
        return copy
    }

    var text: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): Self.quoted(text)
        case .array(let members): "[" + members.map(\.text).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { (key: $0.0, value: $0.1) }) }
    init(nilLiteral: ()) { self = .null }
}
