import SLOCore
import Testing

@Suite struct FormPayloadTests {
    private func decoded(_ form: String) -> String? {
        Array(form.utf8).withUnsafeBytes(FormPayload.decoded).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("payload=%7B%22a%22%3A+1%7D", "{\"a\": 1}"), ("a=b&payload=%c3%A9", "é"), ("payload=", ""),
        ("payload=x&payload=y", "x"),
    ])
    func thePayloadIsRead(form: String, json: String) {
        #expect(decoded(form) == json)
    }

    @Test(arguments: ["", "a=b", "payload", "xpayload=1", "payload=%", "payload=%4", "payload=%4g", "payload=a%zz"])
    func whatIsNoFormIsRefused(form: String) {
        #expect(decoded(form) == nil)
    }

    @Test func whatIsEncodedReadsTheSame() {
        let json = Array("{\"ref\": \"a&b=c+d%\u{1F600}\"}".utf8)
        #expect(FormPayload.encoded(json).withUnsafeBytes(FormPayload.decoded) == json)
    }
}
