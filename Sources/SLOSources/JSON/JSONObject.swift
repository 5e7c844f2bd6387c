internal import CSIMDJSON
package import SLOCore

/// An object of the document that is being read. Fields are named by key paths such as `pull_request.head.sha`.
///
/// Use the throwing functions for fields that an event needs; their errors name the whole path. Use the `optional…`
/// functions for others; they return `nil` for a missing field, null and a value of another type.
package struct JSONObject {
    private let value: csj_value
    /// The path to the enclosing object, with a dot at its end; empty for a root.
    private let outerPrefix: String
    private let path: StaticString?

    /// The path to this object with a dot at its end. Computed for error messages only.
    private var prefix: String { path.map { outerPrefix + "\($0)." } ?? outerPrefix }

    init(_ value: csj_value, prefix: String) {
        self.init(value, path: nil, in: prefix)
    }

    private init(_ value: csj_value, path: StaticString?, in outerPrefix: String) {
        self.value = value
        self.path = path
        self.outerPrefix = outerPrefix
    }

    /// A text of at most `limit` bytes; a longer one is cut (`TextLimit`).
    package func string(_ path: StaticString, _ limit: TextLimit = .name) throws(FieldProblem) -> String {
        guard let text = Self.text(try required(path, CSJ_STRING, "a string"), limit) else {
            throw problem(path, .unreadable("a text that fits into memory"))
        }
        return text
    }

    package func integer(_ path: StaticString) throws(FieldProblem) -> Int64 {
        csj_integer(try required(path, CSJ_INTEGER, "a whole number"))
    }

    package func time(_ path: StaticString) throws(FieldProblem) -> Timestamp {
        guard let time = Self.time(try required(path, CSJ_STRING, "a time")) else {
            throw problem(path, .unreadable("a time"))
        }
        return time
    }

    package func object(_ path: StaticString) throws(FieldProblem) -> JSONObject {
        member(path, try required(path, CSJ_OBJECT, "an object"))
    }

    /// Whether the field exists and is null.
    package func isNull(_ path: StaticString) -> Bool {
        find(path).kind == CSJ_NULL
    }

    package func has(_ path: StaticString) -> Bool {
        find(path).kind != CSJ_MISSING
    }

    package func optionalString(_ path: StaticString, _ limit: TextLimit = .name) -> String? {
        optional(path, CSJ_STRING).flatMap { Self.text($0, limit) }
    }

    package func optionalInteger(_ path: StaticString) -> Int64? {
        optional(path, CSJ_INTEGER).map(csj_integer)
    }

    /// A number with or without a fraction.
    package func optionalNumber(_ path: StaticString) -> Double? {
        let (kind, found) = find(path)
        return kind == CSJ_DOUBLE || kind == CSJ_INTEGER ? csj_double(found) : nil
    }

    package func optionalFlag(_ path: StaticString) -> Bool? {
        optional(path, CSJ_BOOL).map { csj_bool($0) != 0 }
    }

    package func optionalObject(_ path: StaticString) -> JSONObject? {
        optional(path, CSJ_OBJECT).map { member(path, $0) }
    }

    /// `nil` for a missing time or null; throws for any other value that is not a time.
    package func optionalTime(_ path: StaticString) throws(FieldProblem) -> Timestamp? {
        let (kind, _) = find(path)
        return kind == CSJ_MISSING || kind == CSJ_NULL ? nil : try time(path)
    }

    /// A time as text or, as in a push's repository, in seconds since 1970; `nil` for anything else.
    package func statedTime(_ path: StaticString) -> Timestamp? {
        let (kind, found) = find(path)
        switch kind {
        case CSJ_STRING: return Self.time(found)
        case CSJ_INTEGER:
            let seconds = csj_integer(found)
            return Self.secondsOfYears.contains(seconds) ? Timestamp(seconds: seconds) : nil
        default: return nil
        }
    }

    /// From 1970 to the end of the year 9999.
    private static let secondsOfYears: Range<Int64> = 0..<253_402_300_800

    /// Calls `body` with the bytes of a string, without creating one.
    package func withText<Success>(_ path: StaticString, _ body: (UnsafeBufferPointer<UInt8>) -> Success?) -> Success? {
        guard let found = optional(path, CSJ_STRING) else { return nil }
        return Self.withBytes(found, body)
    }

    /// The results of `transform` for the objects in an array; empty for a field that is not an array. Reads at most
    /// `limit` members.
    package func members<Element>(_ path: StaticString, limit: Int, _ transform: (JSONObject) -> Element?) -> [Element]
    {
        guard let array = optional(path, CSJ_ARRAY) else { return [] }
        return Self.members(of: array, prefix: prefix + "\(path)[].", limit: limit, transform).compactMap { $0 }
    }

    /// The results of `transform` for the objects in an array, reading at most `limit` members.
    static func members<Element>(
        of array: csj_value, prefix: String, limit: Int, _ transform: (JSONObject) -> Element
    ) -> [Element] {
        var elements: [Element] = []
        var cursor = csj_members(array)
        var member = csj_value()
        for _ in 0..<limit {
            let kind = csj_next(&cursor, &member)
            if kind == CSJ_MISSING { break }
            guard kind == CSJ_OBJECT else { continue }
            elements.append(transform(JSONObject(member, prefix: prefix)))
        }
        return elements
    }

    /// The object as text without the members of these names, at any depth.
    package func copied(without keys: [StaticString]) -> JSONCopy {
        let names = keys.map { Optional(UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)) }
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        let result = csj_copy_without(value, names, names.count, &text, &size)
        guard let text else { return result == 0 ? .nothingToLeaveOut : .outOfMemory }
        defer { csj_free(text) }
        return .copy([UInt8](UnsafeRawBufferPointer(start: text, count: size)))
    }
}

