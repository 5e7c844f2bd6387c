import SLOJSON

/// A message of Fedora Messaging, as the broker delivers it: body, properties and headers.
public struct BusMessage: Sendable, Equatable {
    public enum HeaderValue: Sendable, Equatable {
        case text(String)
        case integer(Int64)
        case flag(Bool)
    }

    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: HeaderValue

        public init(_ name: String, _ value: HeaderValue) {
            self.name = name
            self.value = value
        }
    }

    /// `message-id`, which identifies repetitions.
    public var id: String?
    /// The routing key.
    public var topic: String
    /// `sent-at` and others. Values other than texts, numbers and flags are left out: nothing uses them.
    public var headers: [Header]
    public var body: [UInt8]

    public init(id: String?, topic: String, headers: [Header], body: [UInt8]) {
        self.id = id
        self.topic = topic
        self.headers = headers
        self.body = body
    }

    /// The form in which the message is decoded, journalled and replayed: `{id, topic, headers, body}`, as Fedora
    /// Messaging's tools write it and `/webhooks/copr` accepts it.
    ///
    /// It is JSON for every message. A body that is not a JSON object becomes a string, which no decoder accepts as a
    /// body.
    public var document: [UInt8] {
        var json = Array("{".utf8)
        json.reserveCapacity(body.count + 512)
        if let id {
            json.append(contentsOf: #""id":"#.utf8)
            json.append(jsonString: id)
            json.append(UInt8(ascii: ","))
        }
        json.append(contentsOf: #""topic":"#.utf8)
        json.append(jsonString: topic)
        json.append(contentsOf: #","headers":{"#.utf8)
        for (place, header) in headers.enumerated() {
            if place > 0 { json.append(UInt8(ascii: ",")) }
            json.append(jsonString: header.name)
            json.append(UInt8(ascii: ":"))
            switch header.value {
            case .text(let text): json.append(jsonString: text)
            case .integer(let number): json.append(contentsOf: String(number).utf8)
            case .flag(let flag): json.append(contentsOf: String(flag).utf8)
            }
        }
        json.append(contentsOf: #"},"body":"#.utf8)
        let head = json
        json.append(contentsOf: body)
        json.append(UInt8(ascii: "}"))
        // Both are checked. The body alone could close the document and continue it; together they could exceed the
        // depth limit.
        if Self.isObject(body), Self.isObject(json) { return json }
        json = head
        json.append(jsonString: String(decoding: body, as: UTF8.self))
        json.append(UInt8(ascii: "}"))
        return json
    }

    private static func isObject(_ bytes: [UInt8]) -> Bool {
        let result = bytes.withUnsafeBytes { JSONDocument.read($0) { _ in () } }
        return (try? result.get()) != nil
    }
}
