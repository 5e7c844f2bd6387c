import FoundationEssentials
import SLOCore
import SLOJSON

/// Parses and writes one line of a recording.
enum RecordingLine {
    /// Parses a line. Unknown keys are skipped, so that tools may add their own. A repeated known key is an error,
    /// because it is ambiguous.
    static func read(_ line: UnsafeRawBufferPointer) throws(JSONFault) -> RecordedDelivery {
        var scanner = JSONScanner(line)
        var found = Parts()
        guard scanner.peek() == UInt8(ascii: "{") else { throw JSONFault("is not a JSON object") }
        try scanner.members { scanner, key throws(JSONFault) in
            switch key {
            case "received_at": try set(&found.receivedAt, key, try time(scanner.string()))
            case "source": try set(&found.source, key, try source(scanner.text()))
            case "headers": try set(&found.headers, key, try headers(&scanner))
            case "body": try set(&found.body, "body", try scanner.string())
            case "body_base64": try set(&found.body, "body", try base64(scanner.text()))
            default: try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        guard let receivedAt = found.receivedAt else { throw JSONFault("has no received_at") }
        guard let source = found.source else { throw JSONFault("has no source") }
        guard let body = found.body else { throw JSONFault("has neither body nor body_base64") }
        return RecordedDelivery(
            receivedAt: receivedAt, source: source, headers: found.headers ?? RecordedHeaders(), body: body)
    }

    private struct Parts {
        var receivedAt: Timestamp?
        var source: Source?
        var headers: RecordedHeaders?
        var body: [UInt8]?
    }

    private static func set<Value>(_ place: inout Value?, _ key: String, _ value: Value) throws(JSONFault) {
        guard place == nil else { throw JSONFault("has \(key) twice") }
        place = value
    }

    private static func time(_ bytes: [UInt8]) throws(JSONFault) -> Timestamp {
        guard let time = Timestamp(rfc3339: bytes[...]) else {
            throw JSONFault(
                "received_at '\(String(decoding: bytes, as: UTF8.self))' is not a time like 2026-11-22T10:00:00.123Z")
        }
        return time
    }

    private static func source(_ word: String) throws(JSONFault) -> Source {
        guard let source = Source(rawValue: word) else {
            let known = Source.allCases.map(\.rawValue).joined(separator: ", ")
            throw JSONFault("source '\(word)' is not one of \(known)")
        }
        return source
    }

    fileprivate static func headers(_ scanner: inout JSONScanner) throws(JSONFault) -> RecordedHeaders {
        var headers = RecordedHeaders()
        guard scanner.peek() == UInt8(ascii: "{") else { throw JSONFault("headers is not an object") }
        try scanner.members { scanner, name throws(JSONFault) in
            guard scanner.peek() == UInt8(ascii: "\"") else { throw JSONFault("header \(name) is not a string") }
            headers.append(RecordedHeaders.Field(name: name, value: try scanner.text()))
        }
        return headers
    }

    private static func base64(_ text: String) throws(JSONFault) -> [UInt8] {
        guard let data = Data(base64Encoded: text) else { throw JSONFault("body_base64 is not base64") }
        return Array(data)
    }
}

extension RecordedDelivery {
    /// The delivery as a line of a recording, with its line feed.
    public var line: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(body.count + body.count / 8 + 512)
        line.append(contentsOf: "{\"received_at\":".utf8)
        line.append(jsonString: receivedAt.rfc3339)
        line.append(contentsOf: ",\"source\":".utf8)
        line.append(jsonString: source.rawValue)
        line.append(contentsOf: ",\"headers\":{".utf8)
        for (index, field) in headers.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line.append(jsonString: field.name)
            line.append(UInt8(ascii: ":"))
            line.append(jsonString: field.value)
        }
        if String(validating: body, as: UTF8.self) != nil {
            line.append(contentsOf: "},\"body\":".utf8)
            line.append(jsonString: body)
        } else {
            line.append(contentsOf: "},\"body_base64\":".utf8)
            line.append(jsonString: Data(body).base64EncodedString())
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    /// Parses one line.
    /// - Returns: `nil` if it is not a recorded delivery. `RecordingReader` reports why.
    public init?(line: [UInt8]) {
        do {
            self = try line.withUnsafeBytes { bytes throws(JSONFault) in try RecordingLine.read(bytes) }
        } catch {
            return nil
        }
    }
}

extension RecordedHeaders {
    /// Parses a JSON object of strings.
    /// - Returns: `nil` if it is something else.
    public init?(json: String) {
        do {
            self = try Array(json.utf8).withUnsafeBufferPointer { bytes throws(JSONFault) in
                var scanner = JSONScanner(UnsafeRawBufferPointer(bytes))
                let headers = try RecordingLine.headers(&scanner)
                try scanner.expectEnd()
                return headers
            }
        } catch {
            return nil
        }
    }
}
