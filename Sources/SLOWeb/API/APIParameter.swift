import SLOCore
import SLOService
import SLOJSON

/// A parameter of the API. One definition describes and checks it.
struct APIParameter: Sendable {
    enum Place: String, Sendable {
        case query
        case path
    }

    enum Kind: Sendable {
        case choice([String])
        case text(pattern: String, maxLength: Int)
        case integer(ClosedRange<Int>)
        case time
        case flag
        case cursor(CursorForm)
    }

    let name: String
    var place = Place.query
    let kind: Kind
    let meaning: String
    var example: JSONValue?
    /// The default value, if there is one.
    var fallback: JSONValue?

    /// RFC 3339 in UTC, in this century. Strict enough that every match is a valid time.
    private static let timePattern =
        "^20([0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
        + "|02-(0[1-9]|1[0-9]|2[0-8]))|([02468][048]|[13579][26])-02-29)"
        + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$"

    /// What is wrong with a value, as the end of a sentence that begins with the parameter; `nil` if it is valid.
    func objection(to text: String) -> String? {
        switch kind {
        case .choice(let values):
            return values.contains(text) ? nil : "must be one of \(values.joined(separator: ", "))"
        case .flag: return ["true", "false"].contains(text) ? nil : "must be true or false"
        case .integer(let range):
            let isWritten = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
            guard isWritten, let number = Int(text), range.contains(number) else {
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .time:
            return Self.fits(text, Self.timePattern, maxLength: 24)
                ? nil : "must be a time in UTC such as 2026-11-17T14:03:30Z"
        case .text(let pattern, let maxLength):
            return Self.fits(text, pattern, maxLength: maxLength)
                ? nil : "must match \(pattern) and have at most \(maxLength) characters"
        case .cursor(let form):
            return form.isWritten(text) ? nil : "must be the next_cursor of the previous page"
        }
    }

    static func fits(_ text: String, _ pattern: String, maxLength: Int) -> Bool {
        guard text.utf8.count <= maxLength, let expression = try? Regex(pattern) else { return false }
        return (try? expression.wholeMatch(in: text)) != nil
    }

    var schema: JSONValue {
        var members: [(String, JSONValue?)]
        switch kind {
        case .choice(let values): members = [("type", .text("string")), ("enum", .array(values.map { .text($0) }))]
        case .flag: members = [("type", .text("boolean"))]
        case .integer(let range):
            members = [
                ("type", .text("integer")), ("minimum", .integer(Int64(range.lowerBound))),
                ("maximum", .integer(Int64(range.upperBound))),
            ]
        case .time: members = Self.string(Self.timePattern, maxLength: 24)
        case .text(let pattern, let maxLength): members = Self.string(pattern, maxLength: maxLength)
        case .cursor(let form): members = Self.string(form.pattern, maxLength: form.maxLength)
        }
        members.append(("default", fallback))
        return .members(members)
    }

    private static func string(_ pattern: String, maxLength: Int) -> [(String, JSONValue?)] {
        [("type", .text("string")), ("pattern", .text(pattern)), ("maxLength", .integer(Int64(maxLength)))]
    }

    func description(isRequired: Bool) -> JSONValue {
        .members([
            ("name", .text(name)), ("in", .text(place.rawValue)), ("required", .bool(isRequired)),
            ("description", .text(meaning)), ("schema", schema), ("example", example),
        ])
    }
}

extension APIParameter {
    static let repository = APIParameter(
        name: "repository", kind: .text(pattern: "^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$", maxLength: 201),
        meaning: "`owner/name`, case-insensitive.", example: .text("acme/rocket"))
    static let owner = APIParameter(
        name: "owner", place: .path, kind: .text(pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$", maxLength: 100),
        meaning: "The repository’s owner.", example: .text("acme"))
    static let repositoryName = APIParameter(
        name: "name", place: .path,
        kind: .text(pattern: "^[.]{0,1}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,98}$", maxLength: 100),
        meaning: "The repository’s name, without its owner.", example: .text("rocket"))
    static let number = APIParameter(
        name: "number", place: .path, kind: .integer(1...2_147_483_647), meaning: "The pull request’s number.",
        example: .integer(42))
    static let kind = APIParameter(
        name: "kind", kind: .choice(RunKind.allCases.map(\.rawValue)),
        meaning: "Only builds, only test runs, or only runs of other jobs.",
        example: .text("build"))
    static let outcome = APIParameter(
        name: "outcome", kind: .choice(Outcome.allCases.map(\.rawValue)), meaning: "Only this outcome.",
        example: .text("error"))
    static let chroot = APIParameter(
        name: "chroot", kind: .text(pattern: "^[A-Za-z0-9_.+:-]{1,100}$", maxLength: 100),
        meaning: "Only this chroot, by its name at Copr or Testing Farm.", example: .text("fedora-rawhide-x86_64"))
    static let architecture = APIParameter(
        name: "architecture", kind: .text(pattern: "^[A-Za-z0-9_.+:]{1,100}$", maxLength: 100),
        meaning: "Only chroots that end in it.", example: .text("x86_64"))
    static let limit = APIParameter(
        name: "limit", kind: .integer(1...200), meaning: "The most items to return.", fallback: .integer(50))

    static let format = APIParameter(
        name: "format", kind: .choice(["json", "csv"]),
        meaning: "JSON, or its items as comma-separated values; the header `Link` then has the next page.",
        fallback: .text("json"))

    /// Any name, such as of a branch.
    static func name(_ name: String, _ meaning: String, _ example: String) -> APIParameter {
        APIParameter(
            name: name, kind: .text(pattern: "^[^\\x00-\\x1f\\x7f]{1,255}$", maxLength: 255), meaning: meaning,
            example: .text(example))
    }

    static func objective(_ settings: LedgerSettings) -> APIParameter {
        let names = settings.objectives.map(\.name.rawValue)
        return APIParameter(
            name: "objective", kind: .choice(names), meaning: "One objective alone.",
            example: names.first.map { .text($0) })
    }

    static func deployment(_ settings: LedgerSettings) -> APIParameter {
        APIParameter(
            name: "deployment", kind: .choice(settings.labels), meaning: "Only this deployment.",
            example: settings.labels.first.map { .text($0) })
    }

    static func time(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, kind: .time, meaning: meaning, example: .text("2026-11-17T14:00:00Z"))
    }

    static func cursor(_ form: CursorForm) -> APIParameter {
        APIParameter(
            name: "cursor", kind: .cursor(form), meaning: "The `next_cursor` of the previous page.")
    }
}
