import SLOJSON
import Testing

@testable import SLOWeb

/// Lists as files for spreadsheets.
@Suite struct CSVTests {
    private static func row(_ value: JSONValue?) -> String {
        let text = CSVDocument.text([.members([("a", value), ("b", .integer(1))])], columns: ["a", "b"])
        #expect(text.hasPrefix("a,b\r\n") && text.hasSuffix(",1\r\n"))
        // A line's end is one character.
        return String(text.dropFirst(4).dropLast(3))
    }

    @Test func valuesAreWrittenAsTheyAre() {
        #expect(Self.row(.text("acme/rocket")) == "acme/rocket")
        #expect(Self.row(.integer(-5)) == "-5")
        #expect(Self.row(.decimal(0.5)) == "0.5")
        #expect(Self.row(.bool(true)) == "true")
        #expect(Self.row(.null) == "")
        #expect(Self.row(nil) == "")
    }

    @Test(arguments: [("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\r\nb", "\"a\r\nb\""), ("", "")])
    func whatSeparatesIsQuoted(text: String, cell: String) {
        #expect(Self.row(.text(text)) == cell)
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\u{FF1D}1"])
    func noTextIsAFormula(text: String) {
        #expect(Self.row(.text(text)) == "'" + text)
    }

    @Test func aFormulaThatIsQuotedIsNone() {
        #expect(Self.row(.text("=HYPERLINK(\"x\",\"y\")")) == "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")
        #expect(Self.row(.text("\r=1")) == "\"'\r=1\"")
    }

    @Test func aListWithoutItemsHasItsNames() {
        #expect(CSVDocument.text([], columns: ["a", "b"]) == "a,b\r\n")
    }
}
