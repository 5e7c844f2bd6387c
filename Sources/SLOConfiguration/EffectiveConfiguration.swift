import SLOYAML

extension Configuration {
    /// The whole configuration as YAML that can be loaded again, with secrets masked. Keys that are not set are
    /// comments.
    public var effectiveYAML: String {
        var lines: [String] = []
        var open: [Substring] = []
        for setting in Settings.all(of: self) {
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
        case .scalar, .list, .nothing: ["\(indent)\(key): \(YAMLText.flow(value))"]
        case .map(let entries):
            entries.isEmpty
                ? ["\(indent)\(key): {}"]
                : ["\(indent)\(key):"] + entries.map { "\(indent)  \(YAMLText.entry($0))" }
        }
    }
}

/// Values in YAML's flow style.
enum YAMLText {
    static func entry(_ entry: WrittenEntry) -> String {
        "\(scalar(entry.key)): \(flow(entry.value))"
    }

    static func flow(_ value: WrittenValue) -> String {
        switch value {
        case .scalar(let text): scalar(text)
        case .list(let items): "[\(items.map(scalar).joined(separator: ", "))]"
        case .map(let entries): "{\(entries.map(entry).joined(separator: ", "))}"
        case .nothing: "null"
        }
    }

    /// Plain if no reader could interpret it differently, otherwise in double quotes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : "\"\(text.unicodeScalars.map(escaped).joined())\""
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !YAMLNode.wordsForNothing.contains(text) else { return false }
        let isSafeStart =
            first.isASCII
            && (first.properties.isAlphabetic || first.properties.numericType != nil
                || first == "/" || first == ".")
        return isSafeStart && !text.hasSuffix(":")
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                        || "/.-_:@+*".unicodeScalars.contains(scalar))
            }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        default: isPrinted(scalar) ? String(scalar) : "\\U" + hexadecimal(scalar.value)
        }
    }

    /// Characters that YAML reads as a line's end or rejects, and invisible ones, are escaped.
    private static func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
