import SLOConditions
import SLOJSON

extension Document {
    /// As a YAML document that ends in a newline.
    var yaml: String {
        block(indent: 0).joined(separator: "\n") + "\n"
    }

    /// The lines of a map or a list, each indented by that many spaces.
    private func block(indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        switch self {
        case .map(let entries):
            return entries.flatMap { entry in
                entry.value.lines(after: "\(margin)\(YAML.scalar(entry.key)):", indent: indent + 2)
            }
        case .list(let items):
            return items.flatMap { item -> [String] in
                guard item.isOpen else { return item.lines(after: "\(margin)-", indent: indent + 2) }
                var lines = item.block(indent: indent + 2)
                if let first = lines.first { lines[0] = margin + "- " + first.dropFirst(indent + 2) }
                return lines
            }
        case .text, .integer, .number, .flag, .nothing:
            return lines(after: margin, indent: indent)
        }
    }

    /// The lines of a value after a key or a dash.
    private func lines(after head: String, indent: Int) -> [String] {
        switch self {
        case .map where isOpen, .list where isOpen:
            return [head] + block(indent: indent)
        case .text(let text) where text.contains("\n"):
            let margin = String(repeating: " ", count: indent)
            return ["\(head) |-"] + text.split(separator: "\n", omittingEmptySubsequences: false).map { margin + $0 }
        case .map: return ["\(head) {}"]
        case .list: return ["\(head) []"]
        case .text(let text): return ["\(head) \(YAML.scalar(text))"]
        case .integer(let value): return ["\(head) \(value)"]
        case .number(let value): return ["\(head) \(value.decimal)"]
        case .flag(let value): return ["\(head) \(value)"]
        case .nothing: return ["\(head) null"]
        }
    }

    /// Whether it is a map or a list that is not empty.
    private var isOpen: Bool {
        switch self {
        case .map(let entries): !entries.isEmpty
        case .list(let items): !items.isEmpty
        case .text, .integer, .number, .flag, .nothing: false
        }
    }
}

enum YAML {
    /// Several documents in one file, each after `---`.
    static func stream(_ documents: [Document]) -> String {
        documents.map { "---\n" + $0.yaml }.joined()
    }

    /// Plain if every reader reads it as this text. Otherwise in double quotes, which JSON and YAML share, or in single
    /// quotes if many characters would need an escape.
    static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        let canBeSingle = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return text.contains("\"") && canBeSingle ? "'\(text.replacing("'", with: "''"))'" : jsonString(text)
    }

    private static let otherMeanings: Set<String> = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan",
    ]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return !otherMeanings.contains(text.lowercased()) && !text.hasSuffix(":") && !text.hasSuffix(" ")
            && !text.contains(": ") && !text.contains(" #")
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || " ./_-:,()".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