package enum JSONCopy {
    case copy([UInt8])
    case nothingToLeaveOut
    case outOfMemory
}

extension JSONObject {
    private func find(_ path: StaticString) -> (kind: csj_kind, value: csj_value) {
        var found = csj_value()
        let start = UnsafeRawPointer(path.utf8Start).assumingMemoryBound(to: CChar.self)
        return (csj_find(value, start, path.utf8CodeUnitCount, &found), found)
    }

    private func member(_ path: StaticString, _ value: csj_value) -> JSONObject {
        JSONObject(value, path: path, in: prefix)
    }

    private func optional(_ path: StaticString, _ kind: csj_kind) -> csj_value? {
        let found = find(path)
        return found.kind == kind ? found.value : nil
    }

    private func required(
        _ path: StaticString, _ kind: csj_kind, _ expected: StaticString
    ) throws(FieldProblem) -> csj_value {
        let found = find(path)
        if found.kind == kind { return found.value }
        switch found.kind {
        case CSJ_MISSING: throw problem(path, .missing)
        case CSJ_NULL: throw problem(path, .null)
        default: throw problem(path, .unreadable(expected))
        }
    }

    func problem(_ path: StaticString, _ kind: FieldProblem.Kind) -> FieldProblem {
        FieldProblem(path: prefix + "\(path)", kind: kind)
    }

    private static func withBytes<Success>(
        _ value: csj_value, _ body: (UnsafeBufferPointer<UInt8>) -> Success?
    ) -> Success? {
        let text = csj_string(value)
        return UnsafeRawBufferPointer(start: text.bytes, count: text.count).withMemoryRebound(to: UInt8.self, body)
    }

    private static func text(_ value: csj_value, _ limit: TextLimit) -> String? {
        let text = csj_string(value)
        return limit.text(UnsafeRawBufferPointer(start: text.bytes, count: text.count))
    }

    private static func time(_ value: csj_value) -> Timestamp? {
        withBytes(value) { Timestamp(rfc3339: $0) }
    }
}

/// A field that an event needs is missing or invalid.
package struct FieldProblem: Error, Equatable, CustomStringConvertible {
    package enum Kind: Equatable {
        case missing
        case null
        /// The field exists, but is not what this text says.
        case unreadable(StaticString)

        package static func == (left: Kind, right: Kind) -> Bool {
            switch (left, right) {
            case (.missing, .missing), (.null, .null): true
            case (.unreadable(let left), .unreadable(let right)): "\(left)" == "\(right)"
            default: false
            }
        }
    }

    package let path: String
    package let kind: Kind

    package init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    package var description: String {
        switch kind {
        case .missing: "`\(path)` is missing"
        case .null: "`\(path)` is null"
        case .unreadable(let expected): "`\(path)` is not \(expected)"
        }
    }
}
