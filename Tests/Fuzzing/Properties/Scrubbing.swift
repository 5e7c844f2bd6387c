@testable import SLOCore
@testable import SLORecordings
@testable import SLOSources
import SLOJSON

extension Property {
    /// Scrubbing keeps a body's shape and leaves no secret, mail or free text in it. The first byte chooses the source,
    /// and with its highest bit a form.
    static let scrubbing = Property(name: "scrubbing") { input in
        var input = Choices(input)
        let choice = input.byte()
        let isForm = choice >= 0x80
        let source = Source.allCases[Int(choice & 0x7F) % Source.allCases.count]
        let type = isForm ? "application/x-www-form-urlencoded" : "application/json"
        let delivery = RecordedDelivery(
            receivedAt: Timestamp(seconds: 1_795_341_600), source: source,
            headers: RecordedHeaders([
                .init(name: "Content-Type", value: type), .init(name: "X-Hub-Signature-256", value: "sha256=secret"),
                .init(name: "Authorization", value: "secret"),
            ]), body: input.bytes)
        var scrubber = Scrubber()
        guard let scrubbed = scrubber.scrub(delivery) else {
            try expect(scrubber.unreadable == 1, "refused and not counted")
            try expect(try !isReadByServer(delivery, type), "the server reads it")
            return
        }
        try expect(Array(scrubbed.headers).map(\.name) == ["Content-Type"], "headers \(scrubbed.headers)")
        let (before, after) = (try json(delivery, isForm), try json(scrubbed, isForm))
        try isScrubbed(before, after)
        try expect(try JSONValue(parsing: after.bytes) == after, "written as another document")
    }

    /// Apart from bodies that are nested more deeply than an export goes.
    private static func isReadByServer(_ delivery: RecordedDelivery, _ type: String) throws -> Bool {
        let headers = WebhookHeaders(contentType: type, event: "pull_request", delivery: "some-delivery")
        switch try decodeTwice(delivery.source, headers, delivery.body).outcome {
        case .rejected, .unsupportedMediaType: return false
        default: break
        }
        do {
            _ = try json(delivery, type.hasSuffix("urlencoded"))
        } catch let fault as JSONFault {
            return fault != JSONFault("is nested too deeply")
        }
        return true
    }

    private static func json(_ delivery: RecordedDelivery, _ isForm: Bool) throws -> JSONValue {
        guard let bytes = isForm ? delivery.body.withUnsafeBytes(FormPayload.decoded) : delivery.body else {
            throw Broken(description: "the form cannot be read")
        }
        return try JSONValue(parsing: bytes)
    }

    private static let secretKeys: Set = ["token", "api_key", "secret", "password", "access_token", "private_key"]
    private static let freeText: Set = ["body", "message", "diff_hunk", "bio", "commit_message"]
    /// Beneath these, keys are names of people's own.
    private static let maps: Set = ["variables", "secrets", "environment"]

    private static func isScrubbed(
        _ before: JSONValue, _ after: JSONValue, at key: String = "", isFree: Bool = false, secret: Bool = false,
        inMap: Bool = false
    ) throws {
        switch (before, after) {
        case (.object(let old), .object(let new)):
            try expect(old.count == new.count, "members were lost")
            for (old, new) in zip(old, new) {
                let isInMap = inMap || maps.contains(key)
                try isScrubbed(
                    old.value, new.value, at: old.key,
                    isFree: freeText.contains(old.key) && !isInMap && key != "output",
                    secret: secret || secretKeys.contains(old.key), inMap: isInMap)
            }
        case (.array(let old), .array(let new)):
            try expect(old.count == new.count, "elements were lost")
            for (old, new) in zip(old, new) {
                try isScrubbed(old, new, at: key, isFree: isFree, secret: secret, inMap: inMap)
            }
        case (.null, .null), (.bool, .bool): break
        case (_, .text(let text)) where secret:
            try expect(text.isEmpty || text == "scrubbed", "a secret is left: '\(text)'")
        case (.text, .text(let text)):
            try expect(text.isEmpty || text == "scrubbed" || !isFree, "'\(key)' still says '\(text)'")
        case (.number, .text("scrubbed")): break
        case (.number(let old), .number(let new)):
            try expect(!secret, "a secret number is left: \(new)")
            try expect(old == new, "a number was changed")
        default: throw Broken(description: "\(before) became \(after)")
        }
    }
}
