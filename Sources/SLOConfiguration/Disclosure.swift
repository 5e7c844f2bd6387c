/// What may be shown of what somebody configured: the one place that knows what is secret.
public enum Disclosure {
    /// A value as it was written for a key.
    public static func value(_ text: String, of key: String) -> String {
        Settings.byName[key]?.isSecret == true ? Secret.mask : withoutUserInfo(text)
    }

    /// A text without the user and the password of any address in it.
    ///
    /// Of an address that is badly written nobody knows where its password ends: all up to the last `@` that could
    /// belong to it is left out.
    public static func withoutUserInfo(_ text: String) -> String {
        var shown = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            shown += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let address = rest.prefix { !endsAddress($0) }
            let own = address.firstRange(of: "://").map { address[..<$0.lowerBound] } ?? address
            if let at = own.lastIndex(of: "@") {
                shown += Secret.mask
                rest = rest[at...]
            }
        }
        return shown + rest
    }

    private static func endsAddress(_ character: Character) -> Bool {
        character.isWhitespace || "'\"<>".contains(character)
    }
}

extension ConfigurationOverride {
    /// What may be shown of the value.
    public var shownValue: String { Disclosure.value(value, of: key) }
}
