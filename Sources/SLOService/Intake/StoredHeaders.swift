import SLOSources
import SLOJSON

/// The headers needed to decode a stored delivery again, as a small JSON object. The signature is not stored.
enum StoredHeaders {
    static func encode(_ headers: WebhookHeaders) -> String {
        var json: [UInt8] = []
        json.reserveCapacity(320)
        for field in WebhookHeaders.fields where field.isJournalled {
            add(field.name, headers[keyPath: field.value], to: &json)
        }
        if json.isEmpty { return "{}" }
        json.append(UInt8(ascii: "}"))
        return String(decoding: json, as: UTF8.self)
    }

    private static func add(_ name: String, _ value: String?, to json: inout [UInt8]) {
        guard let value else { return }
        json.append(UInt8(ascii: json.isEmpty ? "{" : ","))
        json.append(UInt8(ascii: "\""))
        json.append(contentsOf: name.utf8)
        json.append(contentsOf: #"":"#.utf8)
        json.append(jsonString: value)
    }
}
