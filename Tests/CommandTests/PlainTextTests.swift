import Foundation
import Testing

@testable import packit_slo

@Suite struct `Text from outside` {
    static let hostile = "a\u{1B}[31mb\u{9B}2Jc\u{202E}d\u{2066}e\r\nf\u{0}\u{7F}g\u{85}h\u{2028}i\u{AD}\u{E0041}"

    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: false
            default: true
            }
        }
    }

    @Test func `Is shown as what it is, on one line`() {
        let shown = PlainText.line(Self.hostile)
        #expect(isHarmless(shown))
        #expect(shown.hasPrefix("a\\u{1B}[31mb\\u{9B}2Jc\\u{202E}d\\u{2066}e\\u{D}\\u{A}f"))
        #expect(PlainText.line(shown) == shown)
    }

    @Test(arguments: ["", "acme/rocket#7", "žluťoučký kůň – “Pakiet” 📦", "a\\u{1B}", "日本語"])
    func `Stays as it is where it is harmless`(text: String) {
        #expect(PlainText.line(text) == text)
        #expect(PlainText.json(text) == text)
    }

    @Test func `Is the same text in JSON`() throws {
        let texts = [Self.hostile, "plain", "\"\\/"]
        let document = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self) + "\n"
        let shown = PlainText.json(document)
        #expect(isHarmless(String(shown.dropLast())))
        #expect(shown.hasSuffix("\n"))
        #expect(try JSONDecoder().decode([String].self, from: Data(shown.utf8)) == texts)
    }

    @Test func `Adds no line to a table and no cell to a row`() {
        var table = TextTable([.text("name"), .number("n")])
        table.add(["evil\nforged  1\u{1B}[2J", "1"])
        table.add(["good", "22"])
        #expect(table.text.count == 3)
        #expect(table.markdown.count == 4)
        #expect((table.text + table.markdown).allSatisfy(isHarmless))
        #expect(Set(table.text.map(\.count)).count == 1)
    }

    @Test func `Adds no line to what a command complains of`() throws {
        let failure = CommandFailure("a\nb\u{1B}c")
        #expect(failure.lines.map(PlainText.line) == ["a\\u{A}b\\u{1B}c"])
    }
}
