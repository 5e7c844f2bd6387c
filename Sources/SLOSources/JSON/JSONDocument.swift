internal import CSIMDJSON

/// JSON that is read in place: fields are looked up in the parser's own form, nothing is built from the rest.
package enum JSONDocument {
    /// Reads a whole document and hands its root to `body`, if that is an object.
    ///
    /// The parser belongs to the thread and is used again for its next document: nothing of the root may leave `body`,
    /// and `body` must not read another document.
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

    /// Reads a whole document whose root is an array and hands the objects in it to `body`, which must keep to the
    /// same. Looks at no more than `limit` members.
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

    /// A document that only its unrepresentable values keep from being read is read without them.
    private static func parse(_ bytes: UnsafeRawBufferPointer, _ root: inout csj_value) -> csj_result {
        let result = csj_parse(bytes.baseAddress, bytes.count, &root)
        guard result == CSJ_BAD_NUMBER || result == CSJ_BAD_STRING,
            let readable = UnrepresentableJSON.replaced(in: bytes)
        else { return result }
        return readable.withUnsafeBytes { csj_parse($0.baseAddress, $0.count, &root) }
    }

    /// Whether the bytes are a document from their beginning to their end.
    package static func validate(_ bytes: UnsafeRawBufferPointer) -> Result<Void, UnreadableJSON> {
        var root = csj_value()
        let result = parse(bytes, &root)
        csj_release()
        return UnreadableJSON(result).map { .failure($0) } ?? .success(())
    }
}

/// Why bytes are not the JSON that they claim to be, as a sentence for their sender.
package enum UnreadableJSON: String, Error, CaseIterable, CustomStringConvertible {
    case empty = "the body is empty"
    case malformed = "the body is not JSON: it is cut off, has something behind its end, or is misspelt"
    case tooDeep = "the body is nested more than 1024 levels deep"
    case badString = "the body is not JSON: a string in it is not closed, or has an invalid escape or control character"
    case badNumber = "the body is not JSON: a number in it is misspelt"
    case badUTF8 = "the body is not UTF-8"
    case notAnObject = "the body is JSON, but not an object"
    case notAnArray = "the body is JSON, but not an array"
    case outOfMemory = "there is no memory to read the body"

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
