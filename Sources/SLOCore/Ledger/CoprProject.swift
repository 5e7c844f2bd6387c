/// The names that Packit generates for its Copr projects: `{namespace}-{repo}-{number}[-identifier]`, for pushes and
/// releases with the branch or `releases` in place of the number. Dashes make the names ambiguous, so
/// they are never taken apart by guessing: what is known generates names, and those are looked up.
enum CoprProject {
    /// `owner/name` as it begins a project's name.
    static func slug(_ fullName: String) -> String {
        normalized(fullName)
    }

    /// Whatever is neither a word character, a dot nor a dash becomes a dash.
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

    /// Every way to see a project's name as a slug and what follows it.
    static func readings(of project: String) -> [(slug: String, rest: String)] {
        var readings: [(String, String)] = []
        for dash in project.indices where project[dash] == "-" {
            readings.append((String(project[..<dash]), String(project[project.index(after: dash)...])))
        }
        return readings
    }

    /// What follows the slug for a pull request's runs.
    static func rest(pullRequest number: Int, identifier: String?) -> String {
        identifier.map { "\(number)-\(normalized($0))" } ?? String(number)
    }

    /// What may follow the slug for the runs of a push or release. Whether an event is a branch or a tag is not known.
    static func rests(event: String, identifier: String?) -> [String] {
        let suffix = identifier.map { "-" + normalized($0) } ?? ""
        return [normalized(event) + suffix, "releases" + suffix]
    }
}
