/// The page at `/runbook`: `docs/alerts.md`, with the name of each alert in lower case as the id of its section.
///
/// It understands what that file is written with: headings, paragraphs and tables, and in them code and emphasis. Links
/// to other files of the documentation, which are not served, are their text.
struct RunbookPage: Sendable {
    struct Span: Sendable {
        enum Style {
            case plain, code, strong, emphasis
        }

        let text: String
        let isPlain, isCode, isStrong, isEmphasis: Bool

        init(_ text: Substring, _ style: Style) {
            self.text = String(text)
            (isPlain, isCode) = (style == .plain, style == .code)
            (isStrong, isEmphasis) = (style == .strong, style == .emphasis)
        }
    }

    struct Cell: Sendable {
        /// The title of its column, which a narrow screen shows beside it.
        let label: String
        let spans: [Span]
    }

    struct Row: Sendable {
        let cells: [Cell]
    }

    /// A paragraph or a table.
    struct Block: Sendable {
        let spans: [Span]
        let isTable: Bool
        let columns: [Cell]
        let rows: [Row]
    }

    struct Section: Sendable {
        let id: String
        let title: String
        let isTitle, isChapter, isAlert: Bool
        var blocks: [Block] = []
    }

    static let path = "/runbook"
    /// To the section of an alert.
    static func path(of alert: String) -> String { "\(path)#\(alert.lowercased())" }

    /// Read once: the file does not change.
    static let shared = RunbookPage(String(decoding: PackageResources.Runbook_md, as: UTF8.self))

    let frame = Frame("Runbook", at: path)
    let sections: [Section]

    init(_ markdown: String) {
        var sections: [Section] = []
        for lines in Self.blocks(of: markdown) {
            if let heading = lines.first?.firstMatch(of: /^(#+) (.*)$/)?.output {
                sections.append(
                    Section(
                        id: heading.2.lowercased().replacing(" ", with: "-"), title: String(heading.2),
                        isTitle: sections.isEmpty, isChapter: !sections.isEmpty && heading.1 == "#",
                        isAlert: heading.1 == "##"))
            } else if !sections.isEmpty {
                sections[sections.count - 1].blocks.append(Self.block(lines))
            }
        }
        self.sections = sections
    }

    /// The lines between empty lines.
    private static func blocks(of markdown: String) -> [[Substring]] {
        markdown.split(separator: "\n", omittingEmptySubsequences: false).split(whereSeparator: \.isEmpty).map(
            Array.init)
    }

    private static func block(_ lines: [Substring]) -> Block {
        guard lines.allSatisfy({ $0.hasPrefix("|") }) else {
            return Block(spans: spans(of: lines.joined(separator: " ")), isTable: false, columns: [], rows: [])
        }
        let titles = cells(of: lines[0]).map { spans(of: $0) }
        let labels = titles.map { $0.map(\.text).joined() }
        // The second line of a table only divides it.
        return Block(
            spans: [], isTable: true, columns: zip(labels, titles).map(Cell.init),
            rows: lines.dropFirst(2).map { line in
                Row(cells: zip(labels, cells(of: line)).map { Cell(label: $0, spans: spans(of: $1)) })
            })
    }

    private static func cells(of line: Substring) -> [String] {
        line.dropFirst().split(separator: "|").map { String($0).trimmed }
    }

    private static func spans(of text: String) -> [Span] {
        var spans: [Span] = []
        var rest = text.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }[...]
        while let found = rest.firstMatch(of: /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*/) {
            if found.range.lowerBound > rest.startIndex {
                spans.append(Span(rest[..<found.range.lowerBound], .plain))
            }
            if let code = found.output.1 { spans.append(Span(code, .code)) }
            if let strong = found.output.2 { spans.append(Span(strong, .strong)) }
            if let emphasis = found.output.3 { spans.append(Span(emphasis, .emphasis)) }
            rest = rest[found.range.upperBound...]
        }
        if !rest.isEmpty { spans.append(Span(rest, .plain)) }
        return spans
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
