internal import NIOHTTP1
internal import SLOSources

/// A reply with a status below 500 that is not a redirect. With a status of 2xx its body is JSON.
struct UpstreamResponse: Sendable {
    let status: Int
    private let headers: HTTPHeaders
    let body: [UInt8]

    init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, case-insensitive.
    func header(_ name: String) -> String? {
        headers.first(name: name)
    }

    var isSuccess: Bool { (200..<300).contains(status) }

    var isJSON: Bool {
        let type = (header("content-type") ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json" || type.hasSuffix("+json")
    }

    /// - Throws: `UnreadableJSON` if the body is not JSON as a whole.
    func validate() throws {
        try body.withUnsafeBytes { try JSONDocument.validate($0).get() }
    }

    /// Reads the body as one object.
    /// - Throws: `UnreadableJSON`, and what `read` throws, such as a `FieldProblem`. Thrown within a request's closure,
    ///   all of these make the reply invalid.
    func object<Value>(_ read: (JSONObject) throws -> Value) throws -> Value {
        try body.withUnsafeBytes { bytes in
            try JSONDocument.read(bytes) { root in Result { try read(root) } }.get().get()
        }
    }

    /// Reads the body as an array of objects, at most `limit` of them.
    func objects<Value>(limit: Int, _ read: (JSONObject) throws -> Value) throws -> [Value] {
        try body.withUnsafeBytes { bytes in
            try JSONDocument.readMembers(bytes, limit: limit) { member in Result { try read(member) } }.get()
                .map { try $0.get() }
        }
    }
}
