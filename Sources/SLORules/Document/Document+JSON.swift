import SLOConditions
import SLOJSON

extension Document {
    /// As indented JSON that ends in a newline.
    var json: String { jsonValue.document }

    private var jsonValue: JSONValue {
        switch self {
        case .text(let text): .text(text)
        case .integer(let value): .integer(Int64(value))
        case .number(let value): .number(value.decimal)
        case .flag(let value): .bool(value)
        case .nothing: .null
        case .list(let items): .array(items.map(\.jsonValue))
        case .map(let entries): .members(entries.map { ($0.key, $0.value.jsonValue) })
        }
    }
}
