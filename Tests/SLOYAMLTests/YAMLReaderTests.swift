import Testing

@testable import SLOYAML

@Suite struct YAMLReaderTests {
    private static func problem(_ text: String) -> String? {
        do {
            _ = try YAMLReader.document(text)
            return nil
        } catch {
            return "\(error.line): \(error)"
        }
    }

    @Test func `Words, lists and maps come with their lines`() throws {
        let document = try YAMLReader.document("a: 1\n\nb:\n- x\n- 'y'\nc: {d: e}\n")
        let members = try #require(document?.mapping)
        #expect(members.map(\.key) == ["a", "b", "c"])
        #expect(members.map(\.line) == [1, 3, 6])
        #expect(members[0].value == YAMLNode(content: .scalar("1"), isPlain: true, line: 1))
        let items = try #require(members[1].value.sequence)
        #expect(items.map(\.text) == ["x", "y"])
        #expect(items.map(\.isPlain) == [true, false])
        #expect(items.map(\.line) == [4, 5])
        #expect(members[2].value.mapping?.first?.value.text == "e")
    }

    @Test(arguments: ["", "# nothing\n", "\u{FEFF}", "---\n...\n"])
    func `A text with nothing in it says nothing`(text: String) throws {
        #expect(try YAMLReader.document(text)?.isNothing ?? true)
    }

    @Test(arguments: [
        ("~", true), ("null", true), ("''", false), ("'null'", false), ("|\n  null", false), ("[]", false),
    ])
    func `Nothing is what nobody wrote`(text: String, isNothing: Bool) throws {
        #expect(try YAMLReader.document("a: \(text)")?.mapping?.first?.value.isNothing == isNothing)
    }

    @Test func `A word keeps all its characters`() throws {
        let document = try YAMLReader.document(#"["\U0000feffa", "\0b", "\u2028", "🙂é"]"#)
        #expect(document?.sequence?.map(\.text) == ["\u{FEFF}a", "\0b", "\u{2028}", "🙂é"])
    }

    @Test func `An alias stands for what has its name before it`() throws {
        let document = try YAMLReader.document("a: &x [1, 2]\nb: *x\nc: &k d\n*k : e\n")
        let members = try #require(document?.mapping)
        #expect(members[0].value == members[1].value)
        #expect(members.last?.key == "d")
        #expect(Self.problem("a: *x") == "1: has an alias (*name) without an anchor (&name) before it")
        #expect(
            Self.problem("a: &x [*x]") == "1: has an alias (*name) without an anchor (&name) before it"
        )
    }

    @Test(arguments: [
        ("a: [b", "2: is not YAML: did not find expected ',' or ']'"),
        ("a: 1\nb: \u{7}", "2: is not YAML: control characters are not allowed"),
        ("? [a]\n: b", "1: has a key that is not a plain word"),
        ("a: 1\n{b: c}: d", "2: has a key that is not a plain word"),
        ("x: &l [a]\n*l : d", "2: has a key that is not a plain word"),
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3", "5: has b.c twice; first in line 3"),
        ("a: 1\n'a': 2", "2: has a twice; first in line 1"),
        ("a: 1\n---\nb: 2", "3: has a second document; only one is allowed"),
    ])
    func `What cannot be read is named with its line`(text: String, says: String) {
        #expect(Self.problem(text) == says)
    }

    @Test func `Several documents are read one after the other`() throws {
        let documents = try YAMLReader.documents("a: &x 1\n---\n- 2\n---\n3\n")
        #expect(documents.map(\.line) == [1, 3, 5])
        #expect(throws: YAMLError(reason: .unknownAlias, line: 2)) { try YAMLReader.documents("&x 1\n--- *x") }
    }

    /// They multiply: twenty levels of ten stand for more than anybody can go through.
    @Test(arguments: ["c: *a20", "? *a20\n: c", "{*a20 : c, *a20 : d}"])
    func `Aliases of aliases are not followed beyond a bound`(last: String) throws {
        let levels = (1...20).map { level in
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            return "a\(level): &a\(level) [\(aliases)]"
        }
        let text = (["a0: &a0 [x]"] + levels + [last]).joined(separator: "\n")
        #expect(Self.problem(text) == "6: has more than 100000 values, with aliases expanded")
    }

    @Test(arguments: ["[", "{", "- ", "? ", "{a: "])
    func `Nesting has a bound`(opening: String) {
        let problems = ["1: is nested deeper than 32 levels", "1: has a key that is not a plain word"]
        #expect(problems.contains(Self.problem(String(repeating: opening, count: 20_000)) ?? ""))
    }

    @Test func `Nesting by aliases has the same bound`() {
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1)]" }
        let text = (["a0: &a0 x"] + levels).joined(separator: "\n")
        #expect(Self.problem(text) == "33: is nested deeper than 32 levels")
    }
}
