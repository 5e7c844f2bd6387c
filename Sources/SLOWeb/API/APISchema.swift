import SLOService
import SLOJSON

/// The schema of a value in a response, with an example: the parts of JSON Schema that this API needs.
indirect enum APISchema: Sendable {
    case text(String)
    /// One of several strings.
    case choice([String])
    /// RFC 3339, UTC.
    case time(String)
    case url(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
    case list(APISchema)
    case object([Member])
    /// A component of that name.
    case named(String)
    case orNull(APISchema)
    /// Any object, such as a document of another format.
    case anyObject

    struct Member: Sendable {
        let name: String
        let schema: APISchema
        var meaning: String?
        var isOptional = false
    }

    var json: JSONValue {
        .members(members)
    }

    private var members: [(String, JSONValue?)] {
        switch self {
        case .text: [("type", .text("string"))]
        case .choice(let words): [("type", .text("string")), ("enum", .array(words.map { .text($0) }))]
        case .time: [("type", .text("string")), ("format", .text("date-time"))]
        case .url: [("type", .text("string")), ("format", .text("uri"))]
        case .integer: [("type", .text("integer")), ("format", .text("int64"))]
        case .number: [("type", .text("number")), ("format", .text("double"))]
        case .flag: [("type", .text("boolean"))]
        case .anyObject: [("type", .text("object"))]
        case .list(let element): [("type", .text("array")), ("items", element.json)]
        case .named(let name): [("$ref", .text("#/components/schemas/\(name)"))]
        case .orNull(let schema): [("anyOf", .array([schema.json, .members([("type", .text("null"))])]))]
        case .object(let fields):
            [
                ("type", .text("object")),
                ("required", .array(fields.filter { !$0.isOptional }.map { .text($0.name) })),
                ("properties", .members(fields.map { ($0.name, $0.described) })),
            ]
        }
    }

    /// - Parameter components: the schemas that `named` refers to.
    func example(_ components: [String: APISchema]) -> JSONValue {
        switch self {
        case .text(let text), .time(let text), .url(let text): .text(text)
        case .choice(let words): .text(words[0])
        case .integer(let number): .integer(number)
        case .number(let number): .decimal(number)
        case .flag(let value): .bool(value)
        case .anyObject: .members([])
        case .list(let element): .array([element.example(components)])
        case .orNull(let schema): schema.example(components)
        case .named(let name): components[name]?.example(components) ?? .null
        case .object(let fields): .members(fields.map { ($0.name, $0.schema.example(components)) })
        }
    }
}

extension APISchema.Member {
    /// In OpenAPI 3.1 a description may stand beside a reference.
    fileprivate var described: JSONValue {
        guard case .object(let members) = schema.json else { return schema.json }
        guard let meaning else { return .object(members) }
        return .object(members + [JSONValue.Member(key: "description", value: .text(meaning))])
    }
}

extension APISchema {
    static func member(_ name: String, _ schema: APISchema, _ meaning: String? = nil) -> Member {
        Member(name: name, schema: schema, meaning: meaning)
    }

    /// Left out if there is no value.
    static func optional(_ name: String, _ schema: APISchema, _ meaning: String? = nil) -> Member {
        Member(name: name, schema: schema, meaning: meaning, isOptional: true)
    }

    /// A page of a list, with further members.
    static func page(of name: String, _ more: [Member] = []) -> APISchema {
        .object(
            [member("at", .time("2026-11-17T14:03:30Z"), "The time of this data.")] + more + [
                member("items", .list(.named(name))),
                optional(
                    "next_cursor", .text("w2s"),
                    "The cursor of the next page; left out at the end. A search may return an empty "
                        + "page before its end."),
            ])
    }
}
