/// The content of a rule file, a dashboard or a definition, before it is written as YAML or JSON. Maps keep their
/// order, so that the same settings always give the same bytes.
enum Document {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case nothing
    case list([Document])
    case map([(key: String, value: Document)])
}

extension Document: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: Document...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, Document)...) { self = .map(elements.map { (key: $0.0, value: $0.1) }) }

    /// A map of texts, in the order given.
    init(texts: [(String, String)]) {
        self = .map(texts.map { (key: $0.0, value: .text($0.1)) })
    }
}

extension Document {
    /// This map with the entries of another one after its own.
    static func + (left: Document, right: Document) -> Document {
        guard case .map(let first) = left, case .map(let second) = right else { return left }
        return .map(first + second)
    }
}
