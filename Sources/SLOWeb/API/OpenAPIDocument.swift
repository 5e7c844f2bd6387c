import SLOService
import SLOJSON
import SLOHTTP

/// What the API is, in OpenAPI 3.1: made of the same table that is routed.
enum OpenAPIDocument {
    static func json(_ operations: [APIOperation]) -> JSONValue {
        .members([
            ("openapi", .text("3.1.0")),
            (
                "info",
                .members([
                    ("title", .text("packit-slo")),
                    ("version", .text("1")),
                    ("summary", .text("Whether Packit keeps its promises, measured from outside.")),
                    ("description", .text(introduction)),
                ])
            ),
            ("servers", .array([.members([("url", .text(APIOperation.root))])])),
            ("security", .array([])),
            ("paths", .members(operations.map { ($0.path, .members([("get", $0.json)])) })),
            (
                "components",
                .members([
                    ("schemas", .members(APISchema.components.map { ($0.name, $0.schema.json) })),
                    ("responses", .members(refusals)),
                ])
            ),
        ])
    }

    private static let introduction =
        "JSON for everything that the pages show. Times are RFC 3339 in UTC, spans are seconds. What has no value is "
        + "left out. Members are added, never renamed or dropped. A parameter that is not known, is there twice or "
        + "cannot be read is refused. Every resource answers HEAD, too, and has an ETag."

    private static let refusals: [(String, JSONValue?)] = [
        ("BadRequest", refusal("A parameter is not known or cannot be read; `parameter` names it.")),
        ("NotAcceptable", refusal("Nothing but JSON is served here.")),
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
    fileprivate var json: JSONValue {
        .members([
            ("operationId", .text(id)), ("summary", .text(summary)),
            ("description", description.isEmpty ? nil : .text(description)),
            ("parameters", parameters.isEmpty ? nil : .array(parameters.map(\.description))),
            (
                "responses",
                .members([
                    ("200", success),
                    (
                        "304",
                        .members([("description", .text("As it was when the ETag in `If-None-Match` was given."))])
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
                            ("description", .text("Of this answer, for `If-None-Match`.")),
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
                    )
                ])
            ),
        ])
    }

    private static func reference(_ response: String) -> JSONValue {
        .members([("$ref", .text("#/components/responses/\(response)"))])
    }
}
