import HTTPTypes
import SLOService
import SLOJSON
import SLOHTTP

/// Generates the OpenAPI 3.1 document from the table that routes the requests.
enum OpenAPIDocument {
    static func json(_ operations: [APIOperation], edits: [APIEdit]) -> JSONValue {
        .members([
            ("openapi", .text("3.1.0")),
            (
                "info",
                .members([
                    ("title", .text("packit-slo")),
                    ("version", .text("1")),
                    ("summary", .text("Packit’s service level objectives, measured from outside.")),
                    ("description", .text(introduction)),
                ])
            ),
            ("servers", .array([.members([("url", .text(APIOperation.root))])])),
            ("security", .array([])),
            (
                "paths",
                .members(
                    operations.map { operation in
                        let own = edits.filter { $0.path == operation.path }
                        return (
                            operation.path,
                            .members([("get", operation.json)] + own.map { ($0.method.rawValue.lowercased(), $0.json) })
                        )
                    })
            ),
            (
                "components",
                .members([
                    ("schemas", .members(APISchema.components.map { ($0.name, $0.schema.json) })),
                    ("responses", .members(refusals)),
                    (
                        "securitySchemes",
                        .members([("token", .members([("type", .text("http")), ("scheme", .text("bearer"))]))])
                    ),
                ])
            ),
        ])
    }

    private static let introduction =
        "JSON for everything that the pages show. Times are RFC 3339 in UTC, durations are seconds. Members without a value "
        + "are left out. Members may be added, but are never renamed or removed. A parameter that is unknown, repeated or "
        + "invalid is refused. Every resource supports HEAD and has an ETag."

    private static let refusals: [(String, JSONValue?)] = [
        ("BadRequest", refusal("A parameter is unknown or invalid; `parameter` names it.")),
        ("NotAcceptable", refusal("The format is not among those that `Accept` names.")),
        ("Unauthorized", refusal("The token is missing or unknown.")),
        ("Forbidden", refusal("No token is configured, so nobody may write.")),
        ("Unavailable", refusal("The database cannot be read at the moment.")),
    ]

    fileprivate static func refusal(_ description: String) -> JSONValue {
        .members([
            ("description", .text(description)),
            (
                "content",
                .members([
                    (Problem.contentType, .members([("schema", APISchema.named("Problem").json)]))
                ])
            ),
        ])
    }
}

extension APIOperation {
    /// The members of the list's items, for comma-separated values; empty where they are not offered.
    var columns: [String] {
        guard parameters.contains(where: { $0.name == APIParameter.format.name }) else { return [] }
        let components = Dictionary(uniqueKeysWithValues: APISchema.components.map { ($0.name, $0.schema) })
        guard case .object(let members)? = components[answer],
            case .list(.named(let item))? = members.first(where: { $0.name == "items" })?.schema,
            case .object(let columns)? = components[item]
        else { return [] }
        return columns.map(\.name)
    }

    fileprivate var json: JSONValue {
        .members([
            ("operationId", .text(id)), ("summary", .text(summary)),
            ("description", description.isEmpty ? nil : .text(description)),
            (
                "parameters",
                parameters.isEmpty ? nil : .array(parameters.map { $0.description(isRequired: $0.place == .path) })
            ),
            (
                "responses",
                .members([
                    ("200", success),
                    (
                        "304",
                        .members([
                            ("description", .text("Unchanged since the response with the ETag in `If-None-Match`."))
                        ])
                    ),
                    ("400", Self.reference("BadRequest")),
                    ("404", absence.map(OpenAPIDocument.refusal)),
                    ("406", Self.reference("NotAcceptable")),
                    ("503", Self.reference("Unavailable")),
                ])
            ),
        ])
    }

    private var success: JSONValue {
        let components = Dictionary(uniqueKeysWithValues: APISchema.components.map { ($0.name, $0.schema) })
        let schema = APISchema.named(answer)
        return .members([
            ("description", .text(summary + ".")),
            (
                "headers",
                .members([
                    (
                        "ETag",
                        .members([
                            ("description", .text("Identifies this response, for `If-None-Match`.")),
                            ("required", .bool(true)), ("schema", .members([("type", .text("string"))])),
                        ])
                    )
                ])
            ),
            (
                "content",
                .members([
                    (
                        "application/json",
                        .members([("schema", schema.json), ("example", schema.example(components))])
                    ),
                    (
                        "text/csv",
                        columns.isEmpty
                            ? nil
                            : .members([
                                ("schema", .members([("type", .text("string"))])),
                                ("example", .text(CSVDocument.text([], columns: columns))),
                            ])
                    ),
                ])
            ),
        ])
    }

    fileprivate static func reference(_ response: String) -> JSONValue {
        .members([("$ref", .text("#/components/responses/\(response)"))])
    }
}

extension APIEdit {
    fileprivate var json: JSONValue {
        .members([
            ("operationId", .text(id)), ("summary", .text(summary)),
            ("parameters", .array(parameters.map { $0.description(isRequired: true) })),
            ("security", .array([.members([("token", .array([]))])])),
            (
                "responses",
                .members([
                    (answer == nil ? "204" : "201", success), ("400", APIOperation.reference("BadRequest")),
                    ("401", APIOperation.reference("Unauthorized")), ("403", APIOperation.reference("Forbidden")),
                    ("503", APIOperation.reference("Unavailable")),
                ])
            ),
        ])
    }

    private var success: JSONValue {
        let components = Dictionary(uniqueKeysWithValues: APISchema.components.map { ($0.name, $0.schema) })
        let content = answer.map { answer in
            let schema = APISchema.named(answer)
            return JSONValue.members([
                (
                    "application/json",
                    .members([("schema", schema.json), ("example", schema.example(components))])
                )
            ])
        }
        return .members([("description", .text("Done, and on disk.")), ("content", content)])
    }
}
