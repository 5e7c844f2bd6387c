import SLOSources

/// The few headers that it takes to decode a delivery again, as a small JSON object. The signature is not among them.
enum StoredHeaders {
    static func encode(_ headers: WebhookHeaders) -> String {
        let fields: [(String, String?)] = [
            ("Content-Type", headers.contentType),
            ("X-GitHub-Event", headers.event),
            ("X-GitHub-Delivery", headers.delivery),
            ("X-GitHub-Hook-Installation-Target-Type", headers.hookTargetType),
            ("X-GitHub-Hook-Installation-Target-ID", headers.hookTargetID),
        ]
        let members = fields.compactMap { name, value in value.map { quoted(name) + ":" + quoted($0) } }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case _ where scalar.value < 0x20:
                json += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
