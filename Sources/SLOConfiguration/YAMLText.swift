/// What this program knows of YAML besides what the parser does.
enum YAMLText {}

/// Values in flow style.
extension YAMLText {
    static func entry(_ entry: WrittenEntry) -> String {
        "\(scalar(entry.key)): \(flow(entry.value))"
    }

    static func flow(_ value: WrittenValue) -> String {
        switch value {
        case .scalar(let text): scalar(text)
        case .list(let items): "[\(items.map(scalar).joined(separator: ", "))]"
        case .map(let entries): "{\(entries.map(entry).joined(separator: ", "))}"
        }
    }

    /// Plain where no reader could take it for something else, else in double quotes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : "\"\(text.unicodeScalars.map(escaped).joined())\""
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !["null", "Null", "NULL"].contains(text) else { return false }
        let isSafeStart = first.isASCII && (first.properties.isAlphabetic || first.properties.numericType != nil
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

    /// What YAML takes for a line's end, or refuses to read, is not printed as it is, nor is what nobody would see.
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

extension YAMLText {
    /// Aliases of lists of aliases multiply, and the parser goes through all that a map's key stands for. Ten stand for
    /// some forty times the text at most.
    static let maxAliases = 10

    /// Where there are too many, before the parser sees them. What looks like an alias in a comment counts as well.
    static func lineWithTooManyAliases(_ text: String) -> Int? {
        var (aliases, line) = (0, 1)
        var previous = UInt8(ascii: "\n")
        var mayBegin = false
        for byte in text.utf8 {
            if mayBegin, isOfName(byte) { aliases += 1 }
            if aliases > maxAliases { return line }
            if byte == UInt8(ascii: "\n") { line += 1 }
            mayBegin = byte == UInt8(ascii: "*") && !isOfGlob(previous)
            previous = byte
        }
        return nil
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether a star after it is not the beginning of a node: inside a word, or the first in quotes.
    private static func isOfGlob(_ byte: UInt8) -> Bool {
        isOfName(byte) || "\"'/.*".utf8.contains(byte)
    }
}
