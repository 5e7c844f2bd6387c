import SLOService

/// What the API is, in OpenAPI 3.1: made of the same table that is routed.
enum OpenAPIDocument {
    static func json(_ operations: [APIOperation]) -> JSONText {
        .object([
            ("openapi", .text("3.1.0")),
            (
                "info",
                .object([
                    ("title", .text("packit-slo")),
                    ("version", .text("1")),
                    ("summary", .text("Whether Packit keeps its promises, measured from outside.")),
                    ("description", .text(introduction)),
                ])
            ),
            ("servers", .array([.object([("url", .text(APIOperation.root))])])),
            ("security", .array([])),
            ("paths", .object(operations.map { ($0.path, .object([("get", $0.json)])) })),
            (
                "components",
                .object([
                    ("schemas", .object(APISchema.components.map { ($0.name, $0.schema.json) })),
                    ("responses", .object(refusals)),
                ])
            ),
        ])
    }

    private static let introduction =
        "JSON for everything that the pages show. Times are RFC 3339 in UTC, spans are seconds. What has no value is "
        + "left out. Members are added, never renamed or dropped. A parameter that is not known, is there twice or "
        + "cannot be read is refused. Every resource answers HEAD, too, and has an ETag."

    private static let refusals: [(String, JSONText?)] = [
        ("BadRequest", refusal("A parameter is not known or cannot be read; `parameter` names it.")),
        ("NotAcceptable", refusal("Nothing but JSON is served here.")),
        ("Unavailable", refusal("The database cannot be read at the moment.")),
    ]

    fileprivate static func refusal(_ description: String) -> JSONText {
        .object([
            ("description", .text(description)),
            (
                "content",
                .object([
                    (Problem.contentType, .object([("schema", APISchema.named("Problem").json)]))
                ])
            ),
        ])
    }
}

extension APIOperation {
    fileprivate var json: JSONText {
        .object([
            ("operationId", .text(id)), ("summary", .text(summary)),
            ("description", description.isEmpty ? nil : .text(description)),
            ("parameters", parameters.isEmpty ? nil : .array(parameters.map(\.description))),
            (
                "responses",
                .object([
                    ("200", success),
                    (
                        "304",
                        .object([("description", .text("As it was when the ETag in `If-None-Match` was given."))])
                    ),
                    ("400", Self.reference("BadRequest")),
                    ("404", absence.map(OpenAPIDocument.refusal)),
                    ("406", Self.reference("NotAcceptable")),
                    ("503", Self.reference("Unavailable")),
                ])
            ),
        ])
    }

    private var success: JSONText {
        let components = Dictionary(uniqueKeysWithValues: APISchema.components.map { ($0.name, $0.schema) })
        let schema = APISchema.named(answer)
        return .object([
            ("description", .text(summary + ".")),
            (
                "headers",
                .object([
                    (
                        "ETag",
                        .object([
                            ("description", .text("Of this answer, for `If-None-Match`.")),
                            ("required", .bool(true)), ("schema", .object([("type", .text("string"))])),
                        ])
                    )
                ])
            ),
            (
                "content",
                .object([
                    (
                        "application/json",
                        .object([("schema", schema.json), ("example", schema.example(components))])
                    )
                ])
            ),
        ])
    }

    private static func reference(_ response: String) -> JSONText {
        .object([("$ref", .text("#/components/responses/\(response)"))])
    }
}
