import Hummingbird
import NIOHTTP1
import SLOCore
import SLOJSON
import SLOHTTP

/// What somebody asked for, checked: each value fits its parameter, and nothing else was said.
struct APIRequest: Sendable {
    private var values: [String: String] = [:]

    /// Why a request cannot be answered as it is.
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
                let rest = known.isEmpty ? "there are none" : "known are \(known.joined(separator: ", "))"
                throw Refusal(parameter: name, reason: "is not known here; \(rest)")
            }
            guard values[name] == nil else { throw Refusal(parameter: name, reason: "is there twice") }
            try take(value, for: parameter)
        }
    }

    private mutating func take(_ value: String, for parameter: APIParameter) throws {
        if let objection = parameter.objection(to: value) {
            throw Refusal(parameter: parameter.name, reason: objection)
        }
        values[parameter.name] = value
    }

    /// Names of parameters are shown again, so they are kept short.
    private static let nameLength = 100

    private static func query(_ text: String) throws -> [(name: String, value: String)] {
        try text.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let written = parts.first.map(String.init) ?? ""
            guard let name = decoded(written), let value = decoded(parts.count > 1 ? String(parts[1]) : "") else {
                throw Refusal(
                    parameter: String(written.prefix(nameLength)), reason: "is not UTF-8, written as bytes with %")
            }
            return (String(name.prefix(nameLength)), value)
        }
    }

    private static func decoded(_ text: String) -> String? {
        text.replacing("+", with: " ").removingURLPercentEncoding()
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

extension String {
    /// Strict: every % is followed by two digits, and the bytes are UTF-8.
    fileprivate func removingURLPercentEncoding() -> String? {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            let isHex = digits.count == 2 && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
            guard isHex, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
