extension Document {
    /// As indented JSON that ends in a newline.
    var json: String {
        json(indent: "") + "\n"
    }

    private func json(indent: String) -> String {
        let deeper = indent + "  "
        switch self {
        case .text(let text): return JSON.quoted(text)
        case .integer(let value): return String(value)
        case .number(let value): return value.decimal
        case .flag(let value): return String(value)
        case .nothing: return "null"
        case .list(let items) where items.isEmpty: return "[]"
        case .list(let items):
            let lines = items.map { deeper + $0.json(indent: deeper) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .map(let entries) where entries.isEmpty: return "{}"
        case .map(let entries):
            let lines = entries.map { "\(deeper)\(JSON.quoted($0.key)): \($0.value.json(indent: deeper))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}

enum JSON {
    static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case "\r": return "\\r"
        default:
            guard scalar.value < 0x20 || scalar.value == 0x7F else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}

extension Double {
    /// With at most six decimals, and none where there is nothing behind the point.
    var decimal: String {
        let rounded = (self * 1e6).rounded() / 1e6
        let text = String(rounded)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
