import Foundation
import Testing

@testable import SLOWeb
import SLOJSON
@testable import SLOHTTP

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

    @Test(
        "Dates are IMF-fixdate",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
        ])
    func dates(seconds: Int, text: String) {
        #expect(HTTPDate.format(secondsSinceEpoch: seconds) == text)
    }
}
