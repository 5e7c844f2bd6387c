import SLOCore
import SLOSources
import Testing

@Suite("A message from the broker")
struct BusMessageTests {
    private let decoding: Decoding

    init() throws {
        decoding = try Decoding()
    }

    private static let body =
        #"{"build":7,"chroot":"fedora-rawhide-x86_64","owner":"packit","copr":"a-b-1","user":"packit","status":1}"#

    private func message(
        _ body: some Sequence<UInt8>, id: String? = "7c1b0d6e-30f2-4a0f-8b0e-1f5f5a3d9c11"
    ) -> BusMessage {
        BusMessage(
            id: id, topic: "org.fedoraproject.prod.copr.build.end",
            headers: [
                .init("sent-at", .text("2026-11-22T10:05:00+00:00")), .init("fedora_messaging_severity", .integer(20)),
                .init("\"odd\"\n", .flag(true)),
            ],
            body: Array(body))
    }

    private func decoded(_ message: BusMessage) -> DecodedDelivery {
        decoding.decode(.copr, WebhookHeaders(contentType: "application/json"), message.document)
    }

    @Test("is written as Fedora Messaging's tools dump it")
    func document() {
        #expect(
            String(decoding: message(Self.body.utf8).document, as: UTF8.self)
                == #"{"id":"7c1b0d6e-30f2-4a0f-8b0e-1f5f5a3d9c11","topic":"org.fedoraproject.prod.copr.build.end","#
                + #""headers":{"sent-at":"2026-11-22T10:05:00+00:00","fedora_messaging_severity":20,"#
                + #""\"odd\"\n":true},"body":"# + Self.body + "}")
    }

    @Test("is decoded as the document that a webhook brings")
    func decodedAlike() {
        let delivery = decoded(message(Self.body.utf8))
        guard case .buildReported(let report) = delivery.outcome.observation else {
            Issue.record("\(delivery)")
            return
        }
        #expect(report.buildID == 7)
        #expect(report.event == .succeeded)
        #expect(report.sentAt == Timestamp(rfc3339: "2026-11-22T10:05:00Z"))
        #expect(delivery.identity == "7c1b0d6e-30f2-4a0f-8b0e-1f5f5a3d9c11")
        #expect(delivery.event == "build.end")
    }

    @Test("that has no id is known by what it says")
    func noIdentity() {
        let message = message(Self.body.utf8, id: nil)
        #expect(decoded(message).identity?.count == 64)
        #expect(decoded(message).identity == decoded(message).identity)
    }

    @Test(
        "whose body is no JSON object is malformed, never refused, and never speaks beyond its body",
        arguments: [
            "", "no JSON", "[1]", "null", #"{}, "body": \#(Self.body)"#, #"{}} {"#, #"{"user": "packit"} trailing"#,
            String(repeating: #"{"a":"#, count: 1024) + "1" + String(repeating: "}", count: 1024), "\u{0}\u{1F}",
        ])
    func noObject(body: String) {
        let delivery = decoded(message(body.utf8))
        guard case .malformed = delivery.outcome else {
            Issue.record("\(delivery.outcome)")
            return
        }
        #expect(delivery.identity == "7c1b0d6e-30f2-4a0f-8b0e-1f5f5a3d9c11")
        #expect(delivery.event == "build.end")
    }

    @Test("whose body is no text is malformed")
    func noText() {
        guard case .malformed = decoded(message([0xFF, 0x22, 0xFE])).outcome else {
            Issue.record("taken")
            return
        }
    }
}
