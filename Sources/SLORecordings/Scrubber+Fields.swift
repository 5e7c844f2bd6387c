import SLOCore

/// How a text is scrubbed.
enum Treatment: Equatable {
    /// Identifies nobody.
    case keep
    /// Free text that people wrote.
    case empty
    /// The text of a comment, of which only commands are kept.
    case commands
    /// A token or secret. Its presence may matter.
    case hide
    /// Packit's own text, in which links and names are renamed.
    case sentence
    /// Everything else.
    case rename
}

/// The keys that lead to a field, without the indices of arrays.
struct FieldPath {
    private(set) var keys: [String] = []

    func appending(_ key: String) -> FieldPath {
        FieldPath(keys: keys + [key])
    }

    var treatment: Treatment {
        guard let key = keys.last else { return .rename }
        let parent = keys.dropLast().last
        // Everything inside a secret is secret.
        if keys.contains(where: Self.secrets.contains) { return .hide }
        if let map = keys.dropLast().firstIndex(where: Self.variables.contains) {
            let name = keys[map + 1]
            return name.hasPrefix("PACKIT_") || name == "REPOSITORY" ? .rename : .hide
        }
        if keys == ["comment", "body"] || keys == ["changes", "body", "from"] { return .commands }
        if parent == "output" || (parent == "result" && key == "summary") || (keys.count == 1 && key == "description") {
            return key == "text" ? .empty : .sentence
        }
        if key == "slug" || key == "app_slug" { return parent == "app" || keys.count <= 2 ? .keep : .rename }
        if Self.freeText.contains(key) { return .empty }
        if Self.vocabulary.contains(key) || parent == "permissions" || parent == "events" { return .keep }
        return .rename
    }

    private static let secrets: Set<String> = [
        "token", "api_key", "secret", "password", "access_token", "temp_clone_token", "private_key", "key",
    ]

    /// Maps of names to values that people chose.
    private static let variables: Set<String> = ["variables", "secrets", "environment"]

    private static let freeText: Set<String> = [
        "body", "body_text", "body_html", "title", "message", "description", "text", "summary", "xunit",
        "xunit_url", "patch", "diff_hunk", "bio", "company", "location", "homepage", "blog", "ip", "gravatar_id",
        "temp_clone_url", "what", "who", "script", "commit_message", "commit_title", "raw_details", "headline",
        "short_description_html", "release_notes",
    ]

    /// Fields with values from lists that the providers publish.
    private static let vocabulary: Set<String> = [
        "action", "status", "state", "conclusion", "type", "events", "event", "topic", "overall", "arch", "compose",
        "chroot", "node_id", "author_association", "mergeable_state", "visibility", "ref_type", "pusher_type",
        "state_reason", "active_lock_reason", "repository_selection", "target_type", "spdx_id", "language", "level",
    ]
}

/// Recognises texts by their form.
enum Shape {
    /// Numbers, times, commit hashes and UUIDs.
    static func isHarmless(_ text: String) -> Bool {
        isUUID(text) || Timestamp(rfc3339: text) != nil
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }

    /// A link whose parts are renamed, except ids: joins need those of requests.
    static func link(_ link: String, _ rename: (String) -> String) -> String {
        guard let separator = link.firstRange(of: "://") else { return rename(link) }
        let scheme = link[..<separator.upperBound]
        let parts = link[separator.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
        let host = parts.first.map(String.init) ?? ""
        let isPublic = publicHosts.contains { host == $0 || host.hasSuffix(".\($0)") }
        let path = parts.dropFirst().map { isHarmless(String($0)) ? String($0) : rename(String($0)) }
        return scheme + ([isPublic ? host : rename(host)] + path).joined(separator: "/")
    }

    private static let publicHosts = [
        "github.com", "githubusercontent.com", "packit.dev", "testing-farm.io", "fedoraproject.org",
        "fedorainfracloud.org",
    ]
}
