import Hummingbird
import NIOHTTP1
import SLOCore
import SLOJSON
import SLOHTTP

/// A request whose parameters are known and valid.
struct APIRequest: Sendable {
    private var values: [String: String] = [:]

    /// A parameter that is unknown or invalid.
    struct Refusal: Error {
        let parameter: String
        let reason: String

        var problem: Problem {
            Problem(
                status: .badRequest, detail: "The parameter \(parameter) \(reason).",
                members: [("parameter", jsonString(parameter))])
        }
    }

    /// - Throws: `Refusal`
    init(_ request: Request, parameters: Parameters, as described: [APIParameter]) throws {
        for parameter in described where parameter.place == .path {
            guard let value = parameters[Substring(parameter.name)] else { continue }
            try take(String(value), for: parameter)
        }
        for (name, value) in try Self.query(request.uri.query ?? "") {
            guard let parameter = described.first(where: { $0.name == name && $0.place == .query }) else {
                let known = described.filter { $0.place == .query }.map(\.name)
                let rest = known.isEmpty ? "this resource has none" : "known ones are \(known.joined(separator: ", "))"
                throw Refusal(parameter: name, reason: "is unknown; \(rest)")
            }
            guard values[name] == nil else { throw Refusal(parameter: name, reason: "is given twice") }
            try take(value, for: parameter)
        }
    }

    /// A page's request: its form sends empty values for what is not filtered, and times without a zone, which are UTC.
    /// - Throws: `Refusal`
    init(page request: Request, as described: [APIParameter]) throws {
        for (name, value) in try Self.query(request.uri.query ?? "") where !value.isEmpty {
            guard let parameter = described.first(where: { $0.name == name && $0.place == .query }) else {
                throw Refusal(parameter: name, reason: "is unknown")
            }
            guard values[name] == nil else { throw Refusal(parameter: name, reason: "is given twice") }
            if case .time = parameter.kind {
                try take(Self.completed(value), for: parameter)
            } else {
                try take(value, for: parameter)
            }
        }
    }

    /// A date, or a time without a zone, as a time in UTC; anything else as it is.
    private static func completed(_ time: String) -> String {
        switch time.utf8.count {
        case 10: time + "T00:00:00Z"
        case 16: time + ":00Z"
        case 19...23 where !time.hasSuffix("Z"): time + "Z"
        default: time
        }
    }

    private mutating func take(_ value: String, for parameter: APIParameter) throws {
        if let objection = parameter.objection(to: value) {
            throw Refusal(parameter: parameter.name, reason: objection)
        }
        values[parameter.name] = value
    }

    /// Limits the names that an error message repeats.
    private static let nameLength = 100

    private static func query(_ text: String) throws -> [(name: String, value: String)] {
        try text.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let written = parts.first.map(String.init) ?? ""
            guard let name = decoded(written), let value = decoded(parts.count > 1 ? String(parts[1]) : "") else {
                throw Refusal(
                    parameter: String(written.prefix(nameLength)), reason: "is not percent-encoded UTF-8")
            }
            return (String(name.prefix(nameLength)), value)
        }
    }

    /// `nil` where an escape is broken, or the bytes are not UTF-8.
    private static func decoded(_ text: String) -> String? {
        var text = text
        let bytes = text.withUTF8 { PercentEncoding.decoded(UnsafeRawBufferPointer($0), plusIsSpace: true) }
        return bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The same query with other values; an empty one is left out.
    func query(setting others: [String: String]) -> String {
        Path.query(values.merging(others) { $1 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    // MARK: - Values

    func text(_ name: String) -> String? { values[name] }

    func word<Word: RawRepresentable>(
        _ name: String, as: Word.Type = Word.self
    ) -> Word? where Word.RawValue == String {
        values[name].flatMap(Word.init(rawValue:))
    }

    func integer(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
    func flag(_ name: String) -> Bool? { values[name].map { $0 == "true" } }
    func time(_ name: String) -> Timestamp? { values[name].flatMap(Timestamp.init(rfc3339:)) }
    func cursor(_ form: CursorForm) -> [Int64]? { values["cursor"].map(form.read) }
    var limit: Int { integer("limit") ?? 50 }
    var deployment: Deployment? { text("deployment").map { Deployment($0) } }
}
