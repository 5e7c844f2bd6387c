package import SLOJSON

/// What nobody may read in a body, even where its names may be shown.
package enum SecretFields {
    /// The value without tokens, secrets, mail addresses and the variables of a test's environment.
    package static func hidden(in value: JSONValue) -> JSONValue { hidden(in: value, at: FieldPath()) }

    private static let addresses: Set<String> = ["email", "mail", "notification_email"]

    private static func hidden(in value: JSONValue, at path: FieldPath) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map { hidden(in: $0, at: path) })
        case .object(let members):
            .object(
                members.map {
                    JSONValue.Member(key: $0.key, value: hidden(in: $0.value, at: path.appending($0.key)))
                })
        case .text(let text): !text.isEmpty && isSecret(path) ? .text(Scrubber.hidden) : value
        case .number: isSecret(path) ? .text(Scrubber.hidden) : value
        case .null, .bool: value
        }
    }

    private static func isSecret(_ path: FieldPath) -> Bool {
        path.treatment == .hide || path.keys.last.map(addresses.contains) ?? false
    }
}
