import SLOSources

/// The few headers that it takes to decode a delivery again, as a small JSON object. The signature is not among them.
enum StoredHeaders {
    /// Works on bytes: characters one by one cost as much as parsing the whole body.
    static func encode(_ headers: WebhookHeaders) -> String {
        var json: [UInt8] = []
        json.reserveCapacity(320)
        add("Content-Type", headers.contentType, to: &json)
        add("X-GitHub-Event", headers.event, to: &json)
        add("X-GitHub-Delivery", headers.delivery, to: &json)
        add("X-GitHub-Hook-Installation-Target-Type", headers.hookTargetType, to: &json)
        add("X-GitHub-Hook-Installation-Target-ID", headers.hookTargetID, to: &json)
        if json.isEmpty { return "{}" }
        json.append(UInt8(ascii: "}"))
        return String(decoding: json, as: UTF8.self)
    }

    private static func add(_ name: StaticString, _ value: String?, to json: inout [UInt8]) {
        guard var value else { return }
        json.append(UInt8(ascii: json.isEmpty ? "{" : ","))
        json.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { json.append(contentsOf: $0) }
        json.append(contentsOf: #"":""#.utf8)
        value.withUTF8 { addEscaped($0, to: &json) }
        json.append(UInt8(ascii: "\""))
    }

    private static func addEscaped(_ text: UnsafeBufferPointer<UInt8>, to json: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                json.append(UInt8(ascii: "\\"))
                json.append(byte)
            case ..<0x20:
                json.append(contentsOf: "\\u00".utf8)
                json.append(contentsOf: [hexDigit(byte >> 4), hexDigit(byte & 15)])
            default:
                json.append(byte)
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
