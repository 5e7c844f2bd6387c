import Foundation
import SLOCore
import SLORecordings
import Testing

private let time = #""received_at":"2026-11-22T10:00:00.123Z""#

private func read(_ line: String) -> RecordedDelivery? {
    RecordedDelivery(line: Array(line.utf8))
}

@Suite struct `A line of a recording` {
    @Test func `Is a delivery with its time, source, headers and exact body`() throws {
        let line = #"""
             { "headers" : {"X-GitHub-Event":"push", "X-GitHub-Delivery" : "1"},
              "source":"github", "received_at":"2026-11-22T10:00:00.123Z", "body":"{\"a\": \"\\n\"}" }
            """#
        let delivery = try #require(read(line))
        #expect(delivery.receivedAt.rfc3339 == "2026-11-22T10:00:00.123Z")
        #expect(delivery.source == .github)
        #expect(delivery.headers["x-github-event"] == "push")
        #expect(delivery.headers["X-GITHUB-DELIVERY"] == "1")
        #expect(delivery.headers["X-Hub-Signature-256"] == nil)
        #expect(delivery.body == Array(#"{"a": "\n"}"#.utf8))
    }

    @Test func `Takes headers to be none where there are none`() throws {
        let delivery = try #require(read(#"{\#(time),"source":"copr","body":""}"#))
        #expect(Array(delivery.headers) == [])
        #expect(delivery.body == [])
    }

    @Test(
        arguments: [
            (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00!"#, "😀!"), (#"\u0000"#, "\0"),
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"), ("plain, and long enough for two words", nil),
            ("1234567\\n1234567\\n12345678\\n", "1234567\n1234567\n12345678\n"), ("é€😀é€😀é€😀", nil),
            ("\u{7f}\u{80}\u{a0}\u{fe0f}", nil),
        ] as [(String, String?)])
    func `Stands for what its escapes stand for`(escaped: String, meaning: String?) throws {
        let delivery = try #require(read(#"{\#(time),"source":"copr","body":"\#(escaped)"}"#))
        #expect(String(decoding: delivery.body, as: UTF8.self) == meaning ?? escaped)
    }

    @Test func `Agrees with Foundation on strings of every length, with anything anywhere`() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("ab \"\\\n\t\u{1}é€😀/{}")
        for length in 0..<200 {
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
            let quoted = try JSONEncoder().encode(text)
            let line =
                Array(#"{\#(time),"source":"copr","headers":{"h":"#.utf8) + quoted
                + Array(#"},"body":"#.utf8) + quoted + Array("}".utf8)
            let delivery = try #require(RecordedDelivery(line: line), "\(text.debugDescription)")
            #expect(delivery.body == Array(text.utf8))
            #expect(delivery.headers["h"] == text)

            let written = try JSONDecoder().decode(Line.self, from: Data(delivery.line))
            #expect(written.body == text)
        }
    }

    private struct Line: Decodable {
        let body: String
    }

    @Test func `Is written so that it reads the same`() throws {
        for body in [Array("{\"a\":\"\u{1}\u{1f}\n\\ é😀\"}".utf8), [0xFF, 0x00, 0x22], []] {
            let delivery = RecordedDelivery(
                receivedAt: Timestamp(milliseconds: 1_764_000_000_120), source: .testingFarm,
                headers: RecordedHeaders([.init(name: "A", value: "\"b\""), .init(name: "C", value: "")]), body: body)
            let line = delivery.line
            #expect(line.last == 0x0A)
            #expect(line.count { $0 == 0x0A } == 1)
            #expect(RecordedDelivery(line: line) == delivery)
        }
    }

    @Test func `Skips what it does not know`() throws {
        let line = #"{\#(time),"note":{"a":[1,-2.5e3,true,null,{"body":"x"}]},"source":"copr","body":"b","z":[]}"#
        #expect(try #require(read(line)).body == Array("b".utf8))
    }
}

@Suite struct `Headers of a recording` {
    @Test func `Are replaced and removed by name in either case`() {
        var headers = RecordedHeaders([.init(name: "a", value: "1"), .init(name: "B", value: "2")])
        headers["A"] = "3"
        #expect(headers.map(\.name) == ["A", "B"])
        headers["b"] = nil
        headers["c"] = "4"
        #expect(headers.map(\.value) == ["3", "4"])
    }
}
