/// The names that Packit generates for its Copr projects: `{namespace}-{repo}-{number}[-identifier]`, for pushes and
/// releases with the branch or `releases` in the place of the number. Dashes make the names ambiguous, so they are not
/// parsed by guessing: possible names are generated from known repositories and looked up.
enum CoprProject {
    /// `owner/name` as it appears at the beginning of a project's name.
    static func slug(_ fullName: String) -> String {
        normalized(fullName)
    }

    /// Replaces everything except word characters, dots and dashes by dashes.
    static func normalized(_ text: String) -> String {
        String(decoding: text.utf8.map { isKept($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    }

    private static func isKept(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default:
            byte >= 0x80
        }
    }

    /// The limit of dashes that are considered.
    private static let mostReadings = 32

    /// Every way to split a project's name into a slug and the rest.
    static func readings(of project: String) -> [(slug: String, rest: String)] {
        let bytes = project.utf8
        let dashes = bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "-") }.prefix(mostReadings)
        return dashes.map { (String(project[..<$0]), String(project[bytes.index(after: $0)...])) }
    }

    /// Whether it can be split into namespace, repository and a rest (docs/counting.md, rule 32).
    static func isGenerated(_ project: String) -> Bool {
        project.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 2).count == 3
    }

    /// A pull request's number and identifier, which may be empty; `nil` for the rest of a push's project.
    static func pullRequest(ofRest rest: String) -> (number: Int, identifier: String)? {
        let digits = rest.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let number = Int(Substring(digits)) else { return nil }
        let behind = rest.utf8[digits.endIndex...]
        if behind.isEmpty { return (number, "") }
        return behind.first == UInt8(ascii: "-") ? (number, String(Substring(behind.dropFirst()))) : nil
    }

    /// Whether a name's runs may build in a project with this rest after the slug.
    static func mayFollowSlug(_ rest: String, of name: CheckName) -> Bool {
        if let event = name.event { return rests(event: event, identifier: name.identifier).contains(rest) }
        guard let found = pullRequest(ofRest: rest) else { return false }
        return found.identifier.isEmpty || found.identifier == name.identifier.map(normalized)
    }

    /// The possible rests for the runs of a push or release. Whether an event is a branch or a tag is not known.
    static func rests(event: String, identifier: String?) -> [String] {
        let suffix = identifier.map { "-" + normalized($0) } ?? ""
        return [normalized(event) + suffix, "releases" + suffix]
    }
}

/// The commit in a package's version and release, as Packit writes them: `1.0-1.20261005120002.pr5.3.gabc1234`.
struct CoprVersion: Equatable {
    /// The first digits of the commit.
    let commit: String
    let pullRequest: Int?

    private static let digitsLeast = 7

    /// The key under which commits and versions are indexed.
    var key: String { Self.key(of: commit) }

    static func key(of sha: String) -> String { String(sha.prefix(digitsLeast)) }

    /// `nil` without a commit. The last part that looks like one counts.
    init?(_ text: String) {
        let parts = text.utf8.split { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        guard let commit = parts.last(where: Self.isCommit) else { return nil }
        self.commit = String(Substring(commit.dropFirst()))
        pullRequest =
            parts.lazy.reversed().compactMap { part in
                part.starts(with: "pr".utf8) ? Int(Substring(part.dropFirst(2))) : nil
            }.first
    }

    private static func isCommit(_ part: Substring.UTF8View) -> Bool {
        let digits = part.dropFirst()
        return part.first == UInt8(ascii: "g") && digits.count >= digitsLeast && digits.count <= 40
            && digits.allSatisfy(isHexDigit)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

extension BackendRun {
    /// The commit in the version that Packit built, if it contains one.
    var commitVersion: CoprVersion? { version.flatMap { CoprVersion($0) } }
}
