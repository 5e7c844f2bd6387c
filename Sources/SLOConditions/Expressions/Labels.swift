/// The labels of a series or of a result, without the metric's name: unique names, in alphabetical order.
public struct Labels: Hashable, Sendable {
    public struct Pair: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    public let pairs: [Pair]
    /// Results are looked up by their labels many times, and made once.
    private let hash: Int

    public static let none = Labels([:])

    public init(_ values: [String: String]) {
        self.init(sorted: values.map { Pair(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name })
    }

    private init(sorted pairs: [Pair]) {
        self.pairs = pairs
        hash = pairs.hashValue
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }

    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Those with one of these names.
    func only(_ names: [String]) -> Labels {
        pairs.allSatisfy { names.contains($0.name) } ? self : Labels(sorted: pairs.filter { names.contains($0.name) })
    }

    /// Both; `more` wins.
    func adding(_ more: Labels) -> Labels {
        guard !more.pairs.isEmpty else { return self }
        var values = Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
        for pair in more.pairs { values[pair.name] = pair.value }
        return Labels(values)
    }

    /// Whether each of these labels has the same value in the other, which may have more.
    func isPart(of other: Labels) -> Bool {
        pairs.allSatisfy { other[$0.name] == $0.value }
    }
}

extension Labels: CustomStringConvertible {
    /// `deployment="prod",objective="builds"`
    public var description: String {
        pairs.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    /// Parses a description.
    public init?(_ text: String) {
        guard let parsed = SeriesName.labels(in: text[...]) else { return nil }
        self = parsed
    }
}

/// A text within the quotes of a label's value.
func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
        switch character {
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\"": result += "\\\""
        default: result.append(character)
        }
    }
    return result
}
