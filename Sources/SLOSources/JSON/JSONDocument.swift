internal import CSIMDJSON

/// JSON that is read in place: fields are looked up in the parser's own representation, and no other values are
/// created.
package enum JSONDocument {
    /// Parses a whole document and passes its root to `body`, if that is an object.
    ///
    /// Each thread reuses one parser. The root must not escape from `body`, and `body` must not parse another document.
    package static func read<Success>(
        _ bytes: UnsafeRawBufferPointer, _ body: (JSONObject) -> Success
    ) -> Result<Success, UnreadableJSON> {
        var root = csj_value()
        let result = parse(bytes, &root)
        defer { csj_release() }
        if let problem = UnreadableJSON(result) { return .failure(problem) }
        guard csj_kind_of(root) == CSJ_OBJECT else { return .failure(.notAnObject) }
        return .success(body(JSONObject(root, prefix: "")))
    }

    /// Parses a whole document whose root is an array and passes the objects in it to `body`, with the same
    /// restrictions. Reads at most `limit` members.
    package static func readMembers<Element>(
        _ bytes: UnsafeRawBufferPointer, limit: Int, _ body: (JSONObject) -> Element
    ) -> Result<[Element], UnreadableJSON> {
        var root = csj_value()
        let result = parse(bytes, &root)
        defer { csj_release() }
        if let problem = UnreadableJSON(result) { return .failure(problem) }
        guard csj_kind_of(root) == CSJ_ARRAY else { return .failure(.notAnArray) }
        return .success(JSONObject.members(of: root, prefix: "[].", limit: limit, body))
    }

    /// Parses a document again without the values that the parser cannot represent, if only these made it fail.
    private static func parse(_ bytes: UnsafeRawBufferPointer, _ root: inout csj_value) -> csj_result {
        let result = csj_parse(bytes.baseAddress, bytes.count, &root)
        guard result == CSJ_BAD_NUMBER || result == CSJ_BAD_STRING,
            let readable = UnrepresentableJSON.replaced(in: bytes)
        else { return result }
        return readable.withUnsafeBytes { csj_parse($0.baseAddress, $0.count, &root) }
    }

    /// Whether the bytes are one valid document.
    package static func validate(_ bytes: UnsafeRawBufferPointer) -> Result<Void, UnreadableJSON> {
        var root = csj_value()
        let result = parse(bytes, &root)
        csj_release()
        return UnreadableJSON(result).map { .failure($0) } ?? .success(())
    }
}

/// Why bytes are not valid JSON, as a sentence for their sender.
package enum UnreadableJSON: String, Error, CaseIterable, CustomStringConvertible {
    case empty = "the body is empty"
    case malformed = "the body is not valid JSON: it is truncated, malformed, or continues after its end"
    case tooDeep = "the body is nested more than 1024 levels deep"
    case badString = "the body is not valid JSON: a string is not closed, or has an invalid escape or control character"
    case badNumber = "the body is not valid JSON: a number is malformed"
    case badUTF8 = "the body is not UTF-8"
    case notAnObject = "the body is JSON, but not an object"
    case notAnArray = "the body is JSON, but not an array"
    case outOfMemory = "not enough memory to read the body"

    init?(_ result: csj_result) {
        switch result {
        case CSJ_OK: return nil
        case CSJ_EMPTY: self = .empty
        case CSJ_TOO_DEEP: self = .tooDeep
        case CSJ_BAD_STRING: self = .badString
        case CSJ_BAD_NUMBER: self = .badNumber
        case CSJ_BAD_UTF8: self = .badUTF8
        case CSJ_OUT_OF_MEMORY: self = .outOfMemory
        default: self = .malformed
        }
    }

    package var description: String { rawValue }
}
