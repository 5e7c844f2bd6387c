import Foundation
import Testing

@testable import SLOWeb

@Suite
struct Texts {
    @Test("Any text survives its way through JSON")
    func jsonStrings() throws {
        let everyControl = String(String.UnicodeScalarView((0...0x7F).compactMap { Unicode.Scalar(UInt8($0)) }))
        for text in ["", "plain", "\"\\/\u{2028}", "ü→🙂", everyControl] {
            let decoded = try JSONDecoder().decode([String].self, from: Data("[\(jsonString(text))]".utf8))
            #expect(decoded == [text])
        }
    }

    @Test("Dates are IMF-fixdate", arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
    ])
    func dates(seconds: Int, text: String) {
        #expect(HTTPDate.format(secondsSinceEpoch: seconds) == text)
    }

    @Test("Addresses are a host and a port, IPv6 in brackets", arguments: [
        ("127.0.0.1:8080", ListenAddress(host: "127.0.0.1", port: 8080)),
        ("localhost:0", ListenAddress(host: "localhost", port: 0)),
        ("[::1]:65535", ListenAddress(host: "::1", port: 65_535)),
        ("::1:80", nil), ("localhost", nil), (":80", nil), ("a:65536", nil), ("a:-1", nil), ("a:", nil), ("", nil),
    ] as [(String, ListenAddress?)])
    func addresses(text: String, address: ListenAddress?) {
        #expect(ListenAddress(text) == address)
        #expect(address == nil || address?.description == text)
    }
}
