/// One series: a family and its label values, in the order of the family's label names.
public struct SeriesID: Equatable, Sendable {
    public let family: MetricFamily
    public let values: [String]

    init(_ family: MetricFamily, _ values: [String] = []) {
        self.family = family
        self.values = values
    }

    /// The series as text, `packit_builds_queued_total{deployment="prod"}`: the key under which it is stored.
    public var key: String {
        values.isEmpty ? family.name : family.name + "{" + labelText + "}"
    }

    /// `deployment="prod",outcome="success"`
    var labelText: String {
        zip(family.labels, values).map { name, value in
            name + "=\"" + escaped(value, quotes: true) + "\""
        }.joined(separator: ",")
    }

    /// Parses a stored key.
    /// - Returns: `nil` if no persistent family with that name and those labels exists any more.
    public init?(key: String) {
        self.init(ofAnyFamily: key)
        guard family.isPersistent else { return nil }
    }

    /// Parses a key.
    /// - Returns: `nil` if no family with that name and those labels exists any more.
    init?(ofAnyFamily key: String) {
        let bytes = key.utf8
        let nameEnd = bytes.firstIndex(of: UInt8(ascii: "{")) ?? bytes.endIndex
        guard
            let family = MetricsCatalogue.byName[String(key[..<nameEnd])],
            let pairs = Self.labels(in: key[nameEnd...]), pairs.map(\.name) == family.labels
        else { return nil }
        self.init(family, pairs.map(\.value))
    }

    /// Parses `{name="value",…}`, or nothing.
    private static func labels(in text: Substring) -> [(name: String, value: String)]? {
        guard !text.isEmpty else { return [] }
        var rest = text.dropFirst()
        var pairs: [(name: String, value: String)] = []
        while true {
            guard let equals = rest.firstIndex(of: "="), rest[equals...].hasPrefix("=\"") else { return nil }
            let name = String(rest[..<equals])
            rest = rest[equals...].dropFirst(2)
            guard let value = quotedValue(&rest) else { return nil }
            pairs.append((name, value))
            switch rest.popFirst() {
            case ",": continue
            case "}": return rest.isEmpty ? pairs : nil
            default: return nil
            }
        }
    }

    /// Takes characters up to and including the closing quote.
    private static func quotedValue(_ rest: inout Substring) -> String? {
        var value = String.UnicodeScalarView()
        var scalars = rest.unicodeScalars
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"":
                rest = Substring(scalars)
                return String(value)
            case "\\":
                guard let next = scalars.popFirst() else { return nil }
                value.append(next == "n" ? "\n" : next)
            default:
                value.append(scalar)
            }
        }
        return nil
    }
}

/// Text as the exposition formats quote it. Help lines of Prometheus' text format do not escape quotes.
func escaped(_ text: String, quotes: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
        case "\n": result.append(contentsOf: "\\n".unicodeScalars)
        case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
        default: result.append(scalar)
        }
    }
    return String(result)
}
