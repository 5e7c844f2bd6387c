import SLOJSON

/// A list as comma-separated values (RFC 4180), with a line of names first.
enum CSVDocument {
    static let contentType = "text/csv; charset=utf-8; header=present"

    /// - Parameters:
    ///   - items: the list's items, whose members are no lists or objects.
    ///   - columns: the names of the members.
    static func text(_ items: [JSONValue], columns: [String]) -> String {
        let lines =
            [columns.joined(separator: ",")]
            + items.map { item in
                columns.map { cell(item[$0]) }.joined(separator: ",")
            }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func cell(_ value: JSONValue?) -> String {
        switch value {
        case .text(let text): quoted(harmless(text))
        case .number(let number): number
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object, nil: ""
        }
    }

    /// A spreadsheet would compute a text that begins like a formula: an apostrophe makes it text.
    private static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first,
            "=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(first)
        else { return text }
        return "'" + text
    }

    private static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
