import SLOCore
import SLOSources
import Testing

@Suite("Deliveries")
struct DeliveryTests {
    private let decoding: Decoding

    init() throws {
        decoding = try Decoding()
    }

    private func github(_ headers: WebhookHeaders, _ body: String = "{}") -> DecodedDelivery {
        decoding.decode(.github, headers, Array(body.utf8))
    }

    @Test("are of a type that is understood")
    func contentTypes() {
        for good in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=utf-8"] {
            #expect(github(.github("star", contentType: good)).outcome == .ignored)
        }
        for bad in [nil, "", "text/plain", "application/jsonx", "application/xml", "json", "multipart/form-data"] {
            for source in Source.allCases {
                let delivery = decoding.decode(source, .github("star", contentType: bad), Array("{}".utf8))
                guard case .unsupportedMediaType = delivery.outcome else {
                    Issue.record("\(bad ?? "none") was taken for \(source)")
                    continue
                }
                #expect(delivery.identity == nil)
            }
        }
        let form = WebhookHeaders(contentType: "application/x-www-form-urlencoded")
        for source in [Source.copr, .testingFarm] {
            guard case .unsupportedMediaType = decoding.decode(source, form, Array("payload={}".utf8)).outcome else {
                Issue.record("a form was taken for \(source)")
                continue
            }
        }
    }

    @Test("rule 33: are told apart by what they were delivered to, where that is named")
    func hookTargets() {
        func identity(_ target: String?) -> String? {
            var headers = WebhookHeaders.github("star")
            headers.delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
            headers.hookTargetID = target
            return github(headers).identity
        }
        #expect(Set([nil, "12345", "67890"].map(identity)).count == 3)
        #expect(identity("12345") == identity("12345"))
        for odd in ["", "x", "1x", "-1", String(repeating: "1", count: 21)] { #expect(identity(odd) == identity(nil)) }
    }

    @Test("have an event and an identity in their headers")
    func headers() {
        let tooLong = String(repeating: "a", count: 65)
        for event in [nil, "", "Pull_Request", "pull request", "push\n", "pull-request", tooLong] {
            #expect(github(.github(event)).outcome.rejectedReason?.contains("X-GitHub-Event") == true)
        }
        for identity in ["", "a b", "a\nb", "{x}", "é", String(repeating: "a", count: 129)] {
            var headers = WebhookHeaders.github("push")
            headers.delivery = identity
            let delivery = github(headers)
            #expect(delivery.outcome.rejectedReason?.contains("X-GitHub-Delivery") == true)
            #expect(delivery.identity == nil)
        }
        var headers = WebhookHeaders.github("star")
        headers.delivery = "X-1"
        #expect(github(headers).identity == "X-1")
        // Whoever recorded it may have left it out: then the body tells deliveries apart.
        headers.delivery = nil
        let identities = Set(["{}", #"{"a":1}"#, "{}"].map { github(headers, $0).identity })
        #expect(identities.count == 2 && !identities.contains(nil))
    }

    @Test("in GitHub's form encoding are the same as in JSON")
    func form() throws {
        let headers = WebhookHeaders.github("pull_request", contentType: "application/x-www-form-urlencoded")
        let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        let encoded = Payloads.pullRequest.text.utf8.flatMap { byte -> [UInt8] in
            if unreserved.contains(byte) { return [byte] }
            return byte == UInt8(ascii: " ")
                ? [UInt8(ascii: "+")] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        let plain = decoding.github("pull_request", Payloads.pullRequest)
        for form in [Array("payload=".utf8) + encoded, Array("a=b&payload=".utf8) + encoded + Array("&c=d".utf8)] {
            #expect(decoding.decode(.github, headers, form) == plain)
        }
        for broken in ["", "payload", "Payload=%7B%7D", "payload=%7", "payload=%7B%7D%", "payload=%zz"] {
            let reason = decoding.decode(.github, headers, Array(broken.utf8)).outcome.rejectedReason
            #expect(reason?.contains("`payload`") == true, "\(broken)")
        }
        let empty = decoding.decode(.github, headers, Array("payload=".utf8)).outcome.rejectedReason
        #expect(empty == "the body is empty")
    }

    struct BadJSON: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let says: String
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ says: String) {
            self.name = name
            bytes = Array(text.utf8)
            self.says = says
        }

        init(_ name: String, bytes: [UInt8], _ says: String) {
            self.name = name
            self.bytes = bytes
            self.says = says
        }
    }

    @Test(
        "that are not a JSON object are rejected with the reason, whatever the event and source",
        arguments: [
            BadJSON("nothing", "", "empty"), BadJSON("blanks", " \n ", "empty"),
            BadJSON("cut off", #"{"action":"opened","number":3"#, "not valid JSON"),
            BadJSON("cut off in a string", #"{"action":"ope"#, "not valid JSON"),
            BadJSON("trailing garbage", #"{"action":"opened"} x"#, "not valid JSON"),
            BadJSON("two documents", "{} {}", "not valid JSON"),
            BadJSON("trailing comma", #"{"a":1,}"#, "not valid JSON"),
            BadJSON("no quotes", "{a:1}", "not valid JSON"),
            BadJSON("an array", "[]", "not an object"), BadJSON("a string", #""x""#, "not an object"),
            BadJSON("null", "null", "not an object"), BadJSON("a number", "7", "not an object"),
            BadJSON("10,000 brackets", String(repeating: "[", count: 10000), "JSON"),
            BadJSON(
                "10,000 closed brackets",
                #"{"a":"# + String(repeating: "[", count: 10000) + String(repeating: "]", count: 10000) + "}",
                "nested"),
            BadJSON(
                "10,000 objects",
                String(repeating: #"{"a":"#, count: 10000) + "1" + String(repeating: "}", count: 10000), "nested"),
            BadJSON("a number with a leading zero", #"{"a":012}"#, "number"),
            BadJSON("a large number with a leading zero", #"{"a":[1e999,0184467440737095516160]}"#, "number"),
            BadJSON("a large number without an exponent", #"{"a":[1e999,184467440737095516160e]}"#, "number"),
            BadJSON("a large number without a fraction", #"{"a":[1e999,1.e999]}"#, "number"),
            BadJSON("two signs", #"{"a":[1e999,--1e999]}"#, "number"),
            BadJSON("half a surrogate cut off", #"{"a":["\ud800","\ud80"]}"#, "string"),
            BadJSON("a signed escape", #"{"a":["\ud800","\u+800"]}"#, "string"),
            BadJSON("invalid UTF-8", bytes: Array(#"{"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), "UTF-8"),
            BadJSON(
                "half a surrogate in UTF-8", bytes: Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8),
                "UTF-8"),
            BadJSON("a raw control character", "{\"a\":\"\u{1}\"}", "string"),
            BadJSON("an unknown escape", #"{"a":"\x"}"#, "string"),
        ])
    func badJSON(bad: BadJSON) {
        for (source, event) in [
            (Source.github, "pull_request"), (.github, "star"), (.github, "ping"), (.copr, ""), (.testingFarm, ""),
        ] {
            let delivery = decoding.decode(source, .github(event), bad.bytes)
            #expect(delivery.outcome.rejectedReason?.contains(bad.says) == true, "\(delivery.outcome)")
        }
    }

    @Test("that are odd but legal JSON are taken")
    func oddJSON() {
        for legal in [
            #"{"a":1,"a":2}"#, #"{"":{"":[]}}"#, #"{"a":1E308}"#,
            "\n\t {\"a\" : [ ] }\r\n", #"{"a":"\u0000\ud83d\ude00"}"#, #"{"a":-9223372036854775808}"#,
            #"{"a":"# + String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000) + "}",
        ] {
            #expect(github(.github("star"), legal).outcome == .ignored, "\(legal.prefix(40))")
        }
        let doubled = #"{"action":"labeled","action":"opened"}"#
        #expect(github(.github("pull_request"), doubled).outcome == .ignored)
    }

    /// JSON's grammar has numbers of any size and halves of surrogate pairs, wherever GitHub's users put them.
    @Test("with values that nothing here can hold are read but for those")
    func unrepresentable() {
        let values = [
            "18446744073709551616", "-9223372036854775809", "1e400", "-1.5E+999", String(repeating: "9", count: 5000),
            #""\ud800""#, #""\udc00\ud800 \"\\""#, #""\ud83d\ude00\ud83d""#,
        ]
        let plain = decoding.github("pull_request", Payloads.pullRequest)
        for value in values {
            let body = Payloads.pullRequest.with("pull_request.body", .number(value))
            #expect(decoding.github("pull_request", body) == plain, "\(value.prefix(30))")
            #expect(github(.github("star"), #"{"a":["# + value + "]}").outcome == .ignored)
            let needed = decoding.github("pull_request", Payloads.pullRequest.with("number", .number(value)))
            #expect(needed.outcome != plain.outcome && needed.outcome.rejectedReason == nil)
        }
        let titled = Payloads.pullRequest.with("pull_request.head.sha", .number(#""a\ud800b""#))
        #expect(decoding.github("pull_request", titled).outcome.rejectedReason == nil)
    }

    @Test("after a huge one are read as before")
    func huge() {
        let filler = JSON.string(String(repeating: "x", count: 5_000_000))
        let body = Payloads.pullRequest.with("pull_request.body", filler)
        let small = decoding.github("pull_request", Payloads.pullRequest)
        #expect(decoding.github("pull_request", body) == small)
        #expect(decoding.github("pull_request", Payloads.pullRequest) == small)
    }
}
