extension ReportPage {
    /// A document of its own, for a mail: it loads nothing.
    var html: String {
        var lines = [
            "<!DOCTYPE html>", #"<html lang="en">"#, "<head>", #"<meta charset="utf-8">"#,
            "<title>\(Self.escaped(title))</title>", "<style>\(Self.style)</style>", "</head>", "<body>",
            "<h1>\(Self.escaped(title))</h1>", "<p>\(introduction.map(Self.escaped).joined(separator: " "))</p>",
        ]
        lines += notes.map { "<p><strong>Note:</strong> \(Self.escaped($0))</p>" }
        for section in sections {
            lines.append("<h2>\(Self.escaped(section.title))</h2>")
            if let table = section.table?.withoutEmptyColumns { lines += Self.rows(of: table) }
            lines += section.remarks.map { "<p>\(Self.escaped($0))</p>" }
        }
        return PlainText.lines(lines + ["</body>", "</html>"])
    }

    private static let style =
        "body{font-family:sans-serif;color:#1b1f24;background:#fff}table{border-collapse:collapse}"
        + "th,td{padding:2px 8px;border-bottom:1px solid #ccc;text-align:left}.n{text-align:right}"

    private static func rows(of table: TextTable) -> [String] {
        func row(_ cells: [String], _ element: String) -> String {
            let written = zip(table.columns, cells).map { column, cell in
                "<\(element)\(column.isNumber ? #" class="n""# : "")>\(escaped(cell))</\(element)>"
            }
            return "<tr>\(written.joined())</tr>"
        }
        return ["<table>", row(table.columns.map(\.title), "th")] + table.rows.map { row($0, "td") } + ["</table>"]
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
