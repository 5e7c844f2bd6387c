import Mustache

/// A model as templates read it: its fields by name, found once.
///
/// By itself the library goes through all fields of a model, and of each that holds it, for every name in a template.
struct Fields: MustacheParent {
    private let values: [String: Any]

    private init(_ children: Mirror.Children) {
        var values: [String: Any] = [:]
        for case (let name?, let value) in children { values[name] = Self.unwrapped(value) }
        self.values = values
    }

    func child(named name: String) -> Any? { values[name].map(Self.readable) }

    /// Models as their fields, also in lists; all else as it is.
    static func readable(_ value: Any) -> Any {
        switch value {
        case is String, is Int, is Bool: return value
        case let list as [any Sendable]: return list.map(readable)
        default:
            let mirror = Mirror(reflecting: value)
            return mirror.displayStyle == .struct ? Fields(mirror.children) : value
        }
    }

    /// `nil` for an optional that holds nothing.
    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }
}
