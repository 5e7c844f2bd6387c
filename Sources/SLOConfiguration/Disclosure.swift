/// Masks secrets in configured values. The only place that knows what is secret.
public enum Disclosure {
    /// The written value of a key, masked if it is secret.
    public static func value(_ text: String, of key: String) -> String {
        if case .setting(let setting) = Settings.find(key), setting.isSecret { return Secret.mask }
        return withoutUserInfo(text)
    }

    /// A text without user and password in any URL.
    ///
    /// In a malformed URL the end of the password is unknown: everything up to the last possible `@` is left out.
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
    /// The value, masked if it is secret.
    public var shownValue: String { Disclosure.value(value, of: key) }
}
