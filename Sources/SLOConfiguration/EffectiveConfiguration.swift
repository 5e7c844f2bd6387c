extension Configuration {
    /// The whole configuration as YAML that can be read again, with secrets masked. Keys that are not set stand there
    /// as comments.
    public var effectiveYAML: String {
        var lines: [String] = []
        var open: [Substring] = []
        for setting in Setting.table {
            var words = setting.name.split(separator: ".")
            let last = words.removeLast()
            let shared = zip(open, words).prefix { $0 == $1 }.count
            for (depth, word) in words.enumerated().dropFirst(shared) {
                lines.append(Self.indent(depth) + "\(word):")
            }
            open = words
            let indent = Self.indent(words.count)
            if let value = setting.written(self) {
                lines += Self.lines(String(last), value, indent: indent)
            } else {
                lines.append("\(indent)# \(last) is not set")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func indent(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }

    private static func lines(_ key: String, _ value: WrittenValue, indent: String) -> [String] {
        switch value {
        case .scalar(let text): ["\(indent)\(key): \(YAMLText.scalar(text))"]
        case .list(let items): ["\(indent)\(key): [\(items.map(YAMLText.scalar).joined(separator: ", "))]"]
        case .map(let entries):
            entries.isEmpty
                ? ["\(indent)\(key): {}"]
                : ["\(indent)\(key):"] + entries.map { "\(indent)  \(YAMLText.entry($0))" }
        }
    }
}
