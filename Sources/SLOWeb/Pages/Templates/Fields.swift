import Mustache

/// A model's fields by name, looked up once.
///
/// The template library would reflect on a model, and on all models around it, for every name in a template.
struct Fields: MustacheParent {
    private let values: [String: Any]

    private init(_ children: Mirror.Children) {
        var values: [String: Any] = [:]
        for case (let name?, let value) in children { values[name] = Self.unwrapped(value) }
        self.values = values
    }

    func child(named name: String) -> Any? { values[name].map(Self.readable) }

    /// Wraps models, also in lists; returns other values unchanged.
    static func readable(_ value: Any) -> Any {
        switch value {
        case is String, is Int, is Bool: return value
        case let list as [any Sendable]: return list.map(readable)
        default:
            let mirror = Mirror(reflecting: value)
            return mirror.displayStyle == .struct ? Fields(mirror.children) : value
        }
    }

    /// `nil` for an empty optional.
    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }
}
