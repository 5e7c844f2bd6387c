internal import NIOHTTP1
internal import SLOSources

/// An answer with a status below 500 that is no redirect. With a status of 2xx, a body is JSON.
struct UpstreamResponse: Sendable {
    let status: Int
    private let headers: HTTPHeaders
    let body: [UInt8]

    init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first of that name, in whatever case.
    func header(_ name: String) -> String? {
        headers.first(name: name)
    }

    var isSuccess: Bool { (200..<300).contains(status) }

    var isJSON: Bool {
        let type = (header("content-type") ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json" || type.hasSuffix("+json")
    }

    /// - Throws: `UnreadableJSON` if the body is not JSON throughout.
    func validate() throws {
        try body.withUnsafeBytes { try JSONDocument.validate($0).get() }
    }

    /// Reads the body as one object.
    /// - Throws: `UnreadableJSON`, and what `read` throws, such as a `FieldProblem`. Within a request's own closure all
    ///   of these make the answer a lie.
    func object<Value>(_ read: (JSONObject) throws -> Value) throws -> Value {
        try body.withUnsafeBytes { bytes in
            try JSONDocument.read(bytes) { root in Result { try read(root) } }.get().get()
        }
    }

    /// Reads the body as an array of objects, of which no more than `limit` are looked at.
    func objects<Value>(limit: Int, _ read: (JSONObject) throws -> Value) throws -> [Value] {
        try body.withUnsafeBytes { bytes in
            try JSONDocument.readMembers(bytes, limit: limit) { member in Result { try read(member) } }.get()
                .map { try $0.get() }
        }
    }
}
