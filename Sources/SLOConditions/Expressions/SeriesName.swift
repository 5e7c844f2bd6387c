/// A series as the exposition writes it, `packit_builds_unfinished{deployment="prod"}`, in its parts.
struct SeriesName: Hashable, Sendable {
    let metric: String
    let labels: Labels

    /// - Returns: `nil` if the text is no series.
    init?(_ text: String) {
        let brace = text.firstIndex(of: "{") ?? text.endIndex
        metric = String(text[..<brace])
        let rest = text[brace...]
        guard !metric.isEmpty else { return nil }
        guard !rest.isEmpty else {
            labels = .none
            return
        }
        guard rest.last == "}", let parsed = Self.labels(in: rest.dropFirst().dropLast()) else { return nil }
        labels = parsed
    }

    /// Parses `name="value",…`, or nothing.
    static func labels(in text: Substring) -> Labels? {
        var rest = text
        var values: [String: String] = [:]
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: "="), equals > rest.startIndex else { return nil }
            let name = String(rest[..<equals])
            rest = rest[equals...].dropFirst()
            guard rest.popFirst() == "\"", let value = quotedValue(&rest) else { return nil }
            values[name] = value
            guard let comma = rest.popFirst() else { break }
            guard comma == ",", !rest.isEmpty else { return nil }
        }
        return Labels(values)
    }

    /// Takes characters up to and including the closing quote.
    private static func quotedValue(_ rest: inout Substring) -> String? {
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return value
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                value.append(next == "n" ? "\n" : next)
            default: value.append(character)
            }
        }
        return nil
    }
}
