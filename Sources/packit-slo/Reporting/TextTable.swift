/// A table as text with aligned columns, or as Markdown.
struct TextTable {
    struct Column {
        let title: String
        let isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    let columns: [Column]
    /// Each as long as `columns`.
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ row: [String]) {
        // Escaped here, so that the widths of columns match what is printed.
        rows.append(row.map(PlainText.line))
    }

    /// Without columns that are empty in every row.
    var withoutEmptyColumns: TextTable {
        let kept = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        var table = TextTable(kept.map { columns[$0] })
        for row in rows { table.add(kept.map { row[$0] }) }
        return table
    }

    var text: [String] {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = columns.indices.map { Self.padded(line[$0], to: widths[$0], isNumber: columns[$0].isNumber) }
            var text = "  " + cells.joined(separator: "  ")
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
    }

    var markdown: [String] {
        let head = "| " + columns.map(\.title).joined(separator: " | ") + " |"
        let rule = "|" + columns.map { $0.isNumber ? "--:|" : "---|" }.joined()
        return [head, rule] + rows.map { "| " + $0.map(Self.escaped).joined(separator: " | ") + " |" }
    }

    private static func padded(_ text: String, to width: Int, isNumber: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return isNumber ? space + text : text + space
    }

    /// Escapes what would end the cell or begin markup.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "|", "\\", "`", "*", "<", "[", "]": escaped += "\\" + String(character)
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
