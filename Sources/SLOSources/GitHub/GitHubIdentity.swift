/// What makes two of GitHub's deliveries the same (docs/counting.md, rule 33).
///
/// GitHub gives one event one GUID, to however many hooks it is delivered. What it is delivered to, an app, a
/// repository or an organisation, is part of the identity, where the headers name it.
package enum GitHubIdentity {
    package static func text(guid: String, target: String?) -> String {
        guard let target, HeaderRules.isHookTarget(target) else { return guid }
        return guid + "@" + target
    }

    /// - Returns: `nil` where the identity names nothing that was delivered to.
    package static func guid(ofTargeted identity: String) -> String? {
        guard let end = identity.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        return String(identity[..<end])
    }
}
