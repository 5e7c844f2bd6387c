/// The identity of a GitHub delivery (docs/counting.md, rule 33).
///
/// GitHub gives one event one GUID, however many hooks receive it. The hook's target, an App, a repository or an
/// organisation, is therefore part of the identity if the headers name it.
package enum GitHubIdentity {
    package static func text(guid: String, target: String?) -> String {
        guard let target, HeaderRules.isHookTarget(target) else { return guid }
        return guid + "@" + target
    }

    /// - Returns: `nil` for an identity without a target.
    package static func guid(ofTargeted identity: String) -> String? {
        guard let end = identity.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        return String(identity[..<end])
    }
}
